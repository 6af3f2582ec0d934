"""What two judges of a label say about the last comments of a site: those before and after a change of models.

The goals of thresholds are solved on it when another version begins to judge.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from moderation.domain.words import CommentStatus, Label
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.judges import Judge, score_of
from moderation.storage.replay import shown_with


@dataclass(frozen=True)
class VersionScored:
    """One comment as two judges score it (None: not known), and the moderator's standing decision about its text."""

    received_at: datetime
    after: float | None
    before: float | None
    verdict: str | None
    labels: list[str] | None
    sampling: float | None


def last(session: Session, site_id: int, label: Label, after: Judge, before: Judge, limit: int) -> list[VersionScored]:
    """Return the last comments of a site, the newest first, with the scores of two judges of a label."""
    shown, decision = shown_with(), DecisionRecord
    by_person = (
        (decision.id == CommentRecord.decision_id)
        & (decision.revision_id == RevisionRecord.id)
        & decision.moderator_id.is_not(None)
    )
    query = (
        select(
            CommentRecord.received_at,
            score_of(label, after, RevisionRecord.id),
            score_of(label, before, RevisionRecord.id),
            decision.verdict,
            decision.labels,
            shown.c.sampling,
        )
        .join(
            RevisionRecord,
            (RevisionRecord.comment_id == CommentRecord.id) & (RevisionRecord.number == CommentRecord.current_revision),
        )
        .outerjoin(decision, by_person)
        .outerjoin(shown, true())
        .where(
            CommentRecord.site_id == site_id,
            CommentRecord.status.not_in((CommentStatus.PENDING, CommentStatus.DELETED)),
        )
        .order_by(CommentRecord.id.desc())
        .limit(limit)
    )
    return [VersionScored(*row) for row in session.execute(query)]
