"""Scorings: what the classifiers said about one revision, appended once per round."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record


class ScoringRecord(Record):
    """Three scores (0–1; off_topic None: not enough to judge) and their evidence.

    `failure` is set, and the scores are None, when the revision could not be scored. `spans` maps a label
    to [start, end, weight] in code points of the text; `reasons` lists {label, fr, en}.
    """

    __tablename__ = "scoring"
    __table_args__ = (UniqueConstraint("revision_id", "round"),)

    id: Mapped[BigKey]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    round: Mapped[int]
    language: Mapped[str | None]
    shouting: Mapped[float | None]
    off_topic: Mapped[float | None]
    incivility: Mapped[float | None]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    spans: Mapped[dict[str, Any]] = mapped_column(default=dict)
    model_versions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failure: Mapped[str | None]
    scored_at: Mapped[CreatedAt]


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Append scorings; return the id of each by revision id."""
    statement = insert(ScoringRecord).returning(ScoringRecord.revision_id, ScoringRecord.id)
    return {revision: key for revision, key in session.execute(statement, list(rows))}
