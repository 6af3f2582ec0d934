"""What a threshold is replayed on: the last scored comments of a site with what moderators answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.storage.comments import CommentRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.scorings import ScoringRecord


@dataclass(frozen=True)
class ScoredComment:
    """The newest scores of one comment, and the moderator's standing decision about that text, if there is one."""

    received_at: datetime
    shouting: float | None
    off_topic: float | None
    incivility: float | None
    verdict: str | None
    labels: list[str] | None


def last_scored(session: Session, site_id: int, limit: int) -> list[ScoredComment]:
    """Return the last scored comments of a site, the newest first."""
    decision = DecisionRecord
    by_person = (
        (decision.id == CommentRecord.decision_id)
        & (decision.revision_id == ScoringRecord.revision_id)
        & decision.moderator_id.is_not(None)
    )
    query = (
        select(
            CommentRecord.received_at,
            ScoringRecord.shouting,
            ScoringRecord.off_topic,
            ScoringRecord.incivility,
            decision.verdict,
            decision.labels,
        )
        .join(ScoringRecord, ScoringRecord.id == CommentRecord.scoring_id)
        .outerjoin(decision, by_person)
        .where(CommentRecord.site_id == site_id, ScoringRecord.failure.is_(None))
        .order_by(CommentRecord.id.desc())
        .limit(limit)
    )
    return [ScoredComment(*row) for row in session.execute(query)]
