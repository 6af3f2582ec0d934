"""Banned and watched words: found whatever they are disguised as, and what they do to a comment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.database import Database
from moderation.domain.errors import InvalidInput
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import WordKind
from moderation.services import sites, words
from moderation.services.matching import ListedWord, Matcher
from moderation.storage import words as stored_words
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.services.even import EvenScorer

WORD = "flibustier"
DISGUISES = (
    "FLIBUSTIER",
    "Flïbüstièr",
    "fl1bust1er",
    "f l i b u s t i e r",
    "f.l.i.b.u.s.t.i.e.r",
    "flib\u200bust\u00adier",
    "flіbustіer",  # two letters are Cyrillic
    "fliiiiibustier",
    "flibusssstier",
    "flibustierrrr",
    "flib*stier",
    "ｆｌｉｂｕｓｔｉｅｒ",  # full width
)


@pytest.fixture
def scorer() -> EvenScorer:
    """Return a scorer whose answers are known."""
    return EvenScorer()


def found(matcher: Matcher, text: str, language: str = "fr") -> list[str]:
    """Return the pieces of the text that are marked."""
    return [text[hit.begin : hit.end] for hit in matcher.find([text], [language])[0]]


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("frame", ["{}", "Quel {} !", "Enfin… {}, encore une fois."])
def test_a_disguised_word_is_still_found(disguise: str, frame: str) -> None:
    """Capitals, accents, look-alikes, digits, spacing, masks, stretching: the word is found where it stands."""
    text = frame.format(disguise)
    (piece,) = found(Matcher([ListedWord(WORD, WordKind.BANNED)]), text)
    assert disguise.startswith(piece)
    assert len(piece) >= len(WORD)


@pytest.mark.parametrize(
    "text", ["Les flibustières du port", "antiflibustier", "le flibustierisme", "flibus tier", "f*****ier"]
)
def test_a_whole_word_is_not_found_inside_another(text: str) -> None:
    """Neither as a part of a longer word, nor broken in two, nor masked beyond recognition."""
    assert found(Matcher([ListedWord(WORD, WordKind.BANNED)]), text) == []


def test_a_part_of_a_word_is_found_when_the_site_wants_it() -> None:
    """Without "whole word" the letters are found inside another word, and only they are marked."""
    matcher = Matcher([ListedWord(WORD, WordKind.BANNED, whole_word=False)])
    assert found(matcher, "Des antiFLIBUSTIERs !") == ["FLIBUSTIER"]


def test_a_phrase_is_found_across_lines_and_spaces() -> None:
    """A listed phrase is found when a line ends in the middle of it."""
    assert found(Matcher([ListedWord("vieux phare", WordKind.WATCHED)]), "Le Vieux\n  PHARE est loin") == [
        "Vieux\n  PHARE"
    ]


def test_a_word_of_one_language_is_found_in_that_language_alone() -> None:
    """A French word marks French texts and texts of unknown language, and leaves an English one alone."""
    matcher = Matcher([ListedWord(WORD, WordKind.BANNED, "fr")])
    assert [bool(found(matcher, WORD, language)) for language in ("fr", "und", "en")] == [True, True, False]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5), st.integers(0, 4))
def test_neighbours_in_a_batch_change_nothing(texts: list[str], place: int) -> None:
    """Any text holds the same hits alone as among others, and the word put into it is found in its place."""
    matcher = Matcher([ListedWord(WORD, WordKind.BANNED), ListedWord("le", WordKind.WATCHED, whole_word=False)])
    texts[place % len(texts)] += f"\n. {WORD} ."
    together = matcher.find(texts, ["fr"] * len(texts))
    assert together == [matcher.find([text], ["fr"])[0] for text in texts]
    text = texts[place % len(texts)]
    assert WORD in {text[hit.begin : hit.end] for hit in together[place % len(texts)]}


def listed(database: Database, site: SiteRecord, *more: ListedWord) -> None:
    """Put words on the site's list."""
    with database.session() as session:
        words.add(session, session.get_one(SiteRecord, site.id), more)


def policy(database: Database, site: SiteRecord, **values: object) -> None:
    """Set parts of the site's policy."""
    with database.session() as session:
        sites.set_policy(session.get_one(SiteRecord, site.id), values)


def test_a_listed_word_holds_a_comment_with_marks_and_a_reason(
    newsroom: Newsroom, database: Database, site: SiteRecord
) -> None:
    """A banned word sends a calm comment to review, its place is marked, the reason names it in both languages."""
    listed(database, site, ListedWord("phare", WordKind.BANNED), ListedWord("Port", WordKind.WATCHED))
    text = "Le PHARE du p0rt mérite une visite."
    newsroom.write("c1", text)
    newsroom.write("c2", "Une promenade le long de la côte mérite le détour.")
    newsroom.score()
    held, other = newsroom.read("c1"), newsroom.read("c2")
    assert (held.comment.status, other.comment.status) == ("in_review", "published")
    assert held.scoring is not None
    marked = {kind: [text[a:b] for a, b, _ in held.scoring.spans[kind]] for kind in ("banned", "watched")}
    assert marked == {"banned": ["PHARE"], "watched": ["p0rt"]}
    told = {reason["rule"]: reason for reason in held.scoring.reasons if reason.get("rule")}
    assert told["banned_word"]["fr"] == "Contient un terme interdit : « phare »."
    assert told["watched_word"]["en"] == "Holds a watched word: “Port”."


def test_a_banned_word_rejects_where_the_site_switched_it_on(
    newsroom: Newsroom, database: Database, site: SiteRecord
) -> None:
    """With automatic rejection a banned word rejects; a watched one still waits for a person."""
    listed(database, site, ListedWord("phare", WordKind.BANNED), ListedWord("port", WordKind.WATCHED))
    policy(database, site, reject_banned=True)
    newsroom.write("c1", "Le phare est fermé ce matin.")
    newsroom.write("c2", "Le port est fermé ce matin.")
    newsroom.score()
    assert [newsroom.read(key).comment.status for key in ("c1", "c2")] == ["rejected", "in_review"]


def test_a_change_of_the_list_is_followed_at_once(newsroom: Newsroom, database: Database, site: SiteRecord) -> None:
    """A word added is found in the next comment, a word removed is not; another site's list never counts."""
    newsroom.write("c1", "Le phare est fermé ce matin.")
    newsroom.score()
    listed(database, site, ListedWord("phare", WordKind.WATCHED))
    newsroom.write("c2", "Le phare est ouvert ce matin.")
    newsroom.score()
    with database.session() as session:
        here = session.get_one(SiteRecord, site.id)
        assert words.remove(session, here, [word.id for word in stored_words.of_site(session, site.id)]) == 1
        listed_elsewhere = sites.create(session, "autre", "Autre")
        words.add(session, listed_elsewhere, [ListedWord("phare", WordKind.WATCHED)])
    newsroom.write("c3", "Le phare est loin ce matin.")
    newsroom.score()
    assert [newsroom.read(f"c{n}").comment.status for n in (1, 2, 3)] == ["published", "in_review", "published"]


@pytest.mark.parametrize(
    ("mode", "standing", "status", "rule"),
    [
        ("closed", "", "rejected", "closed_article"),
        ("pre_moderate", "", "in_review", "pre_moderated_article"),
        ("open", "watched", "in_review", "watched_commenter"),
        ("open", "trusted", "published", None),
        ("open", "", "published", None),
    ],
)
def test_articles_and_commenters_are_heeded(
    newsroom: Newsroom, mode: str, standing: str, status: str, rule: str | None
) -> None:
    """A calm comment is rejected under a closed article, and read by a person where the site asked for it."""
    newsroom.write("c0", "Bonjour", article=SubmittedArticle("a-1", "Le phare"), author_id="u-1")
    newsroom.run(f"UPDATE article SET mode = '{mode}'")
    newsroom.run(f"UPDATE commenter SET standing = '{standing}'")
    newsroom.write("c1", "Le phare est fermé ce matin.", article=SubmittedArticle("a-1", "Le phare"), author_id="u-1")
    newsroom.score()
    row = newsroom.read("c1")
    assert row.comment.status == status
    assert row.scoring is not None
    assert [reason["rule"] for reason in row.scoring.reasons if reason.get("rule")] == ([rule] if rule else [])


def test_csv_goes_out_and_comes_back(database: Database, site: SiteRecord) -> None:
    """What is written as CSV is read back the same, commas and quotes included; short lines take the defaults."""
    many = (
        ListedWord("mot, avec virgule", WordKind.BANNED, "fr"),
        ListedWord('guil"lemet', WordKind.WATCHED, "", whole_word=False),
        ListedWord("كلمة", WordKind.BANNED, "ar"),
    )
    listed(database, site, *many)
    with database.session() as session:
        table = words.to_csv(stored_words.of_site(session, site.id))
    assert set(words.from_csv(table)) == set(many)
    assert words.from_csv("phare\n") == [ListedWord("phare", WordKind.BANNED)]
    assert words.from_csv("port;watched;fr;non") == [ListedWord("port", WordKind.WATCHED, "fr", whole_word=False)]


@pytest.mark.parametrize(
    ("line", "field"),
    [("a,forbidden", "line 1"), ("ok\nb,banned,fr,perhaps", "line 2"), ("a,banned,fr,yes,more", "line 1")],
)
def test_a_line_that_cannot_be_read_is_named(line: str, field: str) -> None:
    """An unknown kind, an answer that is neither yes nor no, and too many columns are refused with the line."""
    with pytest.raises(InvalidInput) as refused:
        words.from_csv(line)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "word",
    [
        ListedWord("a", WordKind.BANNED),
        ListedWord("x" * 101, WordKind.BANNED),
        ListedWord("\u200b\u200b", WordKind.BANNED),
        ListedWord("mot", WordKind.BANNED, "klingon"),
    ],
)
def test_a_word_that_would_find_too_much_or_nothing_is_refused(
    database: Database, site: SiteRecord, word: ListedWord
) -> None:
    """A single letter, an endless one, nothing but invisible characters and an unknown language are refused."""
    with database.session() as session, pytest.raises(InvalidInput):
        words.add(session, session.get_one(SiteRecord, site.id), [word])


def test_the_same_word_again_takes_its_new_kind(database: Database, site: SiteRecord) -> None:
    """A word is listed once for each language; adding it again changes it."""
    listed(database, site, ListedWord("phare", WordKind.BANNED))
    listed(
        database,
        site,
        ListedWord("phare", WordKind.WATCHED, whole_word=False),
        ListedWord("phare", WordKind.BANNED, "en"),
    )
    with database.session() as session:
        stored = [(word.kind, word.language, word.whole_word) for word in stored_words.of_site(session, site.id)]
    assert stored == [("banned", "en", True), ("watched", "", False)]
