"""The settings of a site: banned and watched words, and how long texts are kept."""

import re

import pytest

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import housekeeping, retention, sites
from moderation.storage import words
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.settings_desk import BASE, acts, role, site

HERE, RETENTION = f"{BASE}/words", f"{BASE}/retention"


@pytest.fixture(autouse=True)
def administrator(nadia: ModeratorRecord, database: Database) -> None:
    """Make Nadia the administrator of every site."""
    role(database, nadia, Role.ADMINISTRATOR)


def listed(database: Database, desk: Desk) -> list[tuple[str, str, str, bool]]:
    """Return the words of the site."""
    with database.session() as session:
        return [(w.text, w.kind, w.language, w.whole_word) for w in words.of_site(session, desk.site.id)]


def test_words_are_added_and_removed_on_the_page(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A word is added with its language and "whole word", found on the page, and removed by its tick."""
    visitor.send(HERE, HERE, word=" vieux   phare ", kind="banned", language="fr", whole="on")
    visitor.send(HERE, HERE, word="port", kind="watched", language="")
    assert listed(database, desk) == [("vieux phare", "banned", "fr", True), ("port", "watched", "", False)]
    page = visitor.read(HERE)
    assert "2 words on the list" in page
    number = re.findall(r'value="(\d+)" id="w', page)[0]
    visitor.send(f"{HERE}/removal", HERE, id=[number, "x", "9" * 30])
    assert listed(database, desk) == [("port", "watched", "", False)]
    assert acts(database) == [("site.words_changed", {"added": 1})] * 2 + [("site.words_changed", {"removed": 1})]


def test_a_table_is_taken_whole_or_not_at_all(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A pasted table is added; with one bad line nothing is, the line is named and what was pasted stays."""
    bad = visitor.send(f"{HERE}/table", HERE, table="phare,banned,fr,yes\nport,forbidden").text
    assert "Line 2 cannot be read." in bad
    assert "port,forbidden" in bad
    assert listed(database, desk) == []
    visitor.send(f"{HERE}/table", HERE, table="word,kind,language,whole_word\nphare,banned,fr,yes\nport,watched,,no")
    assert listed(database, desk) == [("phare", "banned", "fr", True), ("port", "watched", "", False)]
    assert "port,watched,,no" in visitor.read(HERE)


def test_a_word_that_finds_nothing_is_refused_in_words(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A single letter and an unknown language are refused, and nothing is written."""
    assert "Each word needs 2 to 100 letters." in visitor.send(HERE, HERE, word="a", kind="banned").text
    assert "Name a language" in visitor.send(HERE, HERE, word="phare", kind="banned", language="xx").text
    assert (listed(database, desk), acts(database)) == ([], [])


def test_a_hostile_word_is_shown_as_text(desk: Desk, visitor: Visitor) -> None:
    """Markup in a word is shown, not obeyed, in the list and in the table."""
    visitor.send(HERE, HERE, word="<script>alert(1)</script>", kind="banned")
    assert "<script>alert" not in visitor.read(HERE)


def test_a_comment_with_a_listed_word_is_explained_on_its_page(desk: Desk, visitor: Visitor) -> None:
    """The card of a held comment marks the word and says which rule held it."""
    visitor.send(HERE, HERE, word="phare", kind="banned", whole="on")
    number = desk.receive("Le PHARE est loin.", scores=(0.1, 0.1, 0.1))
    assert desk.status() == "in_review"
    page = visitor.read(f"/comments/{number}")
    assert re.search(r'<mark class="mark banned[^"]*">PHARE</mark>', page)
    assert re.search(r"Holds a banned word: .*phare", page)


def test_retention_previews_and_saves(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A preview counts and stores nothing, saving stores, impossible days are refused, empty means kept."""
    desk.receive("Un texte clair", scores=(0.1, 0.1, 0.1))
    with database.session() as session:
        session.connection().exec_driver_sql("UPDATE decision SET decided_at = now() - interval '9 days'")
    page = visitor.send(RETENTION, RETENTION, days="7", judged_days="", act="preview").text
    assert "the text of 1 comment would go" in page
    assert (site(database).keep_days, acts(database)) == (None, [])
    assert "Use whole days from 1 to 3650." in visitor.send(RETENTION, RETENTION, days="0", act="save").text
    visitor.send(RETENTION, RETENTION, days="7", judged_days="30", act="save")
    assert (site(database).keep_days, site(database).keep_judged_days) == (7, 30)
    visitor.send(RETENTION, RETENTION, days="", judged_days="", act="save")
    assert (site(database).keep_days, site(database).keep_judged_days) == (None, None)
    assert acts(database) == [
        ("site.retention_changed", {"days": 7, "judged_days": 30}),
        ("site.retention_changed", {"days": None, "judged_days": None}),
    ]


def test_a_forgotten_text_says_so(desk: Desk, visitor: Visitor, database: Database) -> None:
    """The page of a comment whose text was forgotten shows a sentence in its place, and the decisions."""
    number = desk.receive("Un texte clair", scores=(0.1, 0.1, 0.1))
    with database.session() as session:
        session.connection().exec_driver_sql("UPDATE decision SET decided_at = now() - interval '9 days'")
        retention.set_days(sites.get(session, "lejour"), None, 7)
        housekeeping.forget_texts(session)
    page = visitor.read(f"/comments/{number}")
    assert "this one was forgotten" in page
    assert "Un texte clair" not in page
