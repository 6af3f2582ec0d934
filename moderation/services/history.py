"""Reading every decision that was taken, a page at a time or all of them in a row."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.database import Database
from moderation.storage import history
from moderation.storage.history import Asked, Entry

_PORTION = 500


@dataclass(frozen=True)
class HistoryPage:
    """One page of decisions, newest first; `next_before` is the cursor of the next page."""

    entries: Sequence[Entry]
    next_before: int | None


def page(session: Session, asked: Asked, readable: Collection[int] | None, before: int, size: int) -> HistoryPage:
    """Return the decisions as asked that are older than this decision id."""
    found = history.entries(session, asked, readable, before, size + 1)
    return HistoryPage(found[:size], found[size - 1].decision.id if len(found) > size else None)


def everything(database: Database, asked: Asked, readable: Collection[int] | None, before: int) -> Iterator[Entry]:
    """Yield all decisions as asked, newest first; in portions, so that no transaction lasts as long as a download."""
    while True:
        with database.session() as session:
            portion = history.entries(session, asked, readable, before, _PORTION)
        yield from portion
        if len(portion) < _PORTION:
            return
        before = portion[-1].decision.id
