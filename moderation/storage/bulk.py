"""Bulk acts: who decided many comments at once, about what, and whether it was taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from moderation.domain.words import CommentStatus, Label, RevisionState
from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.claims import ClaimRecord
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.scorings import ScoringRecord
from moderation.storage.search import Search, matching


class BulkRecord(Record):
    """One decision about a band of scores or a search. `query` names what was asked for, in plain values.

    Each comment has a decision of its own that carries this row's id.
    """

    __tablename__ = "bulk"

    id: Mapped[BigKey]
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    verdict: Mapped[str]
    labels: Mapped[list[str]]
    query: Mapped[dict[str, Any]]
    decided: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))


@dataclass(frozen=True)
class Candidate:
    """One comment that may be decided with others; `revision_id` is the text that was looked at."""

    comment_id: int
    revision_id: int


@dataclass(frozen=True)
class Listed:
    """One bulk act with the name of who did it."""

    bulk: BulkRecord
    by: str


def candidates(
    session: Session, search: Search, sites: Collection[int] | None, upto: int, limit: int
) -> list[Candidate]:
    """Return the oldest comments that are as asked and that no person decided, up to this revision id."""
    query = (
        matching(search, sites)
        .add_columns(RevisionRecord.id)
        .where(RevisionRecord.id <= upto, RevisionRecord.state != RevisionState.FORGOTTEN, *undecided())
        .order_by(CommentRecord.id)
        .limit(limit)
    )
    return [Candidate(*row) for row in session.execute(query)]


def undecided() -> list[ColumnElement[bool]]:
    """Return the conditions that a comment may be decided with others: by no person yet, no appeal, no escalation."""
    by_nobody = or_(CommentRecord.status == CommentStatus.IN_REVIEW, DecisionRecord.moderator_id.is_(None))
    statuses = (CommentStatus.IN_REVIEW, CommentStatus.PUBLISHED, CommentStatus.REJECTED)
    calm = CommentRecord.appealed_at.is_(None) & CommentRecord.escalated_at.is_(None)
    return [CommentRecord.status.in_(statuses), by_nobody, calm]


def still_free(session: Session, comment_ids: Collection[int], moderator_id: int) -> set[int]:
    """Return those of these comments that nobody decided and nobody else has before them."""
    claimed = exists().where(
        ClaimRecord.comment_id == CommentRecord.id,
        ClaimRecord.moderator_id != moderator_id,
        ClaimRecord.until >= func.clock_timestamp(),
    )
    query = (
        select(CommentRecord.id)
        .outerjoin(DecisionRecord, DecisionRecord.id == CommentRecord.decision_id)
        .where(CommentRecord.id.in_(comment_ids), ~claimed, *undecided())
    )
    return set(session.scalars(query))


def points(session: Session, site_id: int, label: Label, limit: int) -> list[float]:
    """Return the scores of the comments of a site that wait for review and that no person decided."""
    score = getattr(ScoringRecord, label)
    query = (
        matching(Search(site_id=site_id, status=CommentStatus.IN_REVIEW), None)
        .with_only_columns(score, maintain_column_froms=True)
        .where(score.is_not(None), *undecided())
        .order_by(CommentRecord.id)
    )
    return list(session.scalars(query.limit(limit)))


def newest_revision(session: Session) -> int:
    """Return the id of the newest text there is."""
    return session.scalar(select(func.max(RevisionRecord.id))) or 0


def one(session: Session, bulk_id: int) -> Listed | None:
    """Return one bulk act."""
    found = session.execute(_listed().where(BulkRecord.id == bulk_id)).one_or_none()
    return Listed(*found) if found else None


def newest(session: Session, sites: Collection[int] | None, limit: int) -> list[Listed]:
    """Return the newest bulk acts that decided anything on these sites (None: on any)."""
    query = _listed().order_by(BulkRecord.id.desc()).limit(limit)
    if sites is not None:
        query = query.where(exists().where(DecisionRecord.bulk_id == BulkRecord.id, DecisionRecord.site_id.in_(sites)))
    return [Listed(*row) for row in session.execute(query)]


def sites_of(session: Session, bulk_id: int) -> list[int]:
    """Return the ids of the sites that a bulk act decided on."""
    return list(session.scalars(select(DecisionRecord.site_id).where(DecisionRecord.bulk_id == bulk_id).distinct()))


def holding(session: Session, bulk_id: int, limit: int) -> list[tuple[int, int]]:
    """Return (comment, decision) of a bulk act where the decision still holds, in the order of the comments."""
    later = aliased(DecisionRecord)
    query = (
        select(CommentRecord.id, DecisionRecord.id)
        .join(CommentRecord, CommentRecord.decision_id == DecisionRecord.id)
        .join(
            RevisionRecord,
            (RevisionRecord.id == DecisionRecord.revision_id)
            & (RevisionRecord.number == CommentRecord.current_revision),
        )
        .where(
            DecisionRecord.bulk_id == bulk_id,
            CommentRecord.status != CommentStatus.DELETED,
            ~exists().where(later.undoes_id == DecisionRecord.id),
        )
        .order_by(CommentRecord.id)
    )
    return [(comment, decision) for comment, decision in session.execute(query.limit(limit))]


def _listed() -> Any:
    return select(BulkRecord, ModeratorRecord.name).join(ModeratorRecord, ModeratorRecord.id == BulkRecord.moderator_id)
