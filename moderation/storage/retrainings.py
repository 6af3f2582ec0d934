"""Retrainings: long work done in short steps, so that a worker that is killed costs one step. Records and queries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

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
