"""One comment in its context, and deciding about it."""

import pytest
from flask import Flask

from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label, Verdict
from moderation.services import moderators
from moderation.storage import decisions
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import PASSWORD, Visitor
from tests.moderation.dashboard.desk import Desk, scene


def last_decision(database: Database, comment_id: int) -> DecisionRecord:
    """Return the newest decision about a comment."""
    with database.session() as session:
        return decisions.history(session, comment_id)[-1]


@pytest.fixture
def colleague(app: Flask, database: Database) -> Visitor:
    """Return Samir, signed in, in another browser."""
    with database.session() as session:
        moderators.create(session, "samir@example.org", "Samir <b>", PASSWORD).language = "en"
    samir = Visitor(app.test_client())
    assert samir.sign_in("samir@example.org").status_code == 303
    return samir


def test_comment_is_shown_with_its_context(desk: Desk, visitor: Visitor) -> None:
    """The page holds the article, the parent, the replies, the history and the model versions."""
    desk.play(scene())
    page = visitor.read(f"/comments/{desk.id_of('c-05')}")
    assert "La ligne 3 du tramway rouvrira en mars" in page
    assert 'href="https://lejour.example/ville/tram-3" rel="noopener noreferrer nofollow"' in page
    assert "In answer to" in page
    assert "Lina_K" in page
    assert "Given to a person" in page
    assert "Which classifiers said so" in page
    parent = visitor.read(f"/comments/{desk.id_of('c-04')}")
    assert "Answers to it" in parent
    assert "jeanpaul44" in parent


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://[", "//x", "ftp://x/y"])
def test_only_web_addresses_become_links(desk: Desk, visitor: Visitor, url: str) -> None:
    """An article's address that no browser should follow is not a link."""
    number = desk.receive("Bonjour", article=SubmittedArticle("a", "Titre", "Texte", url=url))
    assert "Open the article" not in visitor.read(f"/comments/{number}")


def test_publishing_leads_to_the_next_comment(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Publish stores the decision without labels and opens the next comment of the same part of the queue."""
    desk.play(scene())
    answer = visitor.decide(2, verdict="publish", reason="incivility", label="incivility")
    assert answer.location == "/comments/5?reason=incivility"
    assert desk.status("c-02") == "published"
    stored = last_decision(database, 2)
    assert (stored.verdict, stored.labels, stored.note) == (Verdict.PUBLISH, [], None)
    assert "Published." in visitor.read("/comments/5")


def test_rejecting_keeps_the_labels_and_the_note(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Reject stores the labels that were ticked, in their order, and the note without what cannot be stored."""
    number = desk.receive("Quelle nouille !")
    answer = visitor.decide(number, verdict="reject", label=["off_topic", "shouting"], note=" déjà \0averti ")
    assert answer.location == "/"
    assert desk.status() == "rejected"
    stored = last_decision(database, number)
    assert stored.labels == [Label.SHOUTING, Label.OFF_TOPIC]
    assert stored.note == "déjà averti"
    page = visitor.read(f"/comments/{number}")
    assert "déjà averti" in page
    assert 'value="shouting" checked' in page


def test_deciding_from_the_list_stays_in_the_list(desk: Desk, visitor: Visitor) -> None:
    """A decision taken in the list returns to the same page of it, at the comment that follows."""
    desk.play(scene())
    answer = visitor.decide(2, verdict="reject", **{"from": "queue", "after": "1"})
    assert answer.location == "/?view=list&after=1&at=3#c3"


def test_last_comment_wraps_to_the_first_and_then_to_the_empty_queue(desk: Desk, visitor: Visitor) -> None:
    """After the last comment the first one that still waits is opened, after all of them the queue."""
    desk.receive("Un", "c-1")
    desk.receive("Deux", "c-2")
    assert visitor.decide(2, verdict="publish").location == "/comments/1"
    assert visitor.decide(1, verdict="publish").location == "/"


def test_second_decision_by_another_is_told_kindly(
    desk: Desk, visitor: Visitor, colleague: Visitor, database: Database
) -> None:
    """Who decides second learns who was first, keeps the typed note, and changes nothing."""
    number = desk.receive("Quelle nouille !")
    colleague.decide(number, verdict="publish")
    answer = visitor.decide(number, verdict="reject", note="mon <i>mot</i>", label="incivility")
    assert answer.status_code == 409
    assert "Samir &lt;b&gt; decided this comment first" in answer.text
    assert "mon &lt;i&gt;mot&lt;/i&gt;" in answer.text
    assert "Your decision was not stored" in answer.text
    assert desk.status() == "published"
    later = visitor.read(f"/comments/{number}")
    assert "Samir &lt;b&gt; decided about this comment; the decision stands." in later
    assert "data-decision" not in later


def test_own_decision_can_be_corrected(
    desk: Desk, visitor: Visitor, database: Database, nadia: ModeratorRecord
) -> None:
    """Whoever decided may decide again; both decisions stay in the history."""
    number = desk.receive("Quelle nouille !")
    visitor.decide(number, verdict="reject")
    visitor.decide(number, verdict="publish")
    assert desk.status() == "published"
    with database.session() as session:
        assert [d.moderator_id for d in decisions.history(session, number)] == [None, nadia.id, nadia.id]


def test_edit_while_reading_is_told_with_the_new_text(desk: Desk, visitor: Visitor) -> None:
    """A decision about a text that was edited meanwhile is refused; the new text and what was typed are shown."""
    number = desk.receive("Quelle nouille !")
    desk.receive("Quelle excellente nouille !", revision=2)
    answer = visitor.decide(number, verdict="reject", note="vu", label="off_topic")
    assert answer.status_code == 409
    assert "The writer edited this comment while you were reading." in answer.text
    assert "Quelle excellente nouille !" in answer.text
    assert "Before the edit" in answer.text
    assert ">vu</textarea>" in answer.text
    assert 'value="off_topic" checked' in answer.text
    assert 'name="revision" value="2"' in answer.text
    assert desk.status() == "in_review"


def test_deleted_comment_is_gone(desk: Desk, visitor: Visitor) -> None:
    """A comment that the site deleted answers 410 with a page, before and at the decision; its text is nowhere."""
    number = desk.receive("Texte oublié")
    desk.delete()
    assert "This comment is gone" in visitor.read(f"/comments/{number}", status=410)
    answer = visitor.decide(number, verdict="publish")
    assert (answer.status_code, "Texte oublié" in answer.text) == (410, False)


@pytest.mark.parametrize(
    "fields",
    [{"verdict": "review"}, {"verdict": "x"}, {"verdict": ""}, {"verdict": "reject", "label": "rude"}],
)
def test_malformed_decision_changes_nothing(desk: Desk, visitor: Visitor, fields: dict[str, str]) -> None:
    """A form with an unknown verdict or label is refused."""
    number = desk.receive("Bonjour")
    assert visitor.decide(number, **fields).status_code == 400
    assert desk.status() == "in_review"


def test_unknown_comment_and_odd_revision(desk: Desk, visitor: Visitor) -> None:
    """An unknown comment is 404; a revision that is no number counts as another text."""
    assert visitor.decide(99, verdict="publish").status_code == 404
    number = desk.receive("Bonjour")
    assert visitor.decide(number, verdict="publish", revision="x").status_code == 409
    assert visitor.decide(number, verdict="publish", reason="none").status_code == 404
    assert desk.status() == "in_review"


def test_huge_form_is_refused(desk: Desk, visitor: Visitor) -> None:
    """A form larger than any request may be is answered with 413 and a page."""
    number = desk.receive("Bonjour")
    answer = visitor.decide(number, verdict="reject", note="x" * 8_000_001)
    assert answer.status_code == 413
    assert "That was too much at once" in answer.text
