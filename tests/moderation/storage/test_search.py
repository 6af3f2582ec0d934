"""Finding comments on the real server: words in two languages, and every field."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import CommentStatus, Label, Verdict
from moderation.services import decisions, moderators, sites
from moderation.services import search as service
from moderation.storage.people import LARGEST_ID
from moderation.storage.search import Search
from tests.moderation.dashboard.conftest import PASSWORD
from tests.moderation.dashboard.desk import Desk

TEXTS = {
    1: "Les députés n’ont jamais voté contre l’Été à la pla\u200bge.",
    2: "The cats were sleeping; nobody voted.",
    3: "Un cœur gros comme ça, un chat et des chevaux.",
    4: "مرحبا بكم في الموقع",
    5: "Cafe\u0301 ou the\u0301 ? 100 % d’accord, le thé.",
    6: "50 €, «trop» 😂 & | ! ( ) : * ' \\",
}


@pytest.fixture
def desk(database: Database) -> Desk:
    """Return a site with a comment for each text."""
    with database.session() as session:
        desk = Desk(database, sites.create(session, "lejour", "Le Jour"))
    for number, body in TEXTS.items():
        desk.receive(body, f"c-{number}")
    return desk


def find(desk: Desk, search: Search | str, readable: Sequence[int] | None = None) -> list[int]:
    """Return the ids that a search finds, in order."""
    wanted = Search(text=search) if isinstance(search, str) else search
    with desk.database.session() as session:
        found = service.find(session, wanted, readable, LARGEST_ID, 50)
    assert found.count == len(found.rows)
    return [row.comment.id for row in found.rows]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("depute", [1]),
        ("DÉPUTÉS", [1]),
        ("voter", [1]),
        ("sleep", [2]),
        ("voted", [2, 1]),
        ("cat", [2]),
        ("cheval", [3]),
        ("coeur", [3]),
        ("cœurs", [3]),
        ("café thé", [5]),
        ("cafe", [5]),
        ("l'ete", [1]),
        ("l’été", [1]),
        ("plage", [1]),
        ("trop", [6]),
        ("jamais chat", []),
        ("jamais or chat", [3, 1]),
        ('"un chat"', [3]),
        ('"chevaux chat"', []),
        ("un -chat", []),
        ("un -chevaux", []),
        ("nobody -cats", []),
        ("nobody -chien", [2]),
        ("-un -the", [6, 4, 1]),
        ("the", [5, 2]),
        ("مرحبا", [4]),
        ("100", [5]),
        ("& | ! ( ) : * ' \\", []),
        ('"', []),
        ("-", []),
        ("😂", [6]),
    ],
)
def test_words_are_found_in_french_and_english(desk: Desk, asked: str, found: list[int]) -> None:
    """Words are found in any form and without accents; quotation marks, or, and minus mean what they say."""
    assert find(desk, asked) == found


def test_an_edited_comment_is_found_by_its_new_text_only(desk: Desk) -> None:
    """After an edit the old words find nothing and the new ones do."""
    desk.receive("Tout a changé ici.", "c-1")
    assert find(desk, "députés") == []
    assert find(desk, "changer") == [1]


def test_deleted_comments_are_never_found(desk: Desk) -> None:
    """A deleted comment is found by no word and by no other field, not even by its status."""
    desk.delete("c-1")
    assert find(desk, "députés") == []
    assert 1 not in find(desk, Search(site_id=desk.site.id))
    assert find(desk, Search(status=CommentStatus.DELETED)) == []


def test_only_sites_that_may_be_read_are_searched(desk: Desk) -> None:
    """Comments of a site that one may not read are not found, even when the site is named."""
    with desk.database.session() as session:
        other = Desk(desk.database, sites.create(session, "autre", "Autre"))
    there = other.receive("Les députés là-bas", "c-1")
    assert find(desk, "députés") == [there, 1]
    assert find(desk, "députés", [desk.site.id]) == [1]
    assert find(desk, Search(site_id=other.site.id), [desk.site.id]) == []
    assert find(desk, "députés", []) == []


def test_each_field_narrows(desk: Desk) -> None:
    """Writer, article, moderator, label, score range, date and status find what they name, together and alone."""
    article = SubmittedArticle("a-1", "L’Élysée s’explique")
    named = desk.receive(
        "Premier", "d-1", (0.9, 0.2, 0.1), article=article, author_id="l", author_name="Zoé Lefèvre-Durand"
    )
    plain = desk.receive("Second", "d-2", (0.1, None, 0.1), author_id="m", author_name="Paul")
    with desk.database.session() as session:
        ines = moderators.create(session, "ines@example.org", "Inès", PASSWORD)
        decisions.by_moderator(session, ines, plain, 1, Verdict.REJECT, [Label.OFF_TOPIC])
        session.execute(text("UPDATE comment SET received_at = '2026-01-05 12:00Z' WHERE id = 1"))
    day = datetime(2026, 1, 5, tzinfo=UTC)
    expected: list[tuple[Search, list[int]]] = [
        (Search(author="zoe"), [named]),
        (Search(author="Durand lefev"), [named]),
        (Search(author="Pa"), [plain]),
        (Search(author="aul"), []),
        (Search(author=":*!&"), []),
        (Search(article="elysee"), [named]),
        (Search(moderator_id=ines.id), [plain]),
        (Search(label=Label.SHOUTING), [named]),
        (Search(label=Label.OFF_TOPIC), [plain]),
        (Search(label=Label.SHOUTING, least=0.9, most=0.9), [named]),
        (Search(label=Label.SHOUTING, least=0.91), []),
        (Search(label=Label.OFF_TOPIC, most=0.1), [6, 5, 4, 3, 2, 1]),
        (Search(least=0.85, most=0.95, text="premier"), [named]),
        (Search(since=day, until=day + timedelta(days=1)), [1]),
        (Search(until=day), []),
        (Search(status=CommentStatus.REJECTED), [plain]),
        (Search(status=CommentStatus.REJECTED, text="premier"), []),
    ]
    assert [find(desk, search) for search, _ in expected] == [found for _, found in expected]


def test_a_large_find_comes_in_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages meet every comment once, newest first, whether the find is small or larger than what is counted."""
    for most in (2_000, 3):
        monkeypatch.setattr(service, "MOST_COUNTED", most)
        seen: list[int] = []
        before: int | None = LARGEST_ID
        while before:
            with desk.database.session() as session:
                page = service.find(session, Search(site_id=desk.site.id), None, before, 2)
            seen += [row.comment.id for row in page.rows]
            before = page.next_before
            assert page.count == min(6, most + 1)
        assert seen == [6, 5, 4, 3, 2, 1]
