"""Retrainings: long work done in short steps, so that a worker that is killed costs one step. Records and queries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.words import WorkState
from moderation.storage.base import BigKey, CreatedAt, Record


class RetrainingRecord(Record):
    """One retraining of one site, or (`site_id` None) of the shared models. The row is the queue of truth.

    `upto` is the newest decision that counts, fixed at the first step, so that a resumed run learns from the same
    examples. `stage` and `done` of `total` say how far it is; `report` what came out, by label. `asked_by` None: the
    schedule. A lease is held by token, by the clock of the database; `attempts` counts tries of the current step.
    """

    __tablename__ = "retraining"
    __table_args__ = (
        Index(
            "uq_retraining_one_unfinished",
            text("coalesce(site_id, 0)"),
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index("ix_retraining_site", "site_id", "id"),
    )

    id: Mapped[BigKey]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default=WorkState.WAITING)
    stage: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    upto: Mapped[int | None] = mapped_column(BigInteger)
    seed: Mapped[int] = mapped_column(default=7)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[str | None]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    asked_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_at: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]


def unfinished(session: Session, site_id: int | None) -> RetrainingRecord | None:
    """Return the retraining of this place that has not ended."""
    return session.scalar(select(RetrainingRecord).where(_place(site_id), _UNFINISHED))


def add(session: Session, site_id: int | None, asked_by: int | None) -> RetrainingRecord | None:
    """Add a retraining; None when another one of the same place has not ended."""
    statement = insert(RetrainingRecord).values(site_id=site_id, asked_by=asked_by).on_conflict_do_nothing()
    return session.scalar(statement.returning(RetrainingRecord))


def newest(session: Session, site_id: int | None, most: int) -> list[RetrainingRecord]:
    """Return the newest retrainings of this place, the newest first."""
    query = select(RetrainingRecord).where(_place(site_id)).order_by(RetrainingRecord.id.desc()).limit(most)
    return list(session.scalars(query))


def learned_upto(session: Session, site_id: int | None) -> int:
    """Return the newest decision that a retraining of this place learned from to its end; 0: there was none."""
    done = RetrainingRecord.state == WorkState.DONE
    return session.scalar(select(func.max(RetrainingRecord.upto)).where(_place(site_id), done)) or 0


def one(session: Session, retraining_id: int) -> RetrainingRecord | None:
    """Return one retraining as it stands now."""
    return session.get(RetrainingRecord, retraining_id, populate_existing=True)


def unfinished_ids(session: Session) -> set[int]:
    """Return the ids of the retrainings that have not ended."""
    return set(session.scalars(select(RetrainingRecord.id).where(_UNFINISHED)))


def cancel(session: Session, retraining_id: int) -> bool:
    """End a retraining that has not ended; say whether it was so. Who holds its lease will find it broken."""
    values = {"state": WorkState.CANCELLED, "finished_at": func.now(), "lease_token": None, "leased_at": None}
    return _change(session, retraining_id, _UNFINISHED, values)


def claim(session: Session, token: UUID, lease_seconds: float) -> RetrainingRecord | None:
    """Lease the oldest unfinished retraining, whose tries of this step count one more; None: there is none to do.

    One retraining runs at a time: while the oldest one is leased, none is given.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:purpose, 0)"), {"purpose": _CLAIMING})
    oldest = select(func.min(RetrainingRecord.id)).where(_UNFINISHED).scalar_subquery()
    ran_out = or_(
        RetrainingRecord.leased_at.is_(None),
        RetrainingRecord.leased_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 0, lease_seconds),
        RetrainingRecord.leased_at > func.now() + text("interval '5 seconds'"),  # the clock was set back
    )
    statement = (
        update(RetrainingRecord)
        .where(RetrainingRecord.id == oldest, ran_out)
        .values(
            state=WorkState.RUNNING,
            lease_token=token,
            leased_at=func.now(),
            attempts=RetrainingRecord.attempts + 1,
            started_at=func.coalesce(RetrainingRecord.started_at, func.now()),
        )
        .returning(RetrainingRecord)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return session.scalar(statement)


def renew(session: Session, retraining_id: int, token: UUID, **values: Any) -> bool:
    """Hold a lease for longer, and say meanwhile what is being done; False when it is no longer held.

    The row is locked until the commit: what is written beside it is written by the holder of the lease alone.
    """
    return _change(session, retraining_id, _held(token), {"leased_at": func.now(), **values})


def release(session: Session, retraining_id: int, token: UUID) -> bool:
    """Give a lease back; the tries of the step stay counted."""
    return _change(session, retraining_id, _held(token), {"leased_at": None, "lease_token": None})


def advance(session: Session, retraining_id: int, token: UUID, **values: Any) -> bool:
    """Store what a step came to, end the lease, and count tries anew; False when the lease is no longer held."""
    ended = {"leased_at": None, "lease_token": None, "attempts": 0}
    return _change(session, retraining_id, _held(token), ended | values)


def finish(session: Session, retraining_id: int, token: UUID, state: WorkState, failure: str | None = None) -> bool:
    """End a retraining; False when the lease is no longer held."""
    return advance(session, retraining_id, token, state=state, failure=failure, finished_at=func.now())


def _change(session: Session, retraining_id: int, condition: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    statement = update(RetrainingRecord).where(RetrainingRecord.id == retraining_id, condition).values(**values)
    statement = statement.execution_options(synchronize_session=False)
    return session.scalar(statement.returning(RetrainingRecord.id)) is not None


def _held(token: UUID) -> ColumnElement[bool]:
    return (RetrainingRecord.lease_token == token) & (RetrainingRecord.state == WorkState.RUNNING)


def _place(site_id: int | None) -> ColumnElement[bool]:
    return RetrainingRecord.site_id.is_(None) if site_id is None else RetrainingRecord.site_id == site_id


_UNFINISHED = RetrainingRecord.state.in_((WorkState.WAITING, WorkState.RUNNING))
_CLAIMING = 2  # purposes of advisory locks: 1 is that of decisions
