"""What one version of a model says about the last comments of a site, in the shadow or as what counted.

The goals of thresholds are solved on it when another version begins to judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from moderation.domain.words import CommentStatus, Label, ModelState
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.models import ModelVersionRecord, ShadowScoreRecord
from moderation.storage.replay import shown_with
from moderation.storage.scorings import ScoringRecord
from moderation.storage.sites import SiteRecord

SHIPPED = "shipped"


@dataclass(frozen=True)
class Judge:
    """Which model judges a label: a version by id and name, or (`id` None) the shipped one."""

    id: int | None = None
    name: str = SHIPPED


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
            _score_of(label, after),
            _score_of(label, before),
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


def judge_of(session: Session, site_id: int, label: Label) -> Judge:
    """Return who judges a label on a site now: its own champion, else the shared one, else the shipped model."""
    return _named(session, _champions(label, site_id)) or _named(session, _champions(label, None)) or Judge()


def by_id(session: Session, version_id: int) -> Judge:
    """Return a version as a judge; the shipped model when it is gone."""
    return _named(session, ModelVersionRecord.id == version_id) or Judge()


def by_name(session: Session, name: str) -> Judge:
    """Return the version of this name as a judge; any other name is the shipped model."""
    return _named(session, ModelVersionRecord.name == name) or Judge()


def newest_judge(session: Session, site_id: int, label: Label) -> Judge:
    """Return who scored the last comment of a site."""
    query = (
        select(ScoringRecord.model_versions[label.value].astext)
        .join(CommentRecord, CommentRecord.scoring_id == ScoringRecord.id)
        .where(CommentRecord.site_id == site_id, ScoringRecord.failure.is_(None))
        .order_by(CommentRecord.id.desc())
        .limit(1)
    )
    return by_name(session, session.scalar(query) or SHIPPED)


def judged_by(session: Session, site_id: int | None, label: Label) -> Sequence[SiteRecord]:
    """Lock and return the site, or (None) every site that has no champion of its own for the label, in id order."""
    query = select(SiteRecord).order_by(SiteRecord.id).with_for_update().execution_options(populate_existing=True)
    if site_id is not None:
        return list(session.scalars(query.where(SiteRecord.id == site_id)))
    own = select(ModelVersionRecord.site_id).where(
        ModelVersionRecord.label == label,
        ModelVersionRecord.state == ModelState.CHAMPION,
        ModelVersionRecord.site_id.is_not(None),
    )
    return list(session.scalars(query.where(SiteRecord.id.not_in(own))))


def to_solve(session: Session, before: datetime) -> SiteRecord | None:
    """Lock and return a site with goals that were last solved before this moment; one that is locked is left alone."""
    due = SiteRecord.goals_solved_at.is_(None) | (SiteRecord.goals_solved_at < before)
    with_goals = SiteRecord.policy.op("@?")("$.goals.*") | SiteRecord.policy.op("@?")("$.reject_goals.*")
    query = select(SiteRecord).where(due, with_goals).order_by(SiteRecord.id).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True).execution_options(populate_existing=True))


def _champions(label: Label, site_id: int | None) -> Any:
    here = ModelVersionRecord.site_id.is_(None) if site_id is None else ModelVersionRecord.site_id == site_id
    return (ModelVersionRecord.label == label) & (ModelVersionRecord.state == ModelState.CHAMPION) & here


def _named(session: Session, condition: Any) -> Judge | None:
    row = session.execute(select(ModelVersionRecord.id, ModelVersionRecord.name).where(condition)).first()
    return Judge(row.id, row.name) if row else None


def _score_of(label: Label, judge: Judge) -> Any:
    """Return the score of a revision by a judge: the newest that counted, else the one in the shadow."""
    version = func.coalesce(ScoringRecord.model_versions[label.value].astext, SHIPPED)
    taught = select(ModelVersionRecord.name).where(ModelVersionRecord.label == label)
    counted = (
        select(getattr(ScoringRecord, label.value))
        .where(
            ScoringRecord.revision_id == RevisionRecord.id,
            ScoringRecord.failure.is_(None),
            version.not_in(taught) if judge.id is None else version == judge.name,
        )
        .order_by(ScoringRecord.round.desc())
        .limit(1)
        .correlate(RevisionRecord)
        .scalar_subquery()
    )
    if judge.id is None:
        return counted
    shadow = (
        select(ShadowScoreRecord.score)
        .where(ShadowScoreRecord.version_id == judge.id, ShadowScoreRecord.revision_id == RevisionRecord.id)
        .correlate(RevisionRecord)
        .scalar_subquery()
    )
    return func.coalesce(counted, shadow)
