"""The history of decisions, and its file."""

import csv
import io

from sqlalchemy import text

from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label, Role, Verdict
from moderation.services import decisions, moderators, sites, undoing
from moderation.services import history as service
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import PASSWORD, Visitor
from tests.moderation.dashboard.desk import Desk

FORMULA = '=HYPERLINK("https://evil.example";"read")'


def shown(page: str) -> list[int]:
    """Return the ids of the decisions on a page, in order."""
    return [int(part.split('"')[0]) for part in page.split('id="d')[1:] if part[0].isdigit()]


def decide(
    desk: Desk, who: ModeratorRecord, comment_id: int, verdict: Verdict, *labels: Label, note: str | None = None
) -> int:
    """Have a moderator decide; return the decision's id."""
    with desk.database.session() as session:
        decided = decisions.by_moderator(session, who, comment_id, 1, verdict, labels, note)
    assert decided
    return decided


def cells(response_text: str, separator: str = ",") -> list[dict[str, str]]:
    """Read the file."""
    assert response_text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(response_text[1:], newline=""), delimiter=separator))


def test_every_decision_is_listed(desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """The page tells who decided, when, why, by which classifiers, with the note, and what was undone by whom."""
    desk.receive("<b>Un</b>", "c-1", reasons=[("incivility", "Le mot « nul » pèse.", "The word “nul” weighs.")])
    first = decide(desk, nadia, 1, Verdict.REJECT, Label.INCIVILITY, note="<i>déjà vu</i>")
    with database.session() as session:
        undoing.undo(session, nadia, first)
    page = visitor.read("/history")
    assert shown(page) == [3, 2, 1]
    listed = page.split('id="d')
    taken_back, rejected, policy = listed[1], listed[2], listed[3]
    assert "Taken back; again:" in taken_back
    assert "Given to a person</strong> by the site" in policy
    for words in ("Rejected</strong> by <bdi>Nadia", "&lt;b&gt;Un", "&lt;i&gt;déjà vu", "The word", "Incivility 1.0"):
        assert words in rejected
    assert "<strong>undone</strong> by <bdi>Nadia" in rejected
    assert "undone" not in taken_back.split("</li>")[0]


def test_the_filters_find_what_they_name(desk: Desk, visitor: Visitor, nadia: ModeratorRecord) -> None:
    """Moderator, verdict, origin, label, days and site narrow the list; what no form offers is refused."""
    desk.receive("Un", "c-1")
    desk.receive("Deux", "c-2", (0.1, 0.1, 0.1))
    decide(desk, nadia, 1, Verdict.REJECT, Label.OFF_TOPIC)
    with desk.database.session() as session:
        session.execute(text("UPDATE decision SET decided_at = '2026-01-05 23:30Z' WHERE id = 2"))
    expected = {
        "": [3, 2, 1],
        f"moderator={nadia.id}": [3],
        "moderator=999": [],
        "verdict=reject": [3],
        "origin=policy": [2, 1],
        "label=incivility": [1],
        "label=off_topic&verdict=reject": [3],
        "since=2026-01-05&until=2026-01-05": [2],
        "until=2026-01-04": [],
        "site=lejour": [3, 2, 1],
    }
    assert {asked: shown(visitor.read(f"/history?{asked}")) for asked in expected} == expected
    for odd in ("verdict=x", "moderator=x", "since=yesterday", "until=9999-12-31", "label=x"):
        visitor.read(f"/history?{odd}", status=400)
    visitor.read("/history?site=none", status=404)


def test_days_are_those_of_the_moderator(desk: Desk, visitor: Visitor, nadia: ModeratorRecord) -> None:
    """Half past eleven at night in London is the next day for somebody in Paris."""
    desk.receive("Un", "c-1")
    with desk.database.session() as session:
        session.execute(text("UPDATE decision SET decided_at = '2026-01-05 23:30Z'"))
        account = session.get_one(ModeratorRecord, nadia.id)
        account.preferences = account.preferences | {"time_zone": "Europe/Paris"}
    assert shown(visitor.read("/history?since=2026-01-06")) == [1]
    assert shown(visitor.read("/history?until=2026-01-05")) == []


def test_a_long_history_comes_in_pages(desk: Desk, visitor: Visitor) -> None:
    """Following "Older decisions" meets every decision once."""
    for number in range(1, 56):
        desk.receive(f"Texte {number}", f"c-{number}")
    first = visitor.read("/history?origin=policy")
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert shown(first) + shown(visitor.read(older)) == list(range(55, 0, -1))


def test_the_list_leads_to_undo(desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """One's own newest decision can be taken back from the list, which shows it undone afterwards; others' cannot."""
    desk.receive("Un", "c-1")
    desk.receive("Deux", "c-2")
    decide(desk, nadia, 1, Verdict.REJECT)
    with database.session() as session:
        ines = moderators.create(session, "ines@example.org", "Inès", PASSWORD)
    decide(desk, ines, 2, Verdict.REJECT)
    page = visitor.read("/history")
    assert page.count("/undo") == 1
    assert "/decisions/3/undo" in page
    sent = visitor.send("/decisions/3/undo", "/keys", back="/history?origin=moderator")
    assert sent.location == "/history?origin=moderator"
    assert desk.status("c-1") == "in_review"
    assert "/undo" not in visitor.read("/history").split('role="status"')[-1].split("<main")[1]


def test_a_deleted_comment_stays_in_the_history_without_its_text(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord
) -> None:
    """The decision about a comment that the site deleted is listed; its text and reasons are gone."""
    desk.receive("Secret de famille", "c-1", reasons=[("incivility", "fr", "Secret reason.")])
    decide(desk, nadia, 1, Verdict.REJECT)
    desk.delete("c-1")
    page = visitor.read("/history")
    assert shown(page) == [2, 1]
    assert "ecret" not in page.split("<main")[1].split("</main>")[0]
    assert "Deleted by the site" in page


def test_only_sites_that_may_be_read_are_listed(desk: Desk, visitor: Visitor, database: Database) -> None:
    """An account with a role on one site sees, downloads and names that site only."""
    desk.receive("Ici", "c-1", author_id="w", article=SubmittedArticle("a-1", "Titre"))
    with database.session() as session:
        other = Desk(database, sites.create(session, "autre", "Autre"))
        ines = moderators.create(session, "ines@example.org", "Inès", PASSWORD, Role.OBSERVER)
        ines.role = None
        key = session.scalar(text("SELECT id FROM site WHERE slug = 'autre'"))
        session.execute(
            text("INSERT INTO membership (moderator_id, site_id, role) VALUES (:who, :site, 'observer')"),
            {"who": ines.id, "site": key},
        )
    other.receive("Ailleurs", "c-1")
    ines_at = Visitor(visitor.client.application.test_client())
    ines_at.sign_in("ines@example.org")
    assert shown(ines_at.read("/history")) == [2]
    assert "Le Jour" not in ines_at.read("/history")
    ines_at.read("/history?site=lejour", status=404)
    assert "Le Jour" not in ines_at.read("/history.csv")
    assert "Ici" not in ines_at.read("/search?q=ici")
    ines_at.read("/commenters/1", status=404)
    ines_at.read("/articles/1", status=404)
    assert ines_at.send("/commenters/1/notes", "/keys", note="x").status_code == 404


def test_the_file_holds_every_decision_and_no_formula(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """The file has one row for each decision as asked; notes, names and ids that look like formulas are disarmed."""
    with database.session() as session:
        session.execute(text("UPDATE moderator SET name = '@Nadia'"))
        session.execute(text("UPDATE site SET name = '-Le Jour'"))
    desk.receive("Un", "+c-1")
    decide(desk, nadia, 1, Verdict.REJECT, Label.INCIVILITY, note=FORMULA)
    response = visitor.client.get("/history.csv?origin=moderator")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == "attachment; filename=decisions.csv"
    [row] = cells(response.text)
    assert (row["Note"], row["By"], row["Site"], row["Comment"]) == (f"'{FORMULA}", "'@Nadia", "'-Le Jour", "'+c-1")
    assert (row["Decision"], row["Labels"], row["Incivility"]) == ("Rejected", "Incivility", "0.9000")
    assert "Incivility 1.0" in row["Classifiers"]
    assert row["Undone at"] == ""
    with database.session() as session:
        query = "SELECT details ->> 'what' FROM audit_event WHERE act = 'export.made'"
        assert list(session.scalars(text(query))) == ["history"]


def test_the_file_is_read_in_portions(desk: Desk, visitor: Visitor, monkeypatch: object) -> None:
    """However small the portions, each decision is in the file once, newest first; French cells end with semicolons."""
    for number in range(1, 8):
        desk.receive(f"Texte {number}", f"c-{number}")
    monkeypatch.setattr(service, "_PORTION", 3)  # type: ignore[attr-defined]
    assert [row["Comment"] for row in cells(visitor.read("/history.csv"))] == [f"c-{n}" for n in range(7, 0, -1)]
    with desk.database.session() as session:
        session.execute(text("UPDATE moderator SET language = 'fr'"))
    assert len(cells(visitor.read("/history.csv"), ";")) == 7
