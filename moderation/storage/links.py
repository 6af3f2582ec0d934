"""Comments and what they hang on: an article or a parent that the site named before it was known here.

Every query locks the comments that it changes in id order, as every writer does.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from moderation.storage.comments import CommentRecord


def to_parents(session: Session, site_id: int, external_ids: Collection[str]) -> list[int]:
    """Give a parent to replies that name one of these comments and have none; return the replies' ids."""
    rows = session.execute(_LINK_PARENTS, {"site": site_id, "keys": list(external_ids)})
    return [row.id for row in rows]


def to_articles(session: Session, site_id: int, article_ids: Mapping[str, int]) -> list[int]:
    """Give their article to comments that were waiting for it; return the comments' ids."""
    linked: list[int] = []
    for external_id, article_id in sorted(article_ids.items()):
        waiting = (
            select(CommentRecord.id)
            .where(
                CommentRecord.site_id == site_id,
                CommentRecord.article_external_id == external_id,
                CommentRecord.article_id.is_(None),
            )
            .order_by(CommentRecord.id)  # every writer locks comments in this order
            .with_for_update()
        )
        statement = (
            update(CommentRecord)
            .where(CommentRecord.id.in_(waiting))
            .values(article_id=article_id)
            .returning(CommentRecord.id)
        )
        linked.extend(session.scalars(statement))
    return linked


def everything(session: Session) -> list[int]:
    """Link comments whose article or parent is known by now; return the comments' ids."""
    return sorted({row.id for statement in (_LINK_ARTICLES, _LINK_ALL_PARENTS) for row in session.execute(statement)})


_LINK_PARENTS = text(
    """
    WITH waiting AS MATERIALIZED (
        SELECT id, parent_external_id FROM comment
        WHERE site_id = :site AND parent_id IS NULL AND parent_external_id = ANY(:keys)
        ORDER BY id FOR UPDATE
    )
    UPDATE comment AS reply SET parent_id = parent.id
    FROM waiting JOIN comment AS parent
        ON parent.site_id = :site AND parent.external_id = waiting.parent_external_id AND parent.id <> waiting.id
    WHERE reply.id = waiting.id
    RETURNING reply.id
    """
)
_LINK_ARTICLES = text(
    """
    WITH found AS MATERIALIZED (
        SELECT comment.id, article.id AS article_id FROM comment JOIN article
            ON article.site_id = comment.site_id AND article.external_id = comment.article_external_id
        WHERE comment.article_id IS NULL AND comment.article_external_id IS NOT NULL
        ORDER BY comment.id FOR UPDATE OF comment
    )
    UPDATE comment SET article_id = found.article_id FROM found WHERE comment.id = found.id
    RETURNING comment.id
    """
)
_LINK_ALL_PARENTS = text(
    """
    WITH found AS MATERIALIZED (
        SELECT reply.id, parent.id AS parent_id FROM comment AS reply JOIN comment AS parent
            ON parent.site_id = reply.site_id AND parent.external_id = reply.parent_external_id
            AND parent.id <> reply.id
        WHERE reply.parent_id IS NULL AND reply.parent_external_id IS NOT NULL
        ORDER BY reply.id FOR UPDATE OF reply
    )
    UPDATE comment SET parent_id = found.parent_id FROM found WHERE comment.id = found.id
    RETURNING comment.id
    """
)
