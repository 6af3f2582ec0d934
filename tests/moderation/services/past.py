"""A site's past for the watch: comments with scores of a version, what the policy made of them, what people said.

Everything is written as the services leave it, with times of its own. No test lives here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from moderation.domain.words import Label, Origin, Verdict
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.models import ModelVersionRecord, ShadowScoreRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.scorings import ScoringRecord
from moderation.storage.second_judgements import SecondJudgementRecord
from moderation.storage.sites import SiteRecord

_NUMBERS = count(1)


@dataclass
class Past:
    """One site with one moderator; `versions` are those that score now."""

    session: Session
    site: SiteRecord
    person: ModeratorRecord
    versions: dict[str, str]

    def comment(self, at: datetime, scores: Sequence[float | None] = (0.1, 0.1, 0.1), language: str = "fr") -> Any:
        """Write one scored comment; return its record."""
        comment = CommentRecord(
            site_id=self.site.id,
            external_id=f"p{next(_NUMBERS)}",
            current_revision=1,
            received_at=at,
            status="published",
        )
        self.session.add(comment)
        self.session.flush()
        revision = RevisionRecord(comment_id=comment.id, number=1, text="x", state="scored")
        self.session.add(revision)
        self.session.flush()
        by_label = {label.value: score for label, score in zip(Label, scores, strict=True)}
        scoring = ScoringRecord(
            revision_id=revision.id, round=1, language=language, model_versions=dict(self.versions), **by_label
        )
        self.session.add(scoring)
        self.session.flush()
        comment.scoring_id = scoring.id
        return comment

    def decide(
        self,
        comment: Any,
        at: datetime,
        verdict: Verdict,
        labels: Sequence[str] = (),
        by: ModeratorRecord | None = None,
        **more: Any,
    ) -> DecisionRecord:
        """Append a decision about a comment: the policy's without `by`."""
        revision = self.session.query(RevisionRecord).filter_by(comment_id=comment.id).one()
        decision = DecisionRecord(
            event_id=f"p{next(_NUMBERS)}",
            site_id=self.site.id,
            comment_id=comment.id,
            revision_id=revision.id,
            scoring_id=comment.scoring_id if by is None else None,
            origin=Origin.MODERATOR if by else Origin.POLICY,
            moderator_id=by.id if by else None,
            verdict=verdict,
            labels=list(labels),
            payload={},
            decided_at=at,
            **more,
        )
        self.session.add(decision)
        self.session.flush()
        comment.decision_id, comment.status = decision.id, verdict.status
        return decision

    def held(
        self,
        at: datetime,
        scores: Sequence[float | None],
        flags: Sequence[str],
        verdict: Verdict,
        labels: Sequence[str] = (),
        *,
        audit: bool = False,
        **more: Any,
    ) -> DecisionRecord:
        """Write a comment that the policy held and that a person answered an hour later; return the answer."""
        comment = self.comment(at, scores)
        self.decide(comment, at, Verdict.REVIEW, flags, audit=audit)
        return self.decide(comment, at + timedelta(hours=1), verdict, labels, self.person, **more)

    def second(self, first: DecisionRecord, at: datetime, verdict: Verdict, labels: Sequence[str] = ()) -> None:
        """Write a blind answer of another person about what a decision was about."""
        other = self.session.query(ModeratorRecord).filter(ModeratorRecord.id != self.person.id).first()
        assert other
        answered = SecondJudgementRecord(
            site_id=self.site.id,
            comment_id=first.comment_id,
            revision_id=first.revision_id,
            decision_id=first.id,
            moderator_id=other.id,
            verdict=verdict,
            labels=list(labels),
            answered_at=at,
        )
        self.session.add(answered)
        self.session.flush()

    def taught(self, label: Label, created: datetime, card: Mapping[str, Any] | None = None) -> ModelVersionRecord:
        """Write a taught version that judges now."""
        name = f"{label}-{self.site.slug}-{next(_NUMBERS):012x}"
        version = ModelVersionRecord(
            name=name,
            label=label,
            site_id=self.site.id,
            state="champion",
            base="1",
            artifact=b"x",
            sha256="0",
            card=dict(card or {}),
            created_at=created,
            challenged_at=created,
            promoted_at=created,
        )
        self.session.add(version)
        self.session.flush()
        self.versions = self.versions | {label.value: name}
        return version

    def shadow(self, version: ModelVersionRecord, comment: Any, score: float) -> None:
        """Write what a version said in the shadow about a comment."""
        revision = self.session.query(RevisionRecord).filter_by(comment_id=comment.id).one()
        self.session.add(ShadowScoreRecord(version_id=version.id, revision_id=revision.id, score=score, counted=0.1))
        self.session.flush()
