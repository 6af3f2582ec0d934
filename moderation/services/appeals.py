"""Appeals: a commenter's, told by the site; another moderator than the first decides about it.

Deciding itself is in `decisions`, the queue of appeals in `review`; what came of appeals is counted in `statistics`.
"""

from sqlalchemy.orm import Session

from moderation.services import attention
from moderation.storage import appeals
from moderation.storage.comments import CommentRecord
from moderation.storage.remarks import ReportSource


def receive(session: Session, site_id: int, external_id: str, reason: str, appeal_id: str | None) -> bool:
    """Put a comment into the queue of appeals. Return False when the site told the same appeal before.

    Raises NotFound or Gone. Its status stays as it is until a moderator decides.
    """
    return attention.report(session, site_id, external_id, ReportSource.AUTHOR, reason, appeal_id)


def is_for_another(session: Session, comment: CommentRecord, moderator_id: int) -> bool:
    """Say whether a comment is under appeal against what this moderator decided, so that a colleague answers."""
    return comment.appealed_at is not None and appeals.is_for_another(session, comment.id, moderator_id)
