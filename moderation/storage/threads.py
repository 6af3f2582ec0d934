"""The thread below one article: how many comments stand where, for what they were flagged, the newest ones."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.words import CommentStatus
from moderation.storage import review
from moderation.storage.articles import ArticleRecord
from moderation.storage.comments import CommentRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.review import CommentRow
from moderation.storage.sites import SiteRecord


def one(session: Session, article_id: int) -> tuple[ArticleRecord, SiteRecord] | None:
    """Return an article and its site."""
    query = select(ArticleRecord, SiteRecord).join(SiteRecord, SiteRecord.id == ArticleRecord.site_id)
    row = session.execute(query.where(ArticleRecord.id == article_id)).one_or_none()
    return (row[0], row[1]) if row else None


def by_status(session: Session, article_id: int) -> dict[str, int]:
    """Count the comments below an article by status."""
    query = select(CommentRecord.status, func.count()).where(CommentRecord.article_id == article_id)
    return {status: count for status, count in session.execute(query.group_by(CommentRecord.status))}


def by_label(session: Session, article_id: int) -> dict[str, int]:
    """Count the comments below an article by each label of their newest decision."""
    label = func.unnest(DecisionRecord.labels).label("label")
    flagged = (
        select(label)
        .join(CommentRecord, CommentRecord.decision_id == DecisionRecord.id)
        .where(CommentRecord.article_id == article_id, CommentRecord.status != CommentStatus.DELETED)
        .subquery()
    )
    query = select(flagged.c.label, func.count()).group_by(flagged.c.label)
    return {name: count for name, count in session.execute(query)}


def newest(session: Session, article_id: int, before: int, limit: int) -> list[CommentRow]:
    """Return the newest comments below an article before this internal id."""
    query = review.comment_rows().where(
        CommentRecord.article_id == article_id,
        CommentRecord.id < before,
        CommentRecord.status != CommentStatus.DELETED,
    )
    return review.fetch(session, query.order_by(CommentRecord.id.desc()).limit(limit))
