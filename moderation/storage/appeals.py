"""Appeals as the database sees them: which are for another moderator to decide, and what came of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, select, text
from sqlalchemy.orm import Session, aliased

from moderation.domain.permissions import Permission, allows
from moderation.domain.words import Role
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.memberships import MembershipRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.statistics import Window

_DECIDING = [role for role in Role if allows(role, Permission.DECIDE)]


@dataclass(frozen=True)
class Counted:
    """Appeals of a window: comments appealed against, decided ones, and of these the overturned ones."""

    received: int
    decided: int
    overturned: int


def for_another(moderator_id: int) -> ColumnElement[bool]:
    """Return the condition that this moderator decided about the comment's text, and that somebody who did not could.

    Where nobody else may decide, the first one answers the appeal, too: one that nobody may answer would be none.
    """
    other = aliased(ModeratorRecord)
    member = exists().where(
        MembershipRecord.moderator_id == other.id,
        MembershipRecord.site_id == CommentRecord.site_id,
        MembershipRecord.role.in_(_DECIDING),
    )
    somebody = select(other.id).where(other.active, other.role.in_(_DECIDING) | member, ~_decided(other.id))
    return _decided(moderator_id) & exists(somebody)


def is_for_another(session: Session, comment_id: int, moderator_id: int) -> bool:
    """Say whether an appeal about this comment is for another moderator to decide."""
    query = select(CommentRecord.id).where(CommentRecord.id == comment_id, for_another(moderator_id))
    return session.scalar(query) is not None


def count(session: Session, window: Window) -> Counted:
    """Count the appeals that came in a window of time, and the decisions about appeals in it that were not undone."""
    return Counted(*session.execute(text(_COUNT), window.values).one())


def _decided(moderator_id: Any) -> ColumnElement[bool]:
    """Return the condition that a moderator decided about the text as it stands."""
    return exists().where(
        DecisionRecord.comment_id == CommentRecord.id,
        DecisionRecord.moderator_id == moderator_id,
        DecisionRecord.undoes_id.is_(None),
        DecisionRecord.revision_id == RevisionRecord.id,
        RevisionRecord.comment_id == CommentRecord.id,
        RevisionRecord.number == CommentRecord.current_revision,
    )


_COUNT = """
    SELECT
        (SELECT count(DISTINCT report.comment_id) FROM report JOIN comment ON comment.id = report.comment_id
         WHERE report.source = 'author' AND comment.site_id = ANY(:sites)
           AND report.received_at >= :since AND report.received_at < :until),
        count(*), count(*) FILTER (WHERE payload ->> 'appeal' = 'overturned')
    FROM decision
    WHERE route = 'appeal' AND undoes_id IS NULL AND site_id = ANY(:sites)
      AND decided_at >= :since AND decided_at < :until
      AND NOT EXISTS (SELECT FROM decision AS undoing WHERE undoing.undoes_id = decision.id)
"""
