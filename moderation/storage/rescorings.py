"""Rescorings: sending what waits in the review queue to the scorers again, in chunks. Records and queries."""

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Select, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.words import Label, WorkState
from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.comments import CommentRecord


class RescoringRecord(Record):
    """One rescoring of what waits on one site, or (`site_id` None) on every site.

    `after` is the last comment that was sent; the next chunk begins behind it, whoever does it.
    """

    __tablename__ = "rescoring"
    __table_args__ = (
        Index(
            "uq_rescoring_one_unfinished",
            text("coalesce(site_id, 0)"),
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[BigKey]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default=WorkState.WAITING)
    after: Mapped[int] = mapped_column(BigInteger, default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    asked_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]


def unfinished(session: Session, site_id: int | None) -> RescoringRecord | None:
    """Return the rescoring of this site (None: of all sites) that is not finished."""
    query = _of_site(site_id).where(RescoringRecord.state.in_(_UNFINISHED))
    return session.scalar(query.execution_options(populate_existing=True))


def latest(session: Session, site_id: int | None) -> RescoringRecord | None:
    """Return the newest rescoring of this site (None: of all sites)."""
    return session.scalar(_of_site(site_id).order_by(RescoringRecord.id.desc()).limit(1))


def add(session: Session, site_id: int | None, asked_by: int | None, total: int) -> int | None:
    """Ask for a rescoring and return its id; None when another one of this site is not finished."""
    statement = insert(RescoringRecord).values(
        site_id=site_id, asked_by=asked_by, total=total, state=WorkState.WAITING, after=0, done=0
    )
    return session.scalar(statement.on_conflict_do_nothing().returning(RescoringRecord.id))


def lock_next(session: Session) -> RescoringRecord | None:
    """Lock the oldest rescoring that is not finished and that nobody else works on."""
    query = (
        select(RescoringRecord)
        .where(RescoringRecord.state.in_(_UNFINISHED))
        .order_by(RescoringRecord.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.scalar(query.execution_options(populate_existing=True))


def count_waiting(session: Session, site_id: int | None) -> int:
    """Count the comments that a rescoring asked for now would send."""
    query = select(func.count()).select_from(CommentRecord).where(*_waiting(site_id))
    return session.scalar(query) or 0


def lock_chunk(session: Session, rescoring: RescoringRecord, limit: int) -> list[int]:
    """Lock the next comments of a rescoring, in id order, and return their ids; what came later is left."""
    query = (
        select(CommentRecord.id)
        .where(
            *_waiting(rescoring.site_id),
            CommentRecord.id > rescoring.after,
            CommentRecord.received_at <= rescoring.asked_at,
        )
        .order_by(CommentRecord.id)
        .limit(limit)
        .with_for_update()
    )
    return list(session.scalars(query))


def _of_site(site_id: int | None) -> Select[RescoringRecord]:
    return select(RescoringRecord).where(RescoringRecord.site_id.is_not_distinct_from(site_id))


def _waiting(site_id: int | None) -> list[ColumnElement[bool]]:
    """Return the conditions of what waits because of its scores alone.

    What only chance or learning chose stays chosen, and what somebody asks a person about waits for that person.
    """
    chosen = CommentRecord.reasons.overlap(_CHOSEN)
    conditions = [
        CommentRecord.status == literal_column("'in_review'"),
        CommentRecord.reported_at.is_(None),
        CommentRecord.appealed_at.is_(None),
        CommentRecord.escalated_at.is_(None),
        ~chosen | CommentRecord.reasons.overlap([label.value for label in Label]),
    ]
    return conditions if site_id is None else [*conditions, CommentRecord.site_id == site_id]


_UNFINISHED = (WorkState.WAITING, WorkState.RUNNING)
_CHOSEN = ["audit", "learning"]
