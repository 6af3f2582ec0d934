"""Decisions: appended, never edited. Records and queries."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record


class DecisionRecord(Record):
    """One act of the policy or of a moderator about one revision.

    `event_id` names the decision to the site. `payload` is what the site is told (no text of the comment).
    `message` is what the writer is told through the site. `undoes_id` names the decision that this one takes
    back; neither of the two is a training example (see `teaches`).
    """

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_comment", "comment_id", "id"),
        Index("ix_decision_feed", "site_id", "id"),
        Index("ix_decision_bulk", "bulk_id", postgresql_where=text("bulk_id IS NOT NULL")),
        Index("ix_decision_moderator", "moderator_id", "id", postgresql_where=text("moderator_id IS NOT NULL")),
        Index(
            "uq_decision_policy_once",
            "scoring_id",
            unique=True,
            postgresql_where=text("origin = 'policy'"),
        ),
    )

    id: Mapped[BigKey]
    event_id: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    scoring_id: Mapped[int | None] = mapped_column(ForeignKey("scoring.id", ondelete="CASCADE"))
    origin: Mapped[str]
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    verdict: Mapped[str]
    labels: Mapped[list[str]]
    audit: Mapped[bool] = mapped_column(default=False)
    shadow: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None]
    message: Mapped[str | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), unique=True)
    payload: Mapped[dict[str, Any]]
    decided_at: Mapped[CreatedAt]
    bulk_id: Mapped[int | None] = mapped_column(ForeignKey("bulk.id", ondelete="SET NULL"))
    # how the comment came before the person (domain.words.Route), and the chance that such a comment is shown to one
    route: Mapped[str | None]
    sampling: Mapped[float | None]


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Append decisions; return id by event id.

    Transactions that decide for one site take turns from here to their commit, so that ids become visible
    in their order and no decision can appear behind a reader's cursor. Call it after every row lock is held.
    """
    if not rows:
        return {}
    for site_id in sorted({row["site_id"] for row in rows}):
        session.execute(_TAKE_TURN, {"purpose": _DECISIONS, "site": site_id})
    statement = insert(DecisionRecord).returning(DecisionRecord.event_id, DecisionRecord.id)
    return {event_id: key for event_id, key in session.execute(statement, list(rows))}


def by_ids(session: Session, ids: Collection[int]) -> dict[int, DecisionRecord]:
    """Return these decisions by id."""
    if not ids:
        return {}
    return {d.id: d for d in session.scalars(select(DecisionRecord).where(DecisionRecord.id.in_(ids)))}


def history(session: Session, comment_id: int) -> list[DecisionRecord]:
    """Return all decisions about a comment, oldest first."""
    query = select(DecisionRecord).where(DecisionRecord.comment_id == comment_id).order_by(DecisionRecord.id)
    return list(session.scalars(query))


def histories(session: Session, comment_ids: Collection[int]) -> dict[int, list[DecisionRecord]]:
    """Return all decisions about each of these comments, oldest first."""
    found: dict[int, list[DecisionRecord]] = {comment_id: [] for comment_id in comment_ids}
    query = select(DecisionRecord).where(DecisionRecord.comment_id.in_(comment_ids)).order_by(DecisionRecord.id)
    for decision in session.scalars(query):
        found[decision.comment_id].append(decision)
    return found


def teaches(decision: type[DecisionRecord] = DecisionRecord) -> ColumnElement[bool]:
    """Return the condition that a decision may become a training example: a person's, and not withdrawn by an undo."""
    later = aliased(DecisionRecord)
    return (
        decision.moderator_id.is_not(None)
        & decision.undoes_id.is_(None)
        & ~exists().where(later.undoes_id == decision.id)
    )


def feed(session: Session, site_id: int, after: int, limit: int) -> list[DecisionRecord]:
    """Return the next decisions of a site after this decision id, in the order in which they were taken."""
    query = (
        select(DecisionRecord)
        .where(DecisionRecord.site_id == site_id, DecisionRecord.id > after)
        .order_by(DecisionRecord.id)
        .limit(limit)
    )
    return list(session.scalars(query))


_DECISIONS = 1
_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:purpose, CAST(:site AS integer))")
