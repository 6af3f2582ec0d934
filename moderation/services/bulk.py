"""Deciding many comments at once, and taking it back.

Each comment gets a decision of its own, and its site is told of each. The work is done in portions, each in a
transaction of its own: comments that somebody else holds or decided meanwhile are left out and counted.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from moderation.database import Database
from moderation.domain.errors import NotFound
from moderation.domain.words import Label, Origin, Route, Verdict
from moderation.services import appending, undoing
from moderation.services.appending import Decision
from moderation.storage import bulk, comments, search
from moderation.storage.bulk import BulkRecord, Candidate, Listed
from moderation.storage.comments import CommentRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.review import CommentRow
from moderation.storage.search import Search

MOST = 2_000  # comments decided by one act
SAMPLE = 8
_PORTION = 100
_UNDONE_AT_ONCE = MOST

Item = TypeVar("Item")


@dataclass(frozen=True)
class Preview:
    """What one act would decide: how many (one past MOST when there are more), some of them, and the newest text

    that was there; what arrives or is edited afterwards is not decided unseen.
    """

    count: int
    sample: Sequence[CommentRow]
    upto: int


@dataclass(frozen=True)
class Act:
    """What is to be decided: the comments that a search finds among the texts up to `upto`, on these sites.

    `expected` is how many there were when the moderator looked; `asked` is the search in plain values.
    """

    search: Search
    sites: Collection[int] | None
    upto: int
    expected: int
    verdict: Verdict
    labels: Sequence[Label]
    asked: Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """One bulk act, its sites, and how many of its decisions still hold."""

    listed: Listed
    left: int
    sites: Sequence[int]


def preview(session: Session, wanted: Search, sites: Collection[int] | None) -> Preview:
    """Return what one act would decide, with a sample spread evenly over it."""
    upto = bulk.newest_revision(session)
    found = bulk.candidates(session, wanted, sites, upto, MOST + 1)
    step = max(1, len(found) // SAMPLE)
    shown = [candidate.comment_id for candidate in found[::step][:SAMPLE]]
    return Preview(len(found), search.rows(session, shown), upto)


def scores(session: Session, site_id: int, label: Label, most: int) -> list[float]:
    """Return the scores of what waits for review on a site, for a picture of at most so many."""
    return bulk.points(session, site_id, label, most)


def recent(session: Session, sites: Collection[int] | None, most: int) -> list[Listed]:
    """Return the newest bulk acts on these sites (None: on any)."""
    return bulk.newest(session, sites, most)


def decide(database: Database, moderator: ModeratorRecord, act: Act) -> int | None:
    """Decide what the search finds; return the id of the bulk act, None when nothing was left to decide."""
    with database.session() as session:
        found = bulk.candidates(session, act.search, act.sites, act.upto, MOST)
        missing = max(0, min(act.expected, MOST) - len(found))
        record = BulkRecord(
            moderator_id=moderator.id, verdict=act.verdict, labels=list(act.labels), query=dict(act.asked)
        )
        record.skipped = missing
        session.add(record)
        session.flush()
        bulk_id = record.id
    for portion in _portions(found):
        with database.session() as session:
            _decide(session, moderator, act, bulk_id, portion)
    with database.session() as session:
        record = session.get_one(BulkRecord, bulk_id)
        if record.decided:
            return bulk_id
        session.delete(record)
    return None


def show(session: Session, bulk_id: int) -> Shown:
    """Return one bulk act. Raises NotFound."""
    found = bulk.one(session, bulk_id)
    if found is None:
        raise NotFound("bulk act", str(bulk_id))
    left = len(bulk.holding(session, bulk_id, _UNDONE_AT_ONCE))
    return Shown(found, left, bulk.sites_of(session, bulk_id))


def undo(database: Database, moderator: ModeratorRecord, bulk_id: int) -> int:
    """Take back the decisions that still hold; return how many. What was decided again since stands."""
    with database.session() as session:
        holding = bulk.holding(session, bulk_id, _UNDONE_AT_ONCE)
    undone = 0
    for portion in _portions(holding):
        with database.session() as session:
            undone += undoing.undo_all(session, moderator, portion)
    with database.session() as session:
        record = session.get_one(BulkRecord, bulk_id)
        if undone and record.undone_at is None:
            record.undone_at, record.undone_by = datetime.now(UTC), moderator.id
    return undone


def _decide(session: Session, moderator: ModeratorRecord, act: Act, bulk_id: int, portion: Sequence[Candidate]) -> None:
    seen = {candidate.comment_id: candidate.revision_id for candidate in portion}
    locked = comments.lock_ids(session, seen)
    free = bulk.still_free(session, seen, moderator.id)
    rows = [row for row in search.rows(session, free) if row.revision.id == seen[row.comment.id]]
    batch = [_decision(row, locked[row.comment.id], moderator, act, bulk_id) for row in reversed(rows)]
    appending.append(session, batch)
    record = session.get_one(BulkRecord, bulk_id)
    record.decided += len(batch)
    record.skipped += len(portion) - len(batch)


def _decision(row: CommentRow, comment: CommentRecord, moderator: ModeratorRecord, act: Act, bulk_id: int) -> Decision:
    scoring = vars(row.scoring) if row.scoring else None
    return Decision(
        comment,
        row.site,
        row.revision.id,
        row.scoring.id if row.scoring else None,
        Origin.MODERATOR,
        act.verdict,
        act.labels,
        appending.about(row.site, comment, row.revision.number, scoring),
        moderator.id,
        bulk_id=bulk_id,
        route=Route.BULK,
        sampling=row.decision.sampling if row.decision else None,
    )


def _portions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + _PORTION] for start in range(0, len(items), _PORTION))
