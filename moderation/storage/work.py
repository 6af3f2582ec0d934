"""The queue of truth as workers see it: claiming pending revisions, finishing them, sending them back.

A lease is held by token, so that two workers can never both finish a revision. Whether a lease has run
out is asked of the database's clock, and a lease from the future (the clock was set back) counts as run out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, aliased

from moderation.domain.words import RevisionState
from moderation.storage.articles import ArticleRecord
from moderation.storage.comments import CommentRecord, RevisionRecord


@dataclass(frozen=True)
class ClaimedRevision:
    """One revision to score, with what the scorer may know about it. Texts are as the site sent them."""

    id: int
    comment_id: int
    number: int
    round: int
    attempts: int
    text: str
    language: str | None
    article_id: int | None
    parent_text: str | None
    site_id: int


@dataclass(frozen=True)
class ClaimedArticle:
    """The article of claimed revisions, once each."""

    title: str
    text: str


def claim_fresh(session: Session, token: UUID, lease_seconds: int, limit: int) -> list[int]:
    """Lease up to `limit` revisions that nobody has tried yet, oldest first; return their ids."""
    return _claim(session, _FRESH, token, lease_seconds, limit)


def claim_tried_once(session: Session, token: UUID, lease_seconds: int, limit: int) -> list[int]:
    """Lease up to `limit` revisions whose first try did not end: most were only near the one that harmed it."""
    return _claim(session, f"attempts = 1 AND {_RUN_OUT}", token, lease_seconds, limit)


def claim_suspect(session: Session, token: UUID, lease_seconds: int, limit: int = 1) -> list[int]:
    """Lease revisions that did not end twice: one alone can harm no other."""
    return _claim(session, f"attempts > 1 AND {_RUN_OUT}", token, lease_seconds, limit)


def claimed(session: Session, ids: Collection[int]) -> list[ClaimedRevision]:
    """Read what the scorer needs for these revisions, in id order."""
    parent, parent_revision = aliased(CommentRecord), aliased(RevisionRecord)
    query: Any = (
        select(
            RevisionRecord.id,
            RevisionRecord.comment_id,
            RevisionRecord.number,
            RevisionRecord.round,
            RevisionRecord.attempts,
            RevisionRecord.text,
            RevisionRecord.language,
            CommentRecord.article_id,
            parent_revision.text,
            CommentRecord.site_id,
        )
        .join(CommentRecord, CommentRecord.id == RevisionRecord.comment_id)
        .outerjoin(parent, parent.id == CommentRecord.parent_id)
        .outerjoin(
            parent_revision,
            (parent_revision.comment_id == parent.id) & (parent_revision.number == parent.current_revision),
        )
        .where(RevisionRecord.id.in_(ids))
        .order_by(RevisionRecord.id)
    )
    return [ClaimedRevision(*row) for row in session.execute(query)]


def claimed_articles(session: Session, ids: Collection[int]) -> dict[int, ClaimedArticle]:
    """Read the articles of claimed revisions by id."""
    query = select(ArticleRecord.id, ArticleRecord.title, ArticleRecord.text).where(ArticleRecord.id.in_(ids))
    return {key: ClaimedArticle(title, body) for key, title, body in session.execute(query)}


def finish(session: Session, token: UUID, ids: Collection[int], state: RevisionState) -> dict[int, int]:
    """Close leased revisions; return the round by id of those that were still ours.

    A revision that was deleted, sent back or finished by another worker meanwhile is left out.
    """
    statement = (
        update(RevisionRecord)
        .where(RevisionRecord.id.in_(ids), RevisionRecord.lease_token == token, _IS_PENDING)
        .values(state=state, scored_at=func.now(), lease_token=None, leased_at=None)
        .returning(RevisionRecord.id, RevisionRecord.round)
    )
    return {key: number for key, number in session.execute(statement)}


def release(session: Session, token: UUID, ids: Collection[int]) -> None:
    """Give leased revisions back at once; their tries stay counted."""
    session.execute(
        update(RevisionRecord)
        .where(RevisionRecord.id.in_(ids), RevisionRecord.lease_token == token, _IS_PENDING)
        .values(lease_token=None, leased_at=None)
    )


def send_back(session: Session, comment_ids: Collection[int]) -> int:
    """Have the current revisions of these comments scored again, because their context is now known.

    Comments that a person decided are left alone. A lease that is held now is broken: its result,
    computed without the context, will be dropped.
    """
    if not comment_ids:
        return 0
    return len(session.execute(_SEND_BACK, {"comments": sorted(comment_ids)}).all())


def pending_count(session: Session) -> int:
    """Count the revisions that wait for a score."""
    return session.scalar(select(func.count()).select_from(RevisionRecord).where(_IS_PENDING)) or 0


def _claim(session: Session, condition: str, token: UUID, lease_seconds: int, limit: int) -> list[int]:
    values = {"token": token, "lease": lease_seconds, "limit": limit}
    return list(session.scalars(text(_CLAIM.format(condition=condition)), values))


_IS_PENDING = RevisionRecord.state == RevisionState.PENDING
_FRESH = "attempts = 0"
_RUN_OUT = (
    "(leased_at IS NULL OR leased_at < now() - make_interval(secs => :lease)"
    " OR leased_at > now() + interval '5 seconds')"
)
_CLAIM = """
    UPDATE revision SET lease_token = :token, leased_at = now(), attempts = attempts + 1
    WHERE id IN (
        SELECT id FROM revision WHERE state = 'pending' AND {condition}
        ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""
_SEND_BACK = text(
    """
    UPDATE revision SET
        state = 'pending', attempts = 0, lease_token = NULL, leased_at = NULL,
        round = CASE WHEN revision.state = 'pending' THEN round ELSE round + 1 END
    FROM comment LEFT JOIN decision ON decision.id = comment.decision_id
    WHERE comment.id = ANY(:comments) AND revision.comment_id = comment.id
      AND revision.number = comment.current_revision
      AND revision.state IN ('pending', 'scored', 'failed')
      AND (decision.moderator_id IS NULL OR decision.revision_id <> revision.id)
    RETURNING revision.id
    """
)
