"""The foot of a comment: skip, escalate, note, message to the writer, undo."""

import re

import pytest
from flask import Flask

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import sites
from moderation.storage import decisions, remarks
from moderation.storage.templates import MessageTemplateRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk, scene
from tests.moderation.dashboard.test_focus import another, counts, writer


def undo_path(page: str) -> str:
    """Return where the first undo button of a page leads."""
    found = re.search(r'action="(/decisions/\d+/undo)"', page)
    assert found, page
    return found[1]


def test_skipping_hides_a_comment_from_one_person(desk: Desk, visitor: Visitor, app: Flask, database: Database) -> None:
    """A skipped comment is not offered to the same person again, and at once to a colleague."""
    desk.play(scene())
    assert visitor.send("/comments/1/skip", "/keys").location == "/comments/2"
    assert "Skipped for an hour" in visitor.read("/comments/2")
    visitor.read("/keys")
    assert writer(visitor.read("/")) != "Goéland du large"
    assert writer(another(app, database, "samir").read("/")) == "Goéland du large"
    assert counts(visitor.read("/"))["All"] == "8"


def test_escalating_hands_a_comment_to_the_editors(
    desk: Desk, visitor: Visitor, app: Flask, database: Database
) -> None:
    """An escalated comment is in the editors' queue with the note; moderators are offered the others."""
    desk.play(scene())
    answer = visitor.send("/comments/1/escalate", "/keys", note="pour vous", reason="shouting")
    assert answer.location == "/comments/5?reason=shouting"
    page = visitor.read("/")
    assert writer(page) == "M. Kerdoncuff"
    assert counts(page)["Escalated"] == "1"
    edith = another(app, database, "edith", Role.EDITOR)
    page = edith.read("/?reason=escalated")
    assert writer(page) == "Goéland du large"
    assert "escalated it" in page
    assert "pour vous" in page
    edith.decide(1, verdict="publish")
    assert counts(edith.read("/"))["Escalated"] == "0"


def test_notes_are_kept_for_colleagues(desk: Desk, visitor: Visitor, app: Flask, database: Database) -> None:
    """A note stays with the comment and its writer's name; an empty one is refused kindly."""
    number = desk.receive("Quelle nouille !")
    answer = visitor.send(f"/comments/{number}/notes", "/keys", note=" déjà \0vu ")
    assert answer.location == f"/comments/{number}"
    page = another(app, database, "samir").read(f"/comments/{number}")
    assert "Notes of colleagues" in page
    assert "déjà vu" in page
    visitor.send(f"/comments/{number}/notes", "/keys", note="  ")
    assert "Write the note first." in visitor.read(f"/comments/{number}")
    with database.session() as session:
        assert len(remarks.notes_of(session, number)) == 1


@pytest.fixture
def template(desk: Desk, database: Database) -> int:
    """Return the id of a message of the site."""
    with database.session() as session:
        message = MessageTemplateRecord(
            site_id=desk.site.id, name="Ton", text_fr="Restez courtois.", text_en="Stay courteous."
        )
        session.add(message)
        session.flush()
        return message.id


def test_a_message_goes_to_the_writer_through_the_site(
    desk: Desk, visitor: Visitor, database: Database, template: int
) -> None:
    """With a rejection the chosen message is told to the site in the comment's language; never with a publication."""
    number = desk.receive("Quelle nouille !")
    page = visitor.read(f"/comments/{number}")
    assert "Ton — Restez courtois." in page
    visitor.decide(number, verdict="reject", template=str(template))
    visitor.decide(number, verdict="publish", template=str(template))
    with database.session() as session:
        _, rejected, published = decisions.history(session, number)
    assert (rejected.message, rejected.payload["message"]) == ("Restez courtois.", "Restez courtois.")
    assert (published.message, published.payload["message"]) == (None, None)
    assert "The writer was told:" in visitor.read(f"/comments/{number}")


def test_another_site_s_message_is_refused(desk: Desk, visitor: Visitor, database: Database, template: int) -> None:
    """A message of another site, or none at all, changes nothing."""
    number = desk.receive("Quelle nouille !")
    with database.session() as session:
        other = sites.create(session, "autre", "Autre")
        session.add(MessageTemplateRecord(site_id=other.id, name="Ton", text_fr="x", text_en="x"))
    for wrong in (template + 1, 999):
        assert visitor.decide(number, verdict="reject", template=str(wrong)).status_code == 400
    assert desk.status() == "in_review"


def test_a_decision_is_undone_from_its_message_and_from_history(desk: Desk, visitor: Visitor) -> None:
    """The message after a decision and the history both take it back; the comment waits again and is shown."""
    desk.play(scene())
    following = visitor.decide(1, verdict="reject").location
    page = visitor.read(following)
    assert "Rejected." in page
    assert visitor.send(undo_path(page), "/keys").location == "/comments/1"
    page = visitor.read("/comments/1")
    assert "Taken back: the comment waits for review again." in page
    assert "Taken back; again:" in page
    assert desk.status("c-01") == "in_review"
    visitor.decide(1, verdict="publish")
    visitor.read("/keys")
    page = visitor.read("/comments/1")
    assert "Undo this decision" in page
    visitor.send(undo_path(page), "/keys", back="/?view=list")
    assert desk.status("c-01") == "in_review"


def test_undo_is_refused_with_a_reason(desk: Desk, visitor: Visitor, app: Flask, database: Database) -> None:
    """A second undo, somebody else's decision and an unknown one change nothing, and say why."""
    number = desk.receive("Quelle nouille !")
    visitor.decide(number, verdict="reject")
    path = undo_path(visitor.read(f"/comments/{number}"))
    samir = another(app, database, "samir")
    assert samir.send(path, "/keys").status_code == 403
    assert "Undo this decision" not in samir.read(f"/comments/{number}")
    visitor.send(path, "/keys")
    visitor.read("/keys")
    visitor.send(path, "/keys")
    assert "Nadia took this decision back already" in visitor.read(f"/comments/{number}")
    assert visitor.send("/decisions/999/undo", "/keys").status_code == 404
    edith = another(app, database, "edith", Role.EDITOR)
    visitor.decide(number, verdict="reject")
    edith.send(undo_path(edith.read(f"/comments/{number}")), "/keys")
    assert desk.status() == "in_review"


def test_double_press_shows_no_undo_for_nothing(desk: Desk, visitor: Visitor) -> None:
    """The same decision a second time stores nothing, and offers nothing to take back."""
    number = desk.receive("Quelle nouille !")
    visitor.decide(number, verdict="reject")
    visitor.read("/")
    visitor.decide(number, verdict="reject")
    page = visitor.read("/")
    assert "Rejected." in page
    assert "/undo" not in page
