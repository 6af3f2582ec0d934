"""Versions of models, trainings and shadow scores for tests of the screens. No test lives here."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import ModelState
from moderation.services import models
from moderation.storage.models import ModelVersionRecord

GOOD = [
    {"code": "examples", "passed": True,
     "figures": {"usable": 512.0, "true": 130.0, "false": 382.0, "later": 102.0, "missing": 0.0}},
    {"code": "consistent", "passed": True, "figures": {"auc": 0.871, "needed": 0.6, "error": 0.02}},
    {"code": "gain", "passed": True,
     "figures": {"champion": 0.8125, "challenger": 0.8734, "gain": 0.0609, "low": 0.0211, "high": 0.1043,
                 "rows": 102.0}},
    {"code": "calibration", "passed": True,
     "figures": {"champion_loss": 0.4412, "challenger_loss": 0.3925, "champion_error": 0.081,
                 "challenger_error": 0.064}},
    {"code": "carried", "passed": True, "figures": {"gain_without": 0.0411, "moderator": "1", "moderators": 3.0}},
    {"code": "guards", "passed": True,
     "figures": {"worst": "language fr: accuracy", "change": -0.0021, "lost": 0.0, "guards": 9.0}},
    {"code": "contradiction", "passed": True,
     "figures": {"moderator": "1", "rows": 60.0, "auc": 0.83, "others": 0.86, "asked": 3.0}},
    {"code": "burst", "passed": True, "figures": {"asked": 0.0}},
]  # fmt: skip
BAD = [
    *GOOD[:6],
    {"code": "contradiction", "passed": False,
     "figures": {"moderator": "1", "rows": 60.0, "auc": 0.21, "others": 0.86, "asked": 3.0}},
    {"code": "never_heard_of", "passed": False, "figures": {"gain": -0.0123, "low_share": 0.25, "moderator": "1"}},
]  # fmt: skip
CARD = {
    "label": "incivility",
    "site": "lejour",
    "base": "1.0",
    "champion": "1.0",
    "seed": 7,
    "examples": {
        "usable": 512,
        "true": 130,
        "folded": 12,
        "first": 1_790_000_000.0,
        "last": 1_795_000_000.0,
        "languages": {"fr": 470, "en": 42},
        "moderators": {"1": {"examples": 300, "share": 0.47}, "999": {"examples": 212, "share": 0.53}},
        "routes": {"queue": {"examples": 400, "share": 0.6}, "audit": {"examples": 112, "share": 0.4}},
    },
    "fitting": {"strength": 1.0, "hold": 0.5, "slope": 1.02, "bias": -0.11, "ngrams": 812, "sha256": "aa"},
    "findings": GOOD,
    "guards": {
        "language fr: accuracy": {"rows": 900, "shipped": 0.9, "challenger": 0.8979, "change": -0.0021, "rules": True},
        "functional tests fr: accuracy": {
            "rows": 300, "shipped": 0.86, "challenger": 0.82, "change": -0.04, "rules": True,
        },
        "calm identity sentences: spread": {
            "rows": 300, "shipped": 0.02, "challenger": 0.021, "change": -0.001, "rules": True,
        },
        "family fr quoting: accuracy": {
            "rows": 40, "shipped": 0.8, "challenger": 0.7, "change": -0.1, "rules": False,
        },
    },
}  # fmt: skip


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
