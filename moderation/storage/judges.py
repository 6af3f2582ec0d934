"""Who judges a label on a site: a version of a model that a newsroom taught, or the shipped one; and what it says.

Its score of a revision is the newest that counted, or the one that it gave in the shadow of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from moderation.domain.words import Label, ModelState
from moderation.storage.comments import CommentRecord
from moderation.storage.models import ModelVersionRecord, ShadowScoreRecord
from moderation.storage.scorings import ScoringRecord
from moderation.storage.sites import SiteRecord

SHIPPED = "shipped"


@dataclass(frozen=True)
class Judge:
    """Which model judges a label: a version by id and name, or (`id` None) the shipped one."""

    id: int | None = None
    name: str = SHIPPED


def judge_of(session: Session, site_id: int, label: Label) -> Judge:
    """Return who judges a label on a site now: its own champion, else the shared one, else the shipped model."""
    return _named(session, _champions(label, site_id)) or _named(session, _champions(label, None)) or Judge()


def of_taught(session: Session, site_id: int) -> dict[Label, Judge]:
    """Return who judges each label on a site, of which any newsroom ever taught a version."""
    taught = set(session.scalars(select(ModelVersionRecord.label).distinct()))
    return {label: judge_of(session, site_id, label) for label in Label if label in taught}


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
    """Lock and return the site, or (None) every site that has no champion of its own for the label, in id order.

    Comments go on arriving meanwhile: the lock is on the settings, not on the site's id.
    """
    query = (
        select(SiteRecord)
        .order_by(SiteRecord.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if site_id is not None:
        return list(session.scalars(query.where(SiteRecord.id == site_id)))
    own = select(ModelVersionRecord.site_id).where(
        ModelVersionRecord.label == label,
        ModelVersionRecord.state == ModelState.CHAMPION,
        ModelVersionRecord.site_id.is_not(None),
    )
    return list(session.scalars(query.where(SiteRecord.id.not_in(own))))


def score_of(label: Label, judge: Judge, revision: InstrumentedAttribute[int]) -> Any:
    """Return the score of a revision (a column of its id) by a judge: the newest that counted, else the shadow's."""
    scoring = aliased(ScoringRecord)
    version = func.coalesce(scoring.model_versions[label.value].astext, SHIPPED)
    taught = select(ModelVersionRecord.name).where(ModelVersionRecord.label == label)
    counted = (
        select(getattr(scoring, label.value))
        .where(
            scoring.revision_id == revision,
            scoring.failure.is_(None),
            version.not_in(taught) if judge.id is None else version == judge.name,
        )
        .order_by(scoring.round.desc())
        .limit(1)
        .correlate(revision.class_)
        .scalar_subquery()
    )
    if judge.id is None:
        return counted
    shadow = (
        select(ShadowScoreRecord.score)
        .where(ShadowScoreRecord.version_id == judge.id, ShadowScoreRecord.revision_id == revision)
        .correlate(revision.class_)
        .scalar_subquery()
    )
    return func.coalesce(counted, shadow)


def _champions(label: Label, site_id: int | None) -> Any:
    here = ModelVersionRecord.site_id.is_(None) if site_id is None else ModelVersionRecord.site_id == site_id
    return (ModelVersionRecord.label == label) & (ModelVersionRecord.state == ModelState.CHAMPION) & here


def _named(session: Session, condition: Any) -> Judge | None:
    row = session.execute(select(ModelVersionRecord.id, ModelVersionRecord.name).where(condition)).first()
    return Judge(row.id, row.name) if row else None
