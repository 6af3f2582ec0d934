"""The archive of a site: which published comments stood under which articles. Queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.words import CommentStatus, RevisionState
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.sites import SiteRecord


@dataclass(frozen=True)
class ArchivedComment:
    """One published comment, and the article under which it stood."""

    id: int
    site_id: int
    article_id: int
    text: str
    language: str


def published(
    session: Session, site_id: int | None, received_until: datetime, before: int, limit: int
) -> list[ArchivedComment]:
    """Return published comments with an article (None: of all sites) before this comment id, the newest first."""
    query: Any = (
        select(
            CommentRecord.id,
            CommentRecord.site_id,
            CommentRecord.article_id,
            RevisionRecord.text,
            func.coalesce(RevisionRecord.language, SiteRecord.language),
        )
        .join(SiteRecord, SiteRecord.id == CommentRecord.site_id)
        .join(
            RevisionRecord,
            (RevisionRecord.comment_id == CommentRecord.id) & (RevisionRecord.number == CommentRecord.current_revision),
        )
        .where(
            CommentRecord.status == CommentStatus.PUBLISHED,
            CommentRecord.article_id.is_not(None),
            CommentRecord.received_at <= received_until,
            CommentRecord.id < before,
            RevisionRecord.state != RevisionState.FORGOTTEN,
            RevisionRecord.text != "",
        )
        .order_by(CommentRecord.id.desc())
        .limit(limit)
    )
    if site_id is not None:
        query = query.where(CommentRecord.site_id == site_id)
    return [ArchivedComment(*row) for row in session.execute(query)]
