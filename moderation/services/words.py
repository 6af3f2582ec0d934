"""Banned and watched words of a site: added, removed, read from and written as CSV, ready to be found in comments."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInput
from moderation.domain.words import WordKind
from moderation.services.matching import ListedWord, Matcher, folded_words
from moderation.storage import sites, words
from moderation.storage.sites import SiteRecord
from moderation.storage.words import SiteWordRecord

MOST_WORDS, LONGEST_WORD, SHORTEST_WORD = 5_000, 100, 2
LANGUAGES = ("", "fr", "en", "ar", "es", "de", "it", "pt", "nl", "tr", "pl", "ru", "hy", "fa", "he")
COLUMNS = ("word", "kind", "language", "whole_word")
_YES, _NO = {"yes", "oui", "true", "1", ""}, {"no", "non", "false", "0"}


@dataclass(frozen=True)
class _Kept:
    """A site's matcher and the state of the list that it was made from."""

    state: tuple[datetime, int]
    matcher: Matcher


_MATCHERS: dict[int, _Kept] = {}


def add(session: Session, site: SiteRecord, listed: Sequence[ListedWord]) -> int:
    """Add words to a site's list and return how many; one that is listed already takes the new kind and switch.

    Raises InvalidInput for a word that is too short, too long or of an unknown language, and for too long a list.
    """
    if not listed:
        return 0
    for word, folded in zip(listed, folded_words([word.text for word in listed]), strict=True):
        _check(word, folded)
    rows = {
        (word.text, word.language): {
            "kind": word.kind,
            "text": word.text,
            "language": word.language,
            "whole_word": word.whole_word,
        }
        for word in listed
    }
    words.upsert(session, site.id, list(rows.values()))
    if sum(words.tallies(session, site.id).values()) > MOST_WORDS:
        raise InvalidInput("words", f"are more than {MOST_WORDS}.", "Remove some first.")
    words.new_version(session, site.id)
    return len(rows)


def remove(session: Session, site: SiteRecord, ids: Collection[int]) -> int:
    """Remove words from a site's list; return how many there were."""
    count = words.remove(session, site.id, ids)
    words.new_version(session, site.id)
    return count


def from_csv(table: str) -> list[ListedWord]:
    """Read words from CSV: word, kind, language, whole_word; what is left out is banned, any language, whole.

    A first line of column names is left out, and a semicolon serves as well as a comma. Raises InvalidInput
    naming the line.
    """
    lines = table.replace("\0", "").splitlines()
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(lines, delimiter=";" if first.count(";") > first.count(",") else ",", skipinitialspace=True)
    rows = [(number, [cell.strip() for cell in row]) for number, row in enumerate(reader, 1)]
    filled = [(number, row) for number, row in rows if any(row)]
    if filled and filled[0][1][0].lower() == COLUMNS[0]:
        filled = filled[1:]
    return [_from_row(number, row) for number, row in filled]


def to_csv(listed: Sequence[SiteWordRecord]) -> str:
    """Write a list as CSV that `from_csv` reads back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((word.text, word.kind, word.language, "yes" if word.whole_word else "no") for word in listed)
    return out.getvalue()


def matchers(session: Session, site_ids: Collection[int]) -> Mapping[int, Matcher]:
    """Return what finds the words of these sites; made once for each state of a list, sites without words left out."""
    found = {}
    for site_id in site_ids:
        site = sites.by_id(session, site_id)
        if not site.words_version:
            continue
        state = (site.created_at, site.words_version)
        kept = _MATCHERS.get(site_id)
        if kept is None or kept.state != state:
            kept = _MATCHERS[site_id] = _Kept(state, Matcher(_listed(session, site_id)))
        found[site_id] = kept.matcher
    return found


def _listed(session: Session, site_id: int) -> list[ListedWord]:
    stored = words.of_site(session, site_id)
    return [ListedWord(word.text, WordKind(word.kind), word.language, word.whole_word) for word in stored]


def _check(word: ListedWord, folded: str) -> None:
    if len(folded) < SHORTEST_WORD or len(word.text) > LONGEST_WORD:
        cure = f"Use {SHORTEST_WORD} to {LONGEST_WORD} letters."
        raise InvalidInput("word", f"“{word.text[:LONGEST_WORD]}” is too short or too long.", cure)
    if word.language not in LANGUAGES:
        raise InvalidInput(
            "language", f"“{word.language[:20]}” is unknown.", f"Use {', '.join(LANGUAGES[1:])} or none."
        )


def _from_row(number: int, row: Sequence[str]) -> ListedWord:
    text, kind, language, whole = (*row, "", "", "")[:4] if row else ("", "", "", "")
    if len(row) > len(COLUMNS):
        raise InvalidInput(f"line {number}", "has more than four columns.", 'Put a word with a comma in "quotes".')
    if kind and kind not in set(WordKind):
        raise InvalidInput(f"line {number}", f"“{kind[:20]}” is no kind.", f"Use {' or '.join(WordKind)}.")
    if whole.lower() not in _YES | _NO:
        raise InvalidInput(f"line {number}", f"“{whole[:20]}” is neither yes nor no.", "Write yes or no.")
    return ListedWord(text, WordKind(kind or WordKind.BANNED), language.lower(), whole.lower() not in _NO)
