"""The statistics screen: who sees which figures, in whose days and words, and as a file."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from moderation.dashboard.sheets import Unit, shown
from moderation.dashboard.spreadsheet import safe
from moderation.dashboard.statistics import SHEETS
from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label, Role, Verdict
from moderation.services import decisions, sites, undoing
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.people import account, signed_in
from tests.moderation.dashboard.tables import file, table

CLEAR = (0.1, 0.1, 0.1)


@pytest.fixture
def lead(app: Flask, database: Database) -> Visitor:
    """Return an editor, who also sees what each moderator decided."""
    return signed_in(app, account(database, "Edda", Role.EDITOR))


def decide(database: Database, who: ModeratorRecord, comment_id: int, verdict: Verdict, *labels: Label) -> int | None:
    """Have a moderator decide."""
    with database.session() as session:
        return decisions.by_moderator(session, who, comment_id, 1, verdict, labels)


def test_figures_follow_what_happened(desk: Desk, lead: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """Three comments, one decided by the machine, one by a person, one that waits: every sheet says just that."""
    desk.receive("Clair.", "c-1", CLEAR)
    rude = desk.receive("Grossier.", "c-2")
    desk.receive("Grossier aussi.", "c-3")
    decide(database, nadia, rude, Verdict.REJECT, Label.INCIVILITY)
    page = lead.read("/statistics?days=7")
    today = table(page, "statuses")[-1]
    assert today[1:] == ["1", "1", "1", "0", "0"]
    assert today[0] == f"{datetime.now(UTC):%a} {datetime.now(UTC).day} {datetime.now(UTC):%b %Y}"
    assert len(table(page, "statuses")) == 7
    assert table(page, "labels")[-1][1:] == ["0", "0", "2"]
    assert [row[1] for row in table(page, "waiting")] == ["1", "0", "0", "0", "0", "0"]
    assert table(page, "machine")[-1][1:] == ["0.5", "1", "2"]
    assert table(page, "times")[-1][3] == "1"
    assert table(page, "people") == [["Nadia", "1", "0", "1", "0"]]
    assert "3 comments came in, 0 a day." in page
    assert "The machine alone decided 50% of 2 decided comments." in page


def test_precision_is_measured_on_the_audit_sample(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """Nine of ten judged samples were rightly clear: 90 % with Wilson's interval, and what was missed by label."""
    assert "nothing can be said" in visitor.read("/statistics")
    for number in range(11):
        comment = desk.receive(f"Au hasard {number}.", f"c-{number}", CLEAR, audit=True)
        if number == 0:
            decide(database, nadia, comment, Verdict.REJECT, Label.OFF_TOPIC)
        elif number < 10:
            decide(database, nadia, comment, Verdict.PUBLISH)
    page = visitor.read("/statistics")
    assert "90% of what the machine would have published" in page
    assert "59.6% to 98.2%" in page
    assert [row[1] for row in table(page, "audit")] == ["11", "10", "9", "1", "0", "1", "0"]


def test_agreement_is_told_from_twenty_texts_on(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Below twenty texts that two people judged there is no kappa; with twenty there is, for verdict and labels."""
    first, second = (account(database, name, Role.EDITOR) for name in ("Ines", "Omar"))
    for number in range(20):
        comment = desk.receive(f"Deux avis {number}.", f"c-{number}")
        before = decide(database, first, comment, Verdict.REJECT if number < 10 else Verdict.PUBLISH)
        assert before
        with database.session() as session:
            undoing.undo(session, second, before, anyone_s=True)
        if number == 19:
            page = visitor.read("/statistics")
            assert "two moderators judged 19 texts, 20 are needed" in page
            assert table(page, "agreement")[0][1:] == ["19", "", ""]
        decide(database, second, comment, Verdict.REJECT if number < 8 else Verdict.PUBLISH)
    page = visitor.read("/statistics")
    assert "Cohen’s kappa is 0.8 on 20 texts" in page
    assert table(page, "agreement")[0] == ["Publish or reject", "20", "0.9", "0.8"]


def test_days_are_those_of_the_moderator(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A comment of 23:30 in Paris counts on that day there, and on the hour before for one who keeps UTC."""
    key = desk.receive("Tard le soir.", "c-1", CLEAR)
    late = (datetime.now(UTC) - timedelta(days=3)).replace(hour=22, minute=30)
    with database.session() as session:
        session.execute(text("UPDATE comment SET received_at = :at WHERE id = :id"), {"at": late, "id": key})
    in_utc = visitor.read("/statistics?days=7")
    with database.session() as session:
        session.execute(text('UPDATE moderator SET preferences = \'{"time_zone": "Asia/Tokyo"}\''))
    in_tokyo = visitor.read("/statistics?days=7")
    hours = [[row[0] for row in table(page, "hours") if "1" in row[1:]] for page in (in_utc, in_tokyo)]
    assert hours == [["22:00"], ["07:00"]]
    day = [[row[0] for row in table(page, "statuses") if row[1] == "1"] for page in (in_utc, in_tokyo)]
    assert [words[0].split()[1] for words in day] == [str(late.day), str((late + timedelta(days=1)).day)]
    assert "The hours are those of Asia/Tokyo." in in_tokyo


def test_the_period_narrows(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A comment of twenty days ago is in the thirty days that are shown first, and not in seven."""
    key = desk.receive("Il y a longtemps.", "c-1", CLEAR)
    with database.session() as session:
        session.execute(text("UPDATE comment SET received_at = now() - interval '20 days' WHERE id = :id"), {"id": key})
    counted = {
        days: sum(int(row[1]) for row in table(visitor.read(f"/statistics?days={days}"), "statuses"))
        for days in (7, 30, 90)
    }
    assert counted == {7: 0, 30: 1, 90: 1}
    assert len(table(visitor.read("/statistics?days=12345"), "statuses")) == 30


def test_only_sites_that_may_be_read_are_counted(app: Flask, desk: Desk, database: Database) -> None:
    """Comments, articles and names of another site are in no figure; asking for that site finds nothing."""
    with database.session() as session:
        far = Desk(database, sites.create(session, "autre", "Autre"))
    far.receive("Là-bas.", "c-1", article=SubmittedArticle("a-1", "Un titre lointain"))
    desk.receive("Ici.", "c-1", article=SubmittedArticle("a-1", "Un titre proche"))
    visitor = signed_in(app, account(database, "Mona", None, {desk.site.id: Role.OBSERVER}))
    page = visitor.read("/statistics")
    assert table(page, "statuses")[-1][1:] == ["0", "0", "1", "0", "0"]
    assert "Un titre proche" in page
    assert "Un titre lointain" not in page
    assert "Autre" not in page
    visitor.read("/statistics?site=autre", status=404)
    for key in SHEETS:
        assert visitor.client.get(f"/statistics/{key}.csv?site=autre").status_code in (403, 404)


def test_one_site_of_several_is_picked(desk: Desk, visitor: Visitor, database: Database) -> None:
    """With several sites they are counted together, or one that is picked."""
    with database.session() as session:
        other = Desk(database, sites.create(session, "autre", "Autre"))
    desk.receive("Ici.", "c-1", CLEAR)
    other.receive("Là.", "c-1", CLEAR)
    other.receive("Là aussi.", "c-2", CLEAR)
    counted = [table(visitor.read(f"/statistics?site={slug}"), "statuses")[-1][1] for slug in ("", "lejour", "autre")]
    assert counted == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("role", "seen"),
    [(Role.OBSERVER, False), (Role.MODERATOR, False), (Role.EDITOR, True), (Role.ADMINISTRATOR, True)],
)
def test_who_sees_the_figures_of_single_people(
    app: Flask, desk: Desk, database: Database, nadia: ModeratorRecord, role: Role, seen: bool
) -> None:
    """Counts by moderator are for editors and administrators, on the screen and as a file; names come by alphabet."""
    for key, who in (("c-1", nadia), ("c-2", nadia), ("c-3", account(database, "Abel", Role.MODERATOR))):
        decide(database, who, desk.receive(f"Texte {key}.", key), Verdict.PUBLISH)
    visitor = signed_in(app, account(database, "Asker", role))
    page = visitor.read("/statistics")
    assert ('id="people"' in page) is seen
    assert ("Nadia" in page) is seen
    if seen:
        assert [row[0] for row in table(page, "people")] == ["Abel", "Nadia"]
    assert visitor.client.get("/statistics/people.csv").status_code == (200 if seen else 403)


def test_an_editor_of_one_site_sees_people_of_that_site_only(
    app: Flask, desk: Desk, database: Database, nadia: ModeratorRecord
) -> None:
    """Observer there, editor here: who decided there is not told, neither together nor for that site."""
    with database.session() as session:
        far = Desk(database, sites.create(session, "autre", "Autre"))
    decide(database, account(database, "Abel", Role.MODERATOR), far.receive("Là-bas.", "c-1"), Verdict.PUBLISH)
    decide(database, nadia, desk.receive("Ici.", "c-1"), Verdict.PUBLISH)
    roles = {desk.site.id: Role.EDITOR, far.site.id: Role.OBSERVER}
    visitor = signed_in(app, account(database, "Edda", None, roles))
    assert [row[0] for row in table(visitor.read("/statistics"), "people")] == ["Nadia"]
    assert 'id="people"' not in visitor.read("/statistics?site=autre")
    assert visitor.client.get("/statistics/people.csv?site=autre").status_code == 403
    assert [row[0] for row in file(visitor, "people")][1:] == ["Nadia"]


def test_every_table_is_a_file(desk: Desk, lead: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """Each sheet of the screen comes as a file with the same figures under the same titles."""
    decide(database, nadia, desk.receive("Un texte.", "c-1", article=SubmittedArticle("a", "Titre")), Verdict.REJECT)
    page = lead.read("/statistics?days=7")
    for key in SHEETS:
        assert f'href="/statistics/{key}.csv?days=7"' in page or not table(page, key), key
        rows = file(lead, key, days="7")
        assert len({len(row) for row in rows}) == 1
        shown_there = [[value for value in row[1:] if value] for row in table(page, key)]
        there = [[float(value) for value in row] for row in shown_there]
        assert [[float(value) for value in row[1:] if value] for row in rows[1:]] == [
            pytest.approx(r, abs=1e-4) for r in there
        ]
    assert file(lead, "statuses", days="7")[-1][0] == f"{datetime.now(UTC):%Y-%m-%d}"
    lead.read("/statistics/nothing.csv", status=404)


def test_hostile_titles_stay_words(desk: Desk, visitor: Visitor) -> None:
    """A title that is a formula or markup is neither calculated in the file nor alive on the page."""
    title = '=HYPERLINK("http://evil.example","x")<script>alert(1)</script>'
    desk.receive("Un texte.", "c-1", article=SubmittedArticle("a-1", title))
    assert "<script>alert" not in visitor.read("/statistics")
    assert file(visitor, "articles")[1][0] == f"'{title}"


def test_numbers_and_days_are_written_as_the_reader_writes(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """French has its own commas, days and units, on the screen, and semicolons in the file."""
    desk.receive("Un texte.", "c-1", CLEAR)
    decide(database, nadia, desk.receive("Un autre.", "c-2"), Verdict.PUBLISH)
    with database.session() as session:
        session.execute(text("UPDATE moderator SET language = 'fr'"))
    page = visitor.read("/statistics?days=7")
    assert "2 commentaires reçus" in page
    assert "La machine a tranché seule" in page
    assert file(visitor, "statuses", lang="fr")[0][:2] == ["Jour", "Publié"]
    assert file(visitor, "machine", lang="fr")[-1][1:] == ["0,5", "1", "2"]
    with visitor.client.application.test_request_context(headers={"Accept-Language": "fr"}):
        told = [shown(value, unit) for value, unit in ((9_000, Unit.SECONDS), (40, Unit.SECONDS), (0.9533, Unit.SHARE))]
    assert [" ".join(words.split()) for words in told] == ["2,5 h", "40 s", "95,3 %"]


def test_an_empty_desk_has_a_calm_page(desk: Desk, lead: Visitor) -> None:
    """Without any comment the page says so in words, and no figure is invented."""
    page = lead.read("/statistics")
    for sentence in ("0 comments came in", "Nobody waits.", "Nothing is decided yet.", "two moderators judged 0 texts"):
        assert sentence in page, sentence
    assert "No article has enough comments in this period." in page
    for key in SHEETS:
        assert file(lead, key)


def test_a_negative_figure_stays_a_number() -> None:
    """A negative number is no formula; what only begins as one is."""
    assert [safe(cell) for cell in ("-0.25", "-0,25", "-7")] == ["-0.25", "-0,25", "-7"]
    assert [safe(cell) for cell in ("-1+2", "-1.5.2", "-x")] == ["'-1+2", "'-1.5.2", "'-x"]
