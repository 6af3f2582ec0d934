"""Callbacks: what has to be told to sites, one row a decision, written in the decision's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.words import CallbackState
from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.comments import CommentRecord


class CallbackRecord(Record):
    """One message to a site. Of one comment, only the oldest pending row is ever due: that keeps the order."""

    __tablename__ = "callback"
    __table_args__ = (
        Index("ix_callback_order", "comment_id", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_callback_due", "site_id", "next_attempt_at", postgresql_where=text("state = 'pending'")),
    )

    id: Mapped[BigKey]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default=CallbackState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[CreatedAt]
    lease_token: Mapped[UUID | None]
    created_at: Mapped[CreatedAt]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


@dataclass(frozen=True)
class DueCallback:
    """One message to send now."""

    id: int
    site_id: int
    attempts: int
    event_id: str
    payload: Mapping[str, Any]


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write messages to send."""
    if rows:
        session.execute(insert(CallbackRecord), list(rows))


def claim_due(session: Session, token: UUID, lease_seconds: int, longest_wait: int, limit: int) -> list[DueCallback]:
    """Lease the due messages of reachable sites: of each comment the oldest only.

    The lease is the next attempt pushed `lease_seconds` ahead. A next attempt further ahead than
    `longest_wait` seconds can only come from a clock that was set back, and counts as due.
    """
    values = {"token": token, "lease": lease_seconds, "longest": longest_wait, "limit": limit}
    return [DueCallback(**row) for row in session.execute(_CLAIM, values).mappings()]


def settle(
    session: Session,
    token: UUID,
    callback_id: int,
    state: CallbackState,
    wait_seconds: float,
    error: str | None,
) -> None:
    """Store how one attempt ended; `wait_seconds` is how long to wait when it stays pending."""
    session.execute(
        update(CallbackRecord)
        .where(CallbackRecord.id == callback_id, CallbackRecord.lease_token == token)
        .values(
            state=state,
            lease_token=None,
            next_attempt_at=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, wait_seconds),
            delivered_at=func.now() if state == CallbackState.DELIVERED else None,
            last_error=error,
        )
    )


def counts(session: Session, site_id: int) -> dict[str, int]:
    """Count a site's messages by state."""
    query = select(CallbackRecord.state, func.count()).where(CallbackRecord.site_id == site_id)
    return {state: count for state, count in session.execute(query.group_by(CallbackRecord.state))}


@dataclass(frozen=True)
class FailedCallback:
    """One message whose last attempt failed."""

    comment_id: int
    external_id: str
    attempts: int
    error: str
    state: str
    created_at: datetime
    next_attempt_at: datetime


def last_failures(session: Session, site_id: int, limit: int) -> list[FailedCallback]:
    """Return the newest messages of a site whose last attempt failed, newest first."""
    query: Any = (
        select(
            CallbackRecord.comment_id,
            CommentRecord.external_id,
            CallbackRecord.attempts,
            CallbackRecord.last_error,
            CallbackRecord.state,
            CallbackRecord.created_at,
            CallbackRecord.next_attempt_at,
        )
        .join(CommentRecord, CommentRecord.id == CallbackRecord.comment_id)
        .where(CallbackRecord.site_id == site_id, CallbackRecord.last_error.is_not(None))
        .where(CallbackRecord.state.in_((CallbackState.PENDING, CallbackState.ABANDONED)))
        .order_by(CallbackRecord.id.desc())
        .limit(limit)
    )
    return [FailedCallback(*row) for row in session.execute(query)]


_CLAIM = text(
    """
    WITH due AS (
        SELECT callback.id FROM callback JOIN site ON site.id = callback.site_id
        WHERE callback.state = 'pending' AND site.callback_active AND site.callback_url IS NOT NULL
          AND (callback.next_attempt_at <= now()
               OR callback.next_attempt_at > now() + make_interval(secs => :longest))
          AND NOT EXISTS (
              SELECT FROM callback AS earlier
              WHERE earlier.comment_id = callback.comment_id AND earlier.state = 'pending'
                AND earlier.id < callback.id)
        ORDER BY callback.next_attempt_at LIMIT :limit
        FOR UPDATE OF callback SKIP LOCKED
    )
    UPDATE callback SET lease_token = :token, attempts = attempts + 1,
        next_attempt_at = now() + make_interval(secs => :lease)
    FROM due, decision
    WHERE callback.id = due.id AND decision.id = callback.decision_id
    RETURNING callback.id, callback.site_id, callback.attempts, decision.event_id, decision.payload
    """
)
