"""The review queue: what is before the moderators, why, how much of it, and what comes next.

A comment is before them while it waits for review, and while a report, an appeal or an escalation is open.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select, text
from sqlalchemy.orm import Session

from moderation.domain.queueing import QueueReason as QueueReason
from moderation.storage import appeals
from moderation.storage.claims import free_for
from moderation.storage.comments import CommentRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.review import CommentRow, Sites, comment_rows, fetch


@dataclass(frozen=True)
class Tally:
    """How many comments wait, and since when the first of them does."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class Reader:
    """Who asks what comes next. What is escalated is offered only to those who `settles` it."""

    moderator_id: int
    settles: bool


def page(
    session: Session, sites: Sites, after: int, limit: int, reason: QueueReason | None = None, since: int = 0
) -> list[CommentRow]:
    """Return the next comments of the queue of these sites after this internal id, oldest first.

    `since` leaves out what was there when this was the newest decision.
    """
    ids = _ids(sites, reason).where(CommentRecord.id > after)
    if since:
        ids = ids.where(CommentRecord.decision_id > since)
    found = list(session.scalars(ids.order_by(CommentRecord.id).limit(limit)))
    return fetch(session, comment_rows().where(CommentRecord.id.in_(found)).order_by(CommentRecord.id))


def offered(
    session: Session, sites: Sites, reason: QueueReason | None, after: int, reader: Reader, limit: int = 1
) -> list[int]:
    """Return the ids of the first comments after this one that nobody else reads and the reader did not put off.

    Appeals against what the reader decided are left to others.
    """
    query = _ids(sites, reason).where(CommentRecord.id > after, free_for(reader.moderator_id))
    query = query.where(CommentRecord.appealed_at.is_(None) | ~appeals.for_another(reader.moderator_id))
    if not reader.settles and reason is not QueueReason.ESCALATED:
        query = query.where(CommentRecord.escalated_at.is_(None))
    return list(session.scalars(query.order_by(CommentRecord.id).limit(limit)))


def previous(session: Session, sites: Sites, reason: QueueReason | None, before: int) -> int | None:
    """Return the id of the last comment of the queue before this one."""
    query = _ids(sites, reason).where(CommentRecord.id < before)
    found: int | None = session.scalar(query.order_by(CommentRecord.id.desc()).limit(1))
    return found


def arrivals(session: Session, sites: Sites, reason: QueueReason | None, since: int) -> int:
    """Count the comments of the queue that were put there after this decision."""
    query = select(func.count()).select_from(CommentRecord).where(*_waiting(sites, reason))
    return int(session.scalar(query.where(CommentRecord.decision_id > since)) or 0)


def newest(session: Session) -> int:
    """Return the id of the newest decision of all, 0 when there is none: what comes into the queue has a newer one."""
    return session.scalar(select(func.max(DecisionRecord.id))) or 0


def tallies(session: Session, sites: Sites) -> dict[QueueReason | None, Tally]:
    """Count the queue, whole (None) and by reason, in one pass: comments of the same reasons are counted together."""
    in_reason = [_because(reason).label(reason.value) for reason in _RAISED]
    held = case((_IN_REVIEW & CommentRecord.escalated_at.is_(None), CommentRecord.reasons), else_=[]).label("held")
    since = [func.min(column) for column in (_ARRIVED, *_RAISED.values())]
    keys = ", ".join(["held", *(f'"{reason}"' for reason in _RAISED)])
    query = select(held, *in_reason, func.count(), *since).select_from(CommentRecord).where(*_waiting(sites, None))
    rows = session.execute(query.group_by(text(keys))).all()
    counted = 1 + len(_RAISED)
    found: dict[QueueReason | None, Tally] = {None: _tally([(row[counted], row[counted + 1]) for row in rows])}
    for reason in QueueReason:
        if reason in _RAISED:
            place = 1 + list(_RAISED).index(reason)
            groups = [(row[counted], row[counted + 1 + place]) for row in rows if row[place]]
        else:
            groups = [(row[counted], row[counted + 1]) for row in rows if reason in row.held]
        found[reason] = _tally(groups)
    return found


def _tally(groups: list[tuple[int, datetime | None]]) -> Tally:
    return Tally(sum(count for count, _ in groups), min((at for _, at in groups if at), default=None))


def _ids(sites: Sites, reason: QueueReason | None) -> Any:
    return select(CommentRecord.id).where(*_waiting(sites, reason))


def waiting() -> ColumnElement[bool]:
    """Return the condition that a comment is before the moderators; written out, so that its index serves it."""
    return (
        _IN_REVIEW
        | CommentRecord.reported_at.is_not(None)
        | CommentRecord.appealed_at.is_not(None)
        | CommentRecord.escalated_at.is_not(None)
    )


def _waiting(sites: Sites, reason: QueueReason | None) -> list[ColumnElement[bool]]:
    conditions = [waiting()]
    if sites is not None:
        conditions.append(CommentRecord.site_id.in_(sites))
    if reason is not None:
        conditions.append(_because(reason))
    return conditions


def _because(reason: QueueReason) -> ColumnElement[bool]:
    """Return the condition of one queue. What is escalated has left the others."""
    if reason is QueueReason.ESCALATED:
        return CommentRecord.escalated_at.is_not(None)
    if reason in _RAISED:
        return CommentRecord.escalated_at.is_(None) & _RAISED[reason].is_not(None)
    return CommentRecord.escalated_at.is_(None) & _IN_REVIEW & CommentRecord.reasons.contains([reason.value])


_IN_REVIEW = CommentRecord.status == literal_column("'in_review'")
_ARRIVED = CommentRecord.received_at
_RAISED = {
    QueueReason.REPORTS: CommentRecord.reported_at,
    QueueReason.APPEALS: CommentRecord.appealed_at,
    QueueReason.ESCALATED: CommentRecord.escalated_at,
}
