"""Versions of models that newsrooms taught: records and queries; those about shadow scores are in `shadows`.

The shipped models are no rows: where no champion stands, they judge. An artefact is kept here, so that every worker
on every machine finds it.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, LargeBinary, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.words import ModelState
from moderation.storage.base import BigKey, CreatedAt, Record


class ModelVersionRecord(Record):
    """One version of the model of one label, for one site or (`site_id` None) shared by all.

    `artifact` is what `classifiers.adaptation` reads; `sha256` its hash; `base` the shipped version that it stands
    on. `findings` say in codes why it was promoted or not; `card` is its model card. `previous_id` is the champion
    whose place it took (None: the shared or the shipped model judged before).
    """

    __tablename__ = "model_version"
    __table_args__ = (
        CheckConstraint("state IN ('candidate', 'challenger', 'champion', 'retired')", name="known_state"),
        Index("ix_model_version_place", "label", "site_id", "id"),
        *(
            Index(
                f"uq_model_version_one_{state}",
                "label",
                text("coalesce(site_id, 0)"),
                unique=True,
                postgresql_where=text(f"state = '{state}'"),
            )
            for state in ("challenger", "champion")
        ),
    )

    id: Mapped[BigKey]
    name: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    retraining_id: Mapped[int | None] = mapped_column(ForeignKey("retraining.id", ondelete="SET NULL"))
    state: Mapped[str]
    base: Mapped[str]
    artifact: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    findings: Mapped[list[Any]] = mapped_column(default=list)
    card: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("model_version.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    challenged_at: Mapped[datetime | None]
    promoted_at: Mapped[datetime | None]
    promoted_by: Mapped[int | None] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    retired_at: Mapped[datetime | None]


class ShadowScoreRecord(Record):
    """What a challenger said about one revision, beside what counted; `score` None: it gave no judgement."""

    __tablename__ = "shadow_score"
    __table_args__ = (Index("ix_shadow_score_revision", "revision_id"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id", ondelete="CASCADE"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[float | None]
    counted: Mapped[float]
    scored_at: Mapped[CreatedAt]


def add(session: Session, version: ModelVersionRecord) -> ModelVersionRecord:
    """Store a version."""
    session.add(version)
    session.flush()
    return version


def by_id(session: Session, version_id: int) -> ModelVersionRecord | None:
    """Return a version as it stands in the database now, without its artefact."""
    return session.get(ModelVersionRecord, version_id, populate_existing=True)


def by_name(session: Session, name: str) -> ModelVersionRecord | None:
    """Return the version with this name."""
    return session.scalar(select(ModelVersionRecord).where(ModelVersionRecord.name == name))


def of_place(session: Session, site_id: int | None) -> Sequence[ModelVersionRecord]:
    """Return the versions of a site, or (None) the shared ones, newest first."""
    query = select(ModelVersionRecord).where(_site_is(site_id)).order_by(ModelVersionRecord.id.desc())
    return session.scalars(query).all()


def holder(session: Session, site_id: int | None, label: str, state: ModelState) -> ModelVersionRecord | None:
    """Return the one version of a place that is in this state: champion or challenger."""
    query = select(ModelVersionRecord).where(
        ModelVersionRecord.label == label, _site_is(site_id), ModelVersionRecord.state == state
    )
    return session.scalar(query.execution_options(populate_existing=True))


def challengers(session: Session) -> Sequence[ModelVersionRecord]:
    """Return every challenger, oldest first."""
    query = select(ModelVersionRecord).where(ModelVersionRecord.state == ModelState.CHALLENGER)
    return session.scalars(query.order_by(ModelVersionRecord.id)).all()


def sites_with_champion(session: Session, label: str) -> set[int]:
    """Return the ids of the sites that have a champion of their own for a label."""
    query = select(ModelVersionRecord.site_id).where(
        ModelVersionRecord.label == label,
        ModelVersionRecord.state == ModelState.CHAMPION,
        ModelVersionRecord.site_id.is_not(None),
    )
    return {site_id for site_id in session.scalars(query) if site_id is not None}


def champion_changed(session: Session, challenger: ModelVersionRecord) -> bool:
    """Say whether a version was promoted or taken back in a challenger's place after it became one."""
    since = challenger.challenged_at
    query = select(ModelVersionRecord.id).where(
        ModelVersionRecord.label == challenger.label,
        _site_is(challenger.site_id),
        ModelVersionRecord.id != challenger.id,
        ModelVersionRecord.promoted_at.is_not(None),
        (ModelVersionRecord.promoted_at > since) | (ModelVersionRecord.retired_at > since),
    )
    return session.scalar(query.limit(1)) is not None


def lock_place(session: Session, site_id: int | None, label: str) -> None:
    """Wait until nobody else changes the states of a label's versions there; the lock ends with the transaction."""
    session.execute(_TAKE_TURN, {"place": f"model {label} {site_id or 0}"})


def artifact_of(session: Session, version_id: int) -> bytes:
    """Return the artefact of a version, which exists."""
    return session.execute(select(ModelVersionRecord.artifact).where(ModelVersionRecord.id == version_id)).scalar_one()


@dataclass(frozen=True)
class StandingVersion:
    """A version as scoring needs to know it, without its artefact."""

    id: int
    name: str
    label: str
    site_id: int | None
    state: str
    previous_id: int | None
    sha256: str


def standing(session: Session, sites: Collection[int]) -> list[StandingVersion]:
    """Return the champions and challengers of these sites and the shared ones; one cheap query for each batch."""
    query = select(*_STANDING).where(
        ModelVersionRecord.state.in_((ModelState.CHALLENGER, ModelState.CHAMPION)),
        ModelVersionRecord.site_id.in_(sites) | ModelVersionRecord.site_id.is_(None),
    )
    return [StandingVersion(*row) for row in session.execute(query.order_by(ModelVersionRecord.id))]


def one_standing(session: Session, version_id: int) -> StandingVersion | None:
    """Return one version, whatever its state, as scoring needs to know it."""
    row = session.execute(select(*_STANDING).where(ModelVersionRecord.id == version_id)).one_or_none()
    return StandingVersion(*row) if row else None


def append_finding(session: Session, version_id: int, finding: Mapping[str, Any]) -> None:
    """Append a finding to a version; the same code with the same figures is there once."""
    session.execute(_APPEND, {"version": version_id, "finding": json.dumps([finding])})


def _site_is(site_id: int | None) -> ColumnElement[bool]:
    return ModelVersionRecord.site_id.is_not_distinct_from(site_id)


_STANDING = (
    ModelVersionRecord.id,
    ModelVersionRecord.name,
    ModelVersionRecord.label,
    ModelVersionRecord.site_id,
    ModelVersionRecord.state,
    ModelVersionRecord.previous_id,
    ModelVersionRecord.sha256,
)
_TAKE_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))")
_APPEND = text(
    """
    UPDATE model_version SET findings = findings || CAST(:finding AS jsonb)
    WHERE id = :version AND NOT findings @> CAST(:finding AS jsonb)
    """
)
