"""The screen of second looks: what it shows, what it keeps to itself, and what an answer does."""

import re

import pytest
from flask import Flask

from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label, Role, Verdict
from moderation.services import decisions, sites
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.second_judgements import SecondJudgementRecord
from moderation.storage.sites import SiteRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.people import account, signed_in

NOTE = "note de la première personne"
REASON = "vise une personne"


@pytest.fixture
def asked(desk: Desk, nadia: ModeratorRecord, database: Database) -> Desk:
    """Return a desk where Nadia rejected two comments, and a colleague is asked about both."""
    with database.session() as session:
        session.get_one(SiteRecord, desk.site.id).learning = {"second_share": 1.0}
    article = SubmittedArticle("a-1", "Le pont rouvre", "Le pont a rouvert lundi matin.")
    desk.receive("Bonjour à tous.", "c-0", (0.1, 0.1, 0.1), article=article)
    spans = {"incivility": [(10, 17, 1.0)]}
    reasons = [("incivility", f"« nouille » {REASON}", "“nouille” targets a person")]
    for number in (1, 2):
        body = f"Espèce de nouille numéro {number} <script>"
        key = desk.receive(body, f"c-{number}", (0.1, 0.1, 0.87), spans, reasons, article=article, parent_id="c-0",
                           author_id="u", author_name="Le lecteur")  # fmt: skip
        with database.session() as session:
            decisions.by_moderator(session, nadia, key, 1, Verdict.REJECT, [Label.INCIVILITY], NOTE, chance=0.0)
    return desk


@pytest.fixture
def samir(app: Flask, database: Database) -> Visitor:
    """Return another moderator, signed in."""
    return signed_in(app, account(database, "Samir", Role.MODERATOR))


def rows(database: Database) -> list[SecondJudgementRecord]:
    """Return every second judgement."""
    with database.session() as session:
        return session.query(SecondJudgementRecord).order_by(SecondJudgementRecord.id).all()


def test_it_shows_the_text_and_nothing_of_the_first_answer(asked: Desk, samir: Visitor) -> None:
    """Text, parent and article are there; verdict, labels, name, note, scores, marks and reasons are not."""
    page = samir.read("/second")
    main = page[page.index('<main id="main"') :]
    for wanted in ("Espèce de nouille numéro 1 &lt;script&gt;", "Bonjour à tous.", "Le pont rouvre", "Le lecteur",
                   "Your answer decides nothing", "2 texts wait for you."):  # fmt: skip
        assert wanted in main, wanted
    for hidden in ("Nadia", NOTE, REASON, "targets", "87", "<mark", 'class="meter', "checked", "Rejected", "Waits for"):
        assert hidden not in main, hidden
    assert "/comments/2" not in re.sub(r'"/comments/2/(claim|release)"', "", main)


def test_an_answer_is_kept_and_the_next_text_comes(asked: Desk, samir: Visitor, database: Database) -> None:
    """Publish and reject with labels are kept, the comments stay rejected, and at the end nothing is asked."""
    assert samir.send("/second/1/answer", "/second", verdict="publish", label="shouting").location == "/second"
    page = samir.read("/second")
    assert "Your answer is kept; the comment stays as it is." in page
    assert "numéro 2" in page
    samir.send("/second/2/answer", "/second", verdict="reject", label=["incivility", "shouting"])
    assert [(one.verdict, one.labels) for one in rows(database)] == [
        ("publish", []), ("reject", ["shouting", "incivility"]),
    ]  # fmt: skip
    assert (asked.status("c-1"), asked.status("c-2")) == ("rejected", "rejected")
    assert "No second look is asked of you" in samir.read("/second")


def test_a_skip_leaves_it_to_others(asked: Desk, samir: Visitor, app: Flask, database: Database) -> None:
    """After a skip the next text comes, and a third person is still asked about the first."""
    assert "numéro 1" in samir.read("/second")
    samir.send("/second/1/skip", "/second")
    assert "numéro 2" in samir.read("/second")
    olga = signed_in(app, account(database, "Olga", Role.MODERATOR))
    assert "numéro 1" in olga.read("/second")
    assert all(one.answered_at is None for one in rows(database))


def test_too_late_is_told(asked: Desk, samir: Visitor, visitor: Visitor, database: Database) -> None:
    """Who answers what nobody asks any more is told so; who decided cannot answer their own."""
    asked.delete("c-1")
    samir.send("/second/1/answer", "/keys", verdict="publish")
    assert "Nobody asks about this comment any more; your answer was not kept." in samir.read("/second")
    visitor.send("/second/2/answer", "/keys", verdict="publish")
    assert [one.verdict for one in rows(database)] == [None, None]
    assert "No second look is asked of you" in visitor.read("/second")


@pytest.mark.parametrize("fields", [{}, {"verdict": "review"}, {"verdict": "reject", "label": "rude"}])
def test_a_form_that_nobody_offered_is_refused(asked: Desk, samir: Visitor, fields: dict[str, str]) -> None:
    """An unknown verdict or label is 400; what does not exist is 404."""
    assert samir.send("/second/1/answer", "/keys", **fields).status_code == 400
    assert samir.send("/second/99/answer", "/keys", verdict="publish").status_code == 404
    assert samir.send("/second/99/skip", "/keys").status_code == 404


def test_only_those_who_decide_there_are_asked(asked: Desk, app: Flask, database: Database) -> None:
    """An observer is refused; a moderator of another site is offered nothing and may not answer."""
    olga = signed_in(app, account(database, "Olga", Role.OBSERVER))
    olga.read("/second", status=403)
    assert "Second look" not in olga.read("/?view=list")
    with database.session() as session:
        other = sites.create(session, "autre", "Autre").id
    mona = signed_in(app, account(database, "Mona", None, {other: Role.MODERATOR}))
    assert "No second look is asked of you" in mona.read("/second")
    assert mona.send("/second/1/answer", "/keys", verdict="publish").status_code == 403


def test_a_quiet_link_says_how_many_wait(asked: Desk, samir: Visitor, visitor: Visitor) -> None:
    """Beside the review queue a link counts the texts for those who may judge them, and is not there for the others."""
    assert re.search(r'href="/second".*?<span class="count">2</span>', samir.read("/?view=list"), re.S)
    assert 'href="/second"' not in visitor.read("/?view=list")
    samir.send("/second/1/answer", "/second", verdict="publish")
    assert re.search(r'href="/second".*?<span class="count">1</span>', samir.read("/?view=list"), re.S)


def test_the_blur_tells_no_score(asked: Desk, samir: Visitor) -> None:
    """Who wants harsh texts blurred has every text blurred here, also one that scores low."""
    assert '<div class="veil">' not in samir.read("/second")
    samir.send("/preferences/comfort", "/preferences", veil_from="90", time_zone="UTC", break_minutes="0")
    assert samir.read("/second").count('<div class="veil">') == 2


def test_it_is_in_french(asked: Desk, samir: Visitor) -> None:
    """The screen says in French what it is for."""
    samir.send("/preferences", "/second", language="fr")
    page = samir.read("/second")
    assert "Un collègue a tranché sur ce commentaire." in page
    assert "2 textes vous attendent." in page
