"""Versions of models that newsrooms taught, and their shadow scores: records and queries.

The shipped models are no rows: where no champion stands, they judge. An artefact is kept here, so that every worker
on every machine finds it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record


class ModelVersionRecord(Record):
    """One version of the model of one label, for one site or (`site_id` None) shared by all.

    `artifact` is what `classifiers.adaptation` reads; `sha256` its hash; `base` the shipped version that it stands
    on. `findings` say in codes why it was promoted or not; `card` is its model card. `previous_id` is the champion
    whose place it took (None: the shared or the shipped model judged before).
    """

    __tablename__ = "model_version"
    __table_args__ = (
        CheckConstraint("state IN ('candidate', 'challenger', 'champion', 'retired')", name="known_state"),
        Index("ix_model_version_place", "label", "site_id", "id"),
        *(
            Index(
                f"uq_model_version_one_{state}",
                "label",
                text("coalesce(site_id, 0)"),
                unique=True,
                postgresql_where=text(f"state = '{state}'"),
            )
            for state in ("challenger", "champion")
        ),
    )

    id: Mapped[BigKey]
    name: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    retraining_id: Mapped[int | None] = mapped_column(ForeignKey("retraining.id", ondelete="SET NULL"))
    state: Mapped[str]
    base: Mapped[str]
    artifact: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    findings: Mapped[list[Any]] = mapped_column(default=list)
    card: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("model_version.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    challenged_at: Mapped[datetime | None]
    promoted_at: Mapped[datetime | None]
    promoted_by: Mapped[int | None] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    retired_at: Mapped[datetime | None]


class ShadowScoreRecord(Record):
    """What a challenger said about one revision, beside what counted; `score` None: it gave no judgement."""

    __tablename__ = "shadow_score"
    __table_args__ = (Index("ix_shadow_score_revision", "revision_id"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id", ondelete="CASCADE"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[float | None]
    counted: Mapped[float]
    scored_at: Mapped[CreatedAt]
