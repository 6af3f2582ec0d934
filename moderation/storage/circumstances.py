"""What a site set about articles and commenters, as the automatic rules ask for it."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.words import ArticleMode, Standing
from moderation.storage.articles import ArticleRecord
from moderation.storage.comments import CommenterRecord, CommentRecord


def of_comments(session: Session, comment_ids: Collection[int]) -> dict[int, tuple[ArticleMode, Standing]]:
    """Return, by comment, the mode of its article and the standing of its writer; what is unknown says nothing."""
    query = (
        select(CommentRecord.id, ArticleRecord.mode, CommenterRecord.standing)
        .outerjoin(ArticleRecord, ArticleRecord.id == CommentRecord.article_id)
        .outerjoin(CommenterRecord, CommenterRecord.id == CommentRecord.commenter_id)
        .where(CommentRecord.id.in_(comment_ids))
    )
    return {
        key: (ArticleMode(mode or ArticleMode.OPEN), Standing(standing or Standing.NONE))
        for key, mode, standing in session.execute(query)
    }


def articles_by_mode(session: Session, site_id: int) -> dict[ArticleMode, int]:
    """Count a site's articles by mode."""
    query = select(ArticleRecord.mode, func.count()).where(ArticleRecord.site_id == site_id)
    found = {mode: count for mode, count in session.execute(query.group_by(ArticleRecord.mode))}
    return {mode: found.get(mode, 0) for mode in ArticleMode}


def commenters_by_standing(session: Session, site_id: int) -> dict[Standing, int]:
    """Count a site's commenters by standing."""
    query = select(CommenterRecord.standing, func.count()).where(CommenterRecord.site_id == site_id)
    found = {standing: count for standing, count in session.execute(query.group_by(CommenterRecord.standing))}
    return {standing: found.get(standing, 0) for standing in Standing}
