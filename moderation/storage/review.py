"""What moderators and sites read: comments with their newest scoring and decision, by status or by id."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.words import CommentStatus
from moderation.storage.articles import ArticleRecord
from moderation.storage.comments import CommenterRecord, CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.scorings import ScoringRecord
from moderation.storage.sites import SiteRecord

Sites = Collection[int] | None  # the ids of the sites that are looked at; None: every site


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


def site_of(session: Session, comment_id: int) -> int | None:
    """Return the id of the site that a comment belongs to."""
    return session.scalar(select(CommentRecord.site_id).where(CommentRecord.id == comment_id))


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


def neighbours_of(session: Session, row: CommentRow, each: int) -> tuple[list[CommentRow], list[CommentRow]]:
    """Return the comments just before and just after this one under the same article, in their order."""
    if row.comment.article_id is None:
        return [], []
    here = comment_rows().where(
        CommentRecord.article_id == row.comment.article_id, CommentRecord.status != CommentStatus.DELETED
    )
    before = here.where(CommentRecord.id < row.comment.id).order_by(CommentRecord.id.desc()).limit(each)
    after = here.where(CommentRecord.id > row.comment.id).order_by(CommentRecord.id).limit(each)
    return fetch(session, before)[::-1], fetch(session, after)
