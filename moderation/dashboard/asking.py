"""What a form of filters asks: read from an address or a form, and written back into an address.

A value that no form offers is refused (400) and never left out: a search without one of its filters finds more.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from flask import abort
from flask_babel import to_utc

from moderation.domain.words import CommentStatus, Label, Origin, Verdict
from moderation.storage.history import Asked
from moderation.storage.search import Search
from moderation.storage.sites import SiteRecord

SEARCH = ("q", "author", "article", "moderator", "label", "least", "most", "since", "until", "status", "site")
HISTORY = ("moderator", "verdict", "origin", "label", "since", "until", "site", "bulk")
MOST_WORDS = 200
_LARGEST_ID = 2**63 - 1

Word = TypeVar("Word", bound=StrEnum)


def given(values: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return the fields that are filled in, as arguments of an address."""
    return {name: value for name in names if (value := values.get(name, "").replace("\0", "").strip()[:MOST_WORDS])}


def search(values: Mapping[str, str], sites: Sequence[SiteRecord]) -> Search:
    """Read what is searched; only these sites can be named."""
    asked = given(values, SEARCH)
    return Search(
        text=asked.get("q", ""),
        author=asked.get("author", ""),
        article=asked.get("article", ""),
        moderator_id=_number(asked.get("moderator")),
        label=_word(asked.get("label"), Label),
        least=_share(asked.get("least")),
        most=_share(asked.get("most")),
        since=_day(asked.get("since")),
        until=_day(asked.get("until"), 1),
        status=_word(asked.get("status"), CommentStatus),
        site_id=_site(asked.get("site"), sites),
    )


def history(values: Mapping[str, str], sites: Sequence[SiteRecord]) -> Asked:
    """Read which decisions are looked for; only these sites can be named."""
    asked = given(values, HISTORY)
    return Asked(
        moderator_id=_number(asked.get("moderator")),
        verdict=_word(asked.get("verdict"), Verdict),
        origin=_word(asked.get("origin"), Origin),
        label=_word(asked.get("label"), Label),
        since=_day(asked.get("since")),
        until=_day(asked.get("until"), 1),
        site_id=_site(asked.get("site"), sites),
        bulk_id=_number(asked.get("bulk")),
    )


def _word(given: str | None, words: type[Word]) -> Word | None:
    if given is None:
        return None
    return words(given) if given in set(words) else abort(400)


def _number(given: str | None) -> int | None:
    if given is None:
        return None
    return min(int(given), _LARGEST_ID) if given.isascii() and given.isdigit() and len(given) < 20 else abort(400)


def _share(given: str | None) -> float | None:
    """Read a percentage as a share."""
    percent = _number(given)
    if percent is None:
        return None
    return percent / 100 if percent <= 100 else abort(400)


def _day(given: str | None, later: int = 0) -> datetime | None:
    """Read a day as its first instant where the moderator is, or the first instant `later` days on."""
    if given is None:
        return None
    try:
        day = date.fromisoformat(given) + timedelta(days=later)
        begin: datetime = to_utc(datetime.combine(day, time()))
        return begin.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        abort(400)


def _site(given: str | None, sites: Sequence[SiteRecord]) -> int | None:
    if given is None:
        return None
    named = [site.id for site in sites if site.slug == given]
    return named[0] if named else abort(404)
