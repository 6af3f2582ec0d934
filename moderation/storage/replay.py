"""What a threshold is replayed on: the last scored comments of a site with what moderators answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import FromClause, case, select, true
from sqlalchemy.orm import Session, aliased

from moderation.domain.words import Label, Origin, Verdict
from moderation.storage.comments import CommentRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.judges import Judge, score_of
from moderation.storage.scorings import ScoringRecord


@dataclass(frozen=True)
class ScoredComment:
    """The newest scores of one comment, and the moderator's standing decision about that text, if there is one.

    `sampling` is the chance with which the policy put such a text before a person; None: it did not. `judged` holds
    what judges say who were asked for by label (None: not known).
    """

    received_at: datetime
    shouting: float | None
    off_topic: float | None
    incivility: float | None
    verdict: str | None
    labels: list[str] | None
    sampling: float | None
    judged: dict[Label, float | None] = field(default_factory=dict)


def last_scored(
    session: Session, site_id: int, limit: int, judges: Mapping[Label, Judge] | None = None
) -> list[ScoredComment]:
    """Return the last scored comments of a site, the newest first."""
    judges = judges or {}
    decision, sampling = DecisionRecord, shown_with()
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
            sampling.c.sampling,
            *(score_of(label, judge, ScoringRecord.revision_id) for label, judge in judges.items()),
        )
        .join(ScoringRecord, ScoringRecord.id == CommentRecord.scoring_id)
        .outerjoin(decision, by_person)
        .outerjoin(sampling, true())
        .where(CommentRecord.site_id == site_id, ScoringRecord.failure.is_(None))
        .order_by(CommentRecord.id.desc())
        .limit(limit)
    )
    rows = session.execute(query)
    return [replace(ScoredComment(*row[:_FIXED]), judged=dict(zip(judges, row[_FIXED:], strict=True))) for row in rows]


def shown_with() -> FromClause:
    """Return, beside a person's decision in the query, the chance with which the policy put that text before a person.

    It is what the policy said last about the text before the person did. Decisions from before chances were kept
    count as certain, but for the audit sample, of which nothing is known.
    """
    before = aliased(DecisionRecord)
    known = case((before.sampling.is_not(None), before.sampling), (before.audit, None), else_=1.0)
    return (
        select(case((before.verdict == Verdict.REVIEW, known), else_=None).label("sampling"))
        .where(
            before.comment_id == DecisionRecord.comment_id,
            before.revision_id == DecisionRecord.revision_id,
            before.origin == Origin.POLICY,
            before.id < DecisionRecord.id,
        )
        .order_by(before.id.desc())
        .limit(1)
        .correlate(DecisionRecord)
        .lateral("shown")
    )


_FIXED = 7  # columns before those of the judges
