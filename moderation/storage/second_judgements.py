"""Second judgements: a share of decided comments is judged again, blind, by a colleague. Records and queries.

A second judgement decides nothing: the comment's status stays what the first person made it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from moderation.domain.words import CommentStatus, RevisionState
from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.claims import free_for
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.remarks import CommentNoteRecord


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


@dataclass(frozen=True)
class Pair:
    """Texts of one week (its Monday, UTC) about which two people said the same two things."""

    week: date
    first: str
    first_labels: Sequence[str]
    second: str
    second_labels: Sequence[str]
    count: int


def add(session: Session, site_id: int, comment_id: int, revision_id: int, decision_id: int) -> None:
    """Ask for a second judgement about what a decision was about; once for each decision."""
    values = {"site_id": site_id, "comment_id": comment_id, "revision_id": revision_id, "decision_id": decision_id}
    session.execute(insert(SecondJudgementRecord).values(values).on_conflict_do_nothing())


def one(session: Session, judgement_id: int) -> SecondJudgementRecord | None:
    """Return one of them."""
    return session.get(SecondJudgementRecord, judgement_id)


def lock(session: Session, judgement_id: int, moderator_id: int) -> SecondJudgementRecord | None:
    """Lock one that is open to this moderator and return it; None when it is not, or not any more."""
    query = _open(moderator_id).where(SecondJudgementRecord.id == judgement_id)
    found: SecondJudgementRecord | None = session.scalar(query.with_for_update(of=SecondJudgementRecord))
    return found


def offered(session: Session, sites: Collection[int] | None, moderator_id: int, limit: int) -> Sequence[Any]:
    """Return (id, comment id) of the first ones open to this moderator that nobody else reads, oldest first."""
    query = _open(moderator_id).where(free_for(moderator_id))
    if sites is not None:
        query = query.where(SecondJudgementRecord.site_id.in_(sites))
    ids = query.with_only_columns(SecondJudgementRecord.id, SecondJudgementRecord.comment_id)
    return session.execute(ids.order_by(SecondJudgementRecord.id).limit(limit)).all()


def count(session: Session, sites: Collection[int] | None, moderator_id: int) -> int:
    """Count those that this moderator would be offered now."""
    query = _open(moderator_id).where(free_for(moderator_id))
    if sites is not None:
        query = query.where(SecondJudgementRecord.site_id.in_(sites))
    return session.scalar(query.with_only_columns(func.count())) or 0


def pairs(session: Session, site_id: int, since: datetime) -> list[Pair]:
    """Count the answers since then, with the decisions that they are about; decisions taken back are left out."""
    return [Pair(*row) for row in session.execute(text(_PAIRS), {"site": site_id, "since": since})]


def forget_unanswered(session: Session, before: datetime) -> int:
    """Delete those that nobody answered since this moment; return how many."""
    return len(session.scalars(text(_FORGET), {"before": before}).all())


def _open(moderator_id: int) -> Any:
    """Return a SELECT of what this person may judge blind.

    The text is the current one and still known, the decision still holds, nothing is open about the comment, and
    the person has had no part in it: no decision, no note.
    """
    part, noted = aliased(DecisionRecord), aliased(CommentNoteRecord)
    decided = exists().where(part.comment_id == SecondJudgementRecord.comment_id, part.moderator_id == moderator_id)
    wrote = exists().where(noted.comment_id == SecondJudgementRecord.comment_id, noted.moderator_id == moderator_id)
    return (
        select(SecondJudgementRecord)
        .join(CommentRecord, CommentRecord.id == SecondJudgementRecord.comment_id)
        .join(RevisionRecord, RevisionRecord.id == SecondJudgementRecord.revision_id)
        .where(SecondJudgementRecord.answered_at.is_(None), *_holds(), ~decided, ~wrote)
    )


def _holds() -> list[ColumnElement[bool]]:
    return [
        CommentRecord.decision_id == SecondJudgementRecord.decision_id,
        CommentRecord.current_revision == RevisionRecord.number,
        CommentRecord.status.in_((CommentStatus.PUBLISHED, CommentStatus.REJECTED)),
        CommentRecord.reported_at.is_(None) & CommentRecord.appealed_at.is_(None),
        CommentRecord.escalated_at.is_(None),
        RevisionRecord.state.not_in((RevisionState.CANCELLED, RevisionState.FORGOTTEN)),
    ]


_PAIRS = """
    SELECT date_trunc('week', second.answered_at AT TIME ZONE 'UTC')::date, first.verdict, first.labels,
           second.verdict, second.labels, count(*)
    FROM second_judgement AS second JOIN decision AS first ON first.id = second.decision_id
    WHERE second.site_id = :site AND second.answered_at >= :since
      AND NOT EXISTS (SELECT FROM decision AS undoing WHERE undoing.undoes_id = first.id)
    GROUP BY 1, 2, 3, 4, 5
"""
_FORGET = "DELETE FROM second_judgement WHERE answered_at IS NULL AND asked_at < :before RETURNING id"
