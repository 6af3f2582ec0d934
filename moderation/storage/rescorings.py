"""Rescorings: sending what waits in the review queue to the scorers again, in chunks. Records and queries."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.domain.words import WorkState
from moderation.storage.base import BigKey, CreatedAt, Record


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
