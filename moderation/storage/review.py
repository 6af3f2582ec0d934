"""What moderators and sites read: comments with their newest scoring and decision, by status or by id."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from moderation.domain.words import CommentStatus
from moderation.storage.articles import ArticleRecord
from moderation.storage.comments import CommenterRecord, CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.scorings import ScoringRecord
from moderation.storage.sites import SiteRecord


class QueueReason(StrEnum):
    """Why a comment waits for a person: the review queue can be narrowed to one of these."""

    SHOUTING = "shouting"
    OFF_TOPIC = "off_topic"
    INCIVILITY = "incivility"
    SEVERAL = "several"
    UNSCORED = "unscored"
    AUDIT = "audit"


@dataclass(frozen=True)
class Tally:
    """How many comments wait, and since when the first of them does."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class CommentRow:
    """One comment as it stands: its current revision, and the newest of what was said about it."""

    comment: CommentRecord
    revision: RevisionRecord
    site: SiteRecord
    scoring: ScoringRecord | None
    decision: DecisionRecord | None
    article: ArticleRecord | None
    commenter: CommenterRecord | None


def comment_rows() -> Any:
    """Return a SELECT of everything a CommentRow holds; add conditions and an order."""
    return (
        select(
            CommentRecord,
            RevisionRecord,
            SiteRecord,
            ScoringRecord,
            DecisionRecord,
            ArticleRecord,
            CommenterRecord,
        )
        .join(SiteRecord, SiteRecord.id == CommentRecord.site_id)
        .join(
            RevisionRecord,
            (RevisionRecord.comment_id == CommentRecord.id) & (RevisionRecord.number == CommentRecord.current_revision),
        )
        .outerjoin(ScoringRecord, ScoringRecord.id == CommentRecord.scoring_id)
        .outerjoin(DecisionRecord, DecisionRecord.id == CommentRecord.decision_id)
        .outerjoin(ArticleRecord, ArticleRecord.id == CommentRecord.article_id)
        .outerjoin(CommenterRecord, CommenterRecord.id == CommentRecord.commenter_id)
    )


def fetch(session: Session, query: Any) -> list[CommentRow]:
    """Run a query made from `comment_rows`."""
    return [CommentRow(*row) for row in session.execute(query)]


def one(session: Session, comment_id: int) -> CommentRow | None:
    """Return one comment by its internal id."""
    rows = fetch(session, comment_rows().where(CommentRecord.id == comment_id))
    return rows[0] if rows else None


def one_of_site(session: Session, site_id: int, external_id: str) -> CommentRow | None:
    """Return one comment by the site's id for it."""
    condition = (CommentRecord.site_id == site_id) & (CommentRecord.external_id == external_id)
    rows = fetch(session, comment_rows().where(condition))
    return rows[0] if rows else None


def page_of_site(
    session: Session,
    site_id: int,
    after: int,
    limit: int,
    status: CommentStatus | None = None,
    article_external_id: str | None = None,
) -> list[CommentRow]:
    """Return the next comments of a site, deleted ones left out, after this internal id, oldest first."""
    query = comment_rows().where(CommentRecord.site_id == site_id, CommentRecord.id > after)
    query = query.where(CommentRecord.status == status if status else CommentRecord.status != CommentStatus.DELETED)
    if article_external_id:
        query = query.where(CommentRecord.article_external_id == article_external_id)
    return fetch(session, query.order_by(CommentRecord.id).limit(limit))


def awaiting_review(
    session: Session, site_id: int | None, after: int, limit: int, reason: QueueReason | None = None
) -> list[CommentRow]:
    """Return the next comments of the review queue after this internal id, oldest first; None: of all sites."""
    query = comment_rows().where(*_waiting(site_id, reason), CommentRecord.id > after)
    return fetch(session, query.order_by(CommentRecord.id).limit(limit))


def next_awaiting(session: Session, site_id: int | None, reason: QueueReason | None, after: int) -> int | None:
    """Return the id of the first comment of the review queue after this one."""
    query = _queue(select(CommentRecord.id)).where(*_waiting(site_id, reason), CommentRecord.id > after)
    return _id(session, query.order_by(CommentRecord.id))


def previous_awaiting(session: Session, site_id: int | None, reason: QueueReason | None, before: int) -> int | None:
    """Return the id of the last comment of the review queue before this one."""
    query = _queue(select(CommentRecord.id)).where(*_waiting(site_id, reason), CommentRecord.id < before)
    return _id(session, query.order_by(CommentRecord.id.desc()))


def tallies(session: Session, site_id: int | None) -> dict[QueueReason | None, Tally]:
    """Count the review queue, whole (None) and by reason, in one pass."""
    columns: list[ColumnElement[Any]] = [func.count(), func.min(CommentRecord.received_at)]
    for reason in QueueReason:
        condition = _because(reason)
        columns += [func.count().filter(condition), func.min(CommentRecord.received_at).filter(condition)]
    found = session.execute(_queue(select(*columns).select_from(CommentRecord)).where(*_waiting(site_id, None))).one()
    names: list[QueueReason | None] = [None, *QueueReason]
    return {name: Tally(found[2 * i], found[2 * i + 1]) for i, name in enumerate(names)}


def names_of(session: Session, moderator_ids: Collection[int]) -> dict[int, str]:
    """Return the names of these moderators by id."""
    query = select(ModeratorRecord.id, ModeratorRecord.name).where(ModeratorRecord.id.in_(moderator_ids))
    return {key: name for key, name in session.execute(query)} if moderator_ids else {}


def parent_of(session: Session, row: CommentRow) -> CommentRow | None:
    """Return the comment that this one answers, if it is known."""
    return one(session, row.comment.parent_id) if row.comment.parent_id else None


def replies_of(session: Session, row: CommentRow, limit: int) -> list[CommentRow]:
    """Return the first answers to this comment."""
    query = comment_rows().where(CommentRecord.parent_id == row.comment.id)
    return fetch(session, query.order_by(CommentRecord.id).limit(limit))


def _id(session: Session, query: Any) -> int | None:
    found: int | None = session.scalar(query.limit(1))
    return found


def _queue(query: Any) -> Any:
    """Join what the reasons of the review queue are read from."""
    return query.outerjoin(ScoringRecord, ScoringRecord.id == CommentRecord.scoring_id).outerjoin(
        DecisionRecord, DecisionRecord.id == CommentRecord.decision_id
    )


def _waiting(site_id: int | None, reason: QueueReason | None) -> list[ColumnElement[bool]]:
    conditions = [CommentRecord.status == CommentStatus.IN_REVIEW]
    if site_id is not None:
        conditions.append(CommentRecord.site_id == site_id)
    if reason is not None:
        conditions.append(_because(reason))
    return conditions


def _because(reason: QueueReason) -> ColumnElement[bool]:
    match reason:
        case QueueReason.SEVERAL:
            return func.cardinality(DecisionRecord.labels) > 1
        case QueueReason.UNSCORED:
            return ScoringRecord.failure.is_not(None)
        case QueueReason.AUDIT:
            return DecisionRecord.audit.is_(True)
        case _:
            return DecisionRecord.labels.contains([reason.value])
