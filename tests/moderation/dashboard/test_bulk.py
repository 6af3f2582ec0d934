"""Many comments decided at once, and taken back."""

import html
import re
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import Role, Verdict
from moderation.services import attention, bulk, decisions, moderators, sites
from moderation.storage import remarks
from moderation.storage.comments import CommentRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.remarks import ReportSource
from tests.moderation.dashboard.conftest import PASSWORD, Visitor
from tests.moderation.dashboard.desk import Desk

_numbers = count(1)


@pytest.fixture
def ines(visitor: Visitor, database: Database) -> Visitor:
    """Return Inès, an editor, signed in."""
    return account(visitor, database, Role.EDITOR)


def account(visitor: Visitor, database: Database, role: Role) -> Visitor:
    """Return somebody of this role, signed in."""
    email = f"ines{next(_numbers)}@example.org"
    with database.session() as session:
        moderators.create(session, email, "Inès", PASSWORD, role).language = "en"
    signed_in = Visitor(visitor.client.application.test_client())
    signed_in.sign_in(email)
    return signed_in


def fill(desk: Desk, *scores: float, first: int = 1) -> None:
    """Have one comment for each score of incivility come in."""
    for number, score in enumerate(scores, first):
        desk.receive(f"Texte {number}", f"c-{number}", (0.1, 0.1, score))


def rows(database: Database, query: str) -> list[Any]:
    """Return the first column of a query."""
    with database.session() as session:
        return list(session.scalars(text(query)))


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that decides."""
    form = page.split('class="panel many"')[1].split("</form>")[0]
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in fields if name != "csrf_token"}


def press(visitor: Visitor, page: str, verdict: str = "reject", **more: Any) -> str:
    """Decide what a page shows; return where that leads."""
    sent = visitor.send("/bulk", "/keys", verdict=verdict, **(hidden(page) | more))
    assert sent.status_code == 303
    return str(sent.location)


def test_a_band_is_decided_and_each_site_told(desk: Desk, ines: Visitor, database: Database) -> None:
    """The comments whose score is in the band, its ends included, are each decided like any other, and no others."""
    with database.session() as session:
        sites.set_callback(session.merge(desk.site), "https://lejour.example/hook", private_allowed=True)
    fill(desk, 0.6, 0.7, 0.8, 0.9, 1.0)
    page = ines.read("/bulk?label=incivility&least=70&most=90")
    assert "3 comments would be decided" in page
    where = press(ines, page, because=["incivility", "shouting"])
    assert where == "/bulk/1"
    assert [desk.status(f"c-{n}") for n in range(1, 6)] == ["in_review", *["rejected"] * 3, "in_review"]
    decided = "SELECT {} FROM decision WHERE bulk_id = 1 ORDER BY id"
    assert rows(database, decided.format("comment_id")) == [2, 3, 4]
    told_by = "origin || ' ' || verdict || ' ' || array_to_string(labels, ',')"
    assert rows(database, decided.format(told_by)) == ["moderator reject shouting,incivility"] * 3
    told = "SELECT count(*) FROM callback JOIN decision ON decision.id = decision_id WHERE bulk_id = 1"
    assert rows(database, told) == [3]
    result = ines.read("/bulk/1")
    assert "Rejected: 3 comments" in result
    assert "left out" not in result
    assert "Rejected: 3 comments" in ines.read("/bulk")
    assert ines.read("/history?bulk=1").count("one of many at once") == 3


def test_a_band_is_taken_back(desk: Desk, ines: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """Taking back restores each comment whose decision still holds and tells the site; what came later stands."""
    fill(desk, 0.8, 0.9, 0.7, 0.8)
    press(ines, ines.read("/bulk?least=60&most=100"))
    desk.receive("Texte changé", "c-2", (0.1, 0.1, 0.1))
    desk.delete("c-3")
    assert ines.send("/bulk/1/undo", "/keys").location == "/bulk/1"
    assert [desk.status(f"c-{n}") for n in (1, 2, 3, 4)] == ["in_review", "published", "deleted", "in_review"]
    assert "2 decisions were taken back." in ines.read("/bulk/1")
    page = ines.read("/bulk/1")
    assert "Taken back <time" in page
    assert "/bulk/1/undo" not in page
    assert rows(database, "SELECT count(*) FROM decision WHERE undoes_id IS NOT NULL") == [2]
    assert ines.send("/bulk/1/undo", "/keys").status_code == 303
    assert rows(database, "SELECT count(*) FROM decision WHERE undoes_id IS NOT NULL") == [2]
    press(ines, ines.read("/bulk?least=60&most=100"), "publish")
    assert [desk.status(f"c-{n}") for n in (1, 4)] == ["published", "published"]


def test_taking_back_opens_reports_again(desk: Desk, ines: Visitor, database: Database) -> None:
    """A report that the bulk act had settled is open again afterwards; what was published before is published again."""
    desk.receive("Achetez ici", "c-1", (0.1, 0.1, 0.1))
    desk.receive("Achetez là", "c-2", (0.1, 0.1, 0.1))
    with database.session() as session:
        comment = session.get_one(CommentRecord, 1)
        remarks.add_report(session, comment, ReportSource.READER, "spam", "r-1")
        comment.reported_at = comment.received_at
    reported = "SELECT id FROM comment WHERE reported_at IS NOT NULL"
    assert rows(database, reported) == [1]
    press(ines, ines.read("/bulk/search?q=acheter"))
    assert rows(database, reported) == []
    ines.send("/bulk/1/undo", "/keys")
    assert rows(database, reported) == [1]
    assert [desk.status("c-1"), desk.status("c-2")] == ["published", "published"]


def test_what_others_have_or_decided_is_left_out_and_counted(
    desk: Desk, ines: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """A comment that another moderator holds, decided, or that was edited since the look, is left out and counted."""
    fill(desk, 0.8, 0.8, 0.8, 0.8, 0.8)
    page = ines.read("/bulk?least=70&most=100")
    fill(desk, 0.8, first=6)
    desk.receive("Texte changé", "c-4", (0.1, 0.1, 0.8))
    with database.session() as session:
        attention.claim(session, 1, nadia.id)
        decisions.by_moderator(session, nadia, 2, 1, Verdict.PUBLISH)
    press(ines, page)
    statuses = [desk.status(f"c-{n}") for n in range(1, 7)]
    assert statuses == ["in_review", "published", "rejected", "in_review", "rejected", "in_review"]
    assert "3 comments were left out" in ines.read("/bulk/1")


def test_the_same_form_sent_twice_decides_once(desk: Desk, ines: Visitor, database: Database) -> None:
    """A second press finds nothing left, says so, and leaves no bulk act behind."""
    fill(desk, 0.8, 0.8)
    page = ines.read("/bulk?least=70&most=100")
    assert press(ines, page) == "/bulk/1"
    assert press(ines, page) == "/bulk"
    assert "Nothing was left to decide" in ines.read("/bulk")
    assert rows(database, "SELECT decided FROM bulk") == [2]


def test_no_more_than_the_limit_is_decided_at_once(
    desk: Desk, ines: Visitor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more comments than the limit the oldest are decided, in portions; undoing goes on until none is left."""
    monkeypatch.setattr(bulk, "MOST", 5)
    monkeypatch.setattr(bulk, "_PORTION", 2)
    monkeypatch.setattr(bulk, "_UNDONE_AT_ONCE", 3)
    fill(desk, *[0.8] * 7)
    page = ines.read("/bulk?least=70&most=100")
    assert "the oldest 5 would be decided" in page
    press(ines, page)
    assert rows(database, "SELECT comment_id FROM decision WHERE bulk_id = 1 ORDER BY id") == [1, 2, 3, 4, 5]
    ines.send("/bulk/1/undo", "/keys")
    assert "Take back the rest" in ines.read("/bulk/1")
    ines.send("/bulk/1/undo", "/keys")
    assert "/bulk/1/undo" not in ines.read("/bulk/1")
    assert [desk.status(f"c-{n}") for n in range(1, 8)] == ["in_review"] * 7


def test_a_search_is_decided(desk: Desk, ines: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """What a search finds is decided, published ones included; what a person decided, appeals and others stay."""
    for number, body in enumerate(["Achetez ici", "Achetez là", "Bonjour", "Achetez loin", "Achetez bien"], 1):
        desk.receive(body, f"c-{number}", (0.1, 0.1, 0.1 if number == 2 else 0.9))
    with database.session() as session:
        decisions.by_moderator(session, nadia, 4, 1, Verdict.PUBLISH)
        session.execute(text("UPDATE comment SET appealed_at = now() WHERE id = 5"))
    assert 'href="/bulk/search?q=acheter"' in ines.read("/search?q=acheter")
    page = ines.read("/bulk/search?q=acheter")
    assert "2 comments would be decided" in page
    assert hidden(page)["q"] == "acheter"
    press(ines, page)
    assert [desk.status(f"c-{n}") for n in range(1, 6)] == [
        "rejected", "rejected", "in_review", "published", "in_review",
    ]  # fmt: skip
    result = ines.read("/bulk/1")
    assert "acheter" in result
    assert rows(database, "SELECT query ->> 'q' FROM bulk") == ["acheter"]


def test_a_form_that_asks_for_everything_is_refused(desk: Desk, ines: Visitor, database: Database) -> None:
    """Without any filter, with one that no form offers, or without a verdict, nothing is decided."""
    fill(desk, 0.8)
    asked = {"site": "lejour", "upto": "9", "verdict": "reject"}
    for wrong in ({}, {"least": "x"}, {"label": "rude"}, {"verdict": "review"}, {"because": "rude"}):
        fields = {"upto": "9", "verdict": "reject"} if wrong == {} else asked | wrong
        assert ines.send("/bulk", "/keys", **fields).status_code == 400
    ines.read("/bulk/search", status=400)
    ines.read("/bulk/1", status=404)
    assert rows(database, "SELECT count(*) FROM bulk") == [0]


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.MODERATOR])
def test_only_who_may_decides_many(desk: Desk, visitor: Visitor, database: Database, role: Role) -> None:
    """An observer and a moderator see no way to decide many at once, and every address refuses."""
    fill(desk, 0.8)
    other = account(visitor, database, role)
    assert "/bulk" not in other.read("/search?q=texte")
    for path in ("/bulk", "/bulk/search?q=x", "/bulk/1"):
        other.read(path, status=403)
    for path in ("/bulk", "/bulk/1/undo"):
        assert other.send(path, "/keys", q="texte", upto="9", verdict="reject").status_code == 403
    assert desk.status("c-1") == "in_review"


def test_an_editor_of_one_site_stays_there(desk: Desk, visitor: Visitor, database: Database) -> None:
    """An editor of one site decides that site's comments only, and sees no act on another."""
    with database.session() as session:
        other = Desk(database, sites.create(session, "autre", "Autre"))
        editor = moderators.create(session, "one@example.org", "Un", PASSWORD, Role.EDITOR)
        editor.role = None
        values = {"who": editor.id, "site": other.site.id}
        member = text("INSERT INTO membership (moderator_id, site_id, role) VALUES (:who, :site, 'editor')")
        session.execute(member, values)
        session.execute(text("UPDATE moderator SET language = 'en'"))
    fill(desk, 0.8)
    other.receive("Texte là-bas", "c-1", (0.1, 0.1, 0.8))
    chief = account(visitor, database, Role.EDITOR)
    here = Visitor(visitor.client.application.test_client())
    here.sign_in("one@example.org")
    here.read("/bulk?site=lejour", status=404)
    press(here, here.read("/bulk/search?q=texte"))
    assert (desk.status("c-1"), other.status("c-1")) == ("in_review", "rejected")
    press(chief, chief.read("/bulk/search?q=texte"))
    assert desk.status("c-1") == "rejected"
    here.read("/bulk/2", status=404)
    assert here.send("/bulk/2/undo", "/keys").status_code == 404
    assert "/bulk/2" not in here.read("/bulk")


def test_the_sliders_may_cross(desk: Desk, ines: Visitor) -> None:
    """A band given the wrong way round is the same band; one whose ends are no percentages is refused."""
    fill(desk, 0.75)
    assert "1 comment would be decided" in ines.read("/bulk?least=80&most=70")
    assert "1 comment would be decided" in ines.read("/bulk?least=100&most=9")
    ines.read("/bulk?least=101", status=400)
