"""Second judgements: a share of decided comments is judged again, blind, by a colleague. Records and queries.

A second judgement decides nothing: the comment's status stays what the first person made it.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record


class SecondJudgementRecord(Record):
    """One text that a second person is asked about; `moderator_id`, `verdict`, `labels` are empty until answered."""

    __tablename__ = "second_judgement"
    __table_args__ = (
        Index("ix_second_judgement_open", "site_id", "id", postgresql_where=text("answered_at IS NULL")),
        Index("ix_second_judgement_revision", "revision_id"),
    )

    id: Mapped[BigKey]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), unique=True)
    asked_at: Mapped[CreatedAt]
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    verdict: Mapped[str | None]
    labels: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'::text[]"))
    answered_at: Mapped[datetime | None]
