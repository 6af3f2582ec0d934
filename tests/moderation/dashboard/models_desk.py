"""Versions of models, trainings and shadow scores for tests of the screens. No test lives here."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import ModelState
from moderation.services import models
from moderation.storage.models import ModelVersionRecord

GOOD = [{"code": "enough", "passed": True, "figures": {"examples": 240, "for": 70, "later": 48}}]
BAD = [*GOOD, {"code": "never_heard_of", "passed": False, "figures": {"gain": -0.0123, "low_share": 0.25}}]


def version(
    database: Database,
    site_id: int | None,
    label: str = "incivility",
    artifact: bytes = b"one",
    state: ModelState = ModelState.CANDIDATE,
    findings: Sequence[Mapping[str, Any]] = GOOD,
    card: Mapping[str, Any] | None = None,
) -> ModelVersionRecord:
    """Store a version and bring it into a state by the moves that lead there."""
    with database.session() as session:
        stored = models.store(session, site_id, label, "1.0", artifact)
        stored.findings, stored.card = list(findings), dict(card or {})
        session.flush()
        if state in (ModelState.CHALLENGER, ModelState.CHAMPION):
            move = models.challenge if state is ModelState.CHALLENGER else models.promote
            move(session, stored.id, None)
        elif state is ModelState.RETIRED:
            models.retire(session, stored.id, None)
    with database.session() as session:
        return models.one(session, stored.id)


def state(database: Database, version_id: int) -> str:
    """Return where a version stands."""
    with database.session() as session:
        return models.one(session, version_id).state


def shadowed(database: Database, version_id: int, revisions: Sequence[int]) -> None:
    """Write what a challenger said about revisions that came after it was put in the shadow."""
    with database.session() as session:
        session.execute(
            text("UPDATE revision SET received_at = :now WHERE id = ANY(:ids)"),
            {"now": datetime.now(UTC), "ids": list(revisions)},
        )
        for revision in revisions:
            session.execute(
                text("INSERT INTO shadow_score (version_id, revision_id, score, counted) VALUES (:v, :r, 0.2, 0.1)"),
                {"v": version_id, "r": revision},
            )
