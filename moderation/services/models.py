"""Versions of models: kept, challenged, promoted, retired, rolled back, each change under the lock of its place.

A place is (site id or None for all sites, label). The shipped models stand behind every place and are no versions.
Here nothing is computed: the web process, which has no classifiers in memory, shows and changes versions too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.errors import BrokenModel, NotFound, NothingToRollBack
from moderation.domain.model_states import Move, after
from moderation.domain.shadowing import ANOTHER, REFUSED
from moderation.domain.words import Label, ModelState
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import audit, following, model_artifacts, shadowing
from moderation.storage import models, sites
from moderation.storage.models import ModelVersionRecord
from moderation.storage.moderators import ModeratorRecord

if TYPE_CHECKING:
    from classifiers.learning.newsroom import Learned

SHARED = "shared"


def keep(
    session: Session, site_id: int | None, learned: Learned, retraining_id: int | None
) -> ModelVersionRecord | None:
    """Keep what was learned: as challenger when it is better, as candidate that waits for a person when not.

    A challenger that live comments are reaching is not interrupted: the better one waits as a candidate. The same
    artefact twice is one version; a training that is done again may still make a candidate a challenger.
    None when nothing was learned.
    """
    if learned.adaptation is None:
        return None
    made = learned.adaptation
    version = store(session, site_id, made.label, made.base, made.to_bytes(), retraining_id)
    if version.state == ModelState.CANDIDATE:
        version.findings, version.card = [asdict(finding) for finding in learned.findings], dict(learned.card)
        session.flush()
        before = models.holder(session, site_id, made.label, ModelState.CHALLENGER)
        if learned.better and before and shadowing.is_under_way(session, before):
            finding = {"code": ANOTHER, "passed": False, "figures": {"challenger": before.name}}
            version.findings = [*version.findings, finding]
        elif learned.better:
            challenge(session, version.id, None)
    return version


def store(
    session: Session, site_id: int | None, label: str, base: str, artifact: bytes, retraining_id: int | None = None
) -> ModelVersionRecord:
    """Return the version that holds this artefact in this place; a new one is a candidate."""
    models.lock_place(session, site_id, label)
    digest = sha256(artifact).hexdigest()
    name = f"{label}-{SHARED if site_id is None else sites.by_id(session, site_id).slug}-{digest[:12]}"
    known = models.by_name(session, name)
    if known and known.site_id != site_id:  # a site may be called "shared"
        name = f"{name}-{site_id or 0}"
        known = models.by_name(session, name)
    return known or models.add(
        session,
        ModelVersionRecord(
            name=name,
            label=label,
            site_id=site_id,
            retraining_id=retraining_id,
            state=ModelState.CANDIDATE,
            base=base,
            artifact=artifact,
            sha256=digest,
        ),
    )


def versions(session: Session, site_id: int | None) -> Sequence[ModelVersionRecord]:
    """Return the versions of a site, or (None) the shared ones, newest first, without their artefacts."""
    return models.of_place(session, site_id)


def one(session: Session, version_id: int) -> ModelVersionRecord:
    """Return a version as it stands now. Raises NotFound."""
    version = models.by_id(session, version_id)
    if version is None:
        raise NotFound("model version", str(version_id))
    return version


def named(session: Session, name: str) -> ModelVersionRecord:
    """Return the version with this name. Raises NotFound."""
    version = models.by_name(session, name)
    if version is None:
        raise NotFound("model version", name)
    return version


def champion(session: Session, site_id: int | None, label: str) -> ModelVersionRecord | None:
    """Return the champion of this very place."""
    return models.holder(session, site_id, label, ModelState.CHAMPION)


def judging(session: Session, site_id: int, label: str) -> ModelVersionRecord | None:
    """Return whose scores count on a site: its own champion, else the shared one, else None for the shipped model."""
    return champion(session, site_id, label) or champion(session, None, label)


def challenge(session: Session, version_id: int, moderator: ModeratorRecord | None) -> None:
    """Let a version run in the shadow of the champion; the challenger that did so before is retired.

    `moderator` None: Vigie itself, or the command line. Raises NotFound, WrongModelState.
    """
    version, state = _moved(session, version_id, Move.CHALLENGE)
    before = models.holder(session, version.site_id, version.label, ModelState.CHALLENGER)
    _retire(session, before)
    version.state, version.challenged_at, version.retired_at = state, _now(), None
    version.findings = [one for one in version.findings if one["code"] not in shadowing.CODES]
    session.flush()
    _record(session, moderator, Act.MODEL_CHALLENGED, version, replaced=before.name if before else None)
    enqueue_after_commit(session, TaskName.PROMOTE)


def promote(session: Session, version_id: int, moderator: ModeratorRecord | None) -> None:
    """Let a version's scores count from the next batch on; the champion before it is retired and remembered.

    Raises NotFound, WrongModelState, BrokenModel (its artefact is damaged: the champion stays).
    """
    version, state = _moved(session, version_id, Move.PROMOTE)
    if not model_artifacts.whole(session, version):
        raise BrokenModel(version.name)
    before = champion(session, version.site_id, version.label)
    _retire(session, before)
    version.previous_id = before.id if before else None
    version.promoted_by = moderator.id if moderator else None
    version.state, version.promoted_at, version.retired_at = state, _now(), None
    session.flush()
    _record(session, moderator, Act.MODEL_PROMOTED, version, replaced=before.name if before else None)
    _follow(session, version.site_id, version.label)


def retire(session: Session, version_id: int, moderator: ModeratorRecord | None) -> None:
    """Use a version no more. Without a champion the shared model judges, or the shipped one.

    Raises NotFound, WrongModelState.
    """
    version, _ = _moved(session, version_id, Move.RETIRE)
    judged = version.state == ModelState.CHAMPION
    _retire(session, version)
    _record(session, moderator, Act.MODEL_ROLLED_BACK if judged else Act.MODEL_REFUSED, version, restored=None)
    if judged:
        _follow(session, version.site_id, version.label)


def roll_back(
    session: Session, site_id: int | None, label: str, moderator: ModeratorRecord | None
) -> ModelVersionRecord | None:
    """Take a promotion back in one step: the champion is retired, and the one before it judges again.

    None: no trained version of this place was before it, so the shared or the shipped model judges. One whose
    artefact is damaged is passed over. Raises NothingToRollBack.
    """
    models.lock_place(session, site_id, label)
    last = champion(session, site_id, label)
    if last is None:
        raise NothingToRollBack(label)
    restored = model_artifacts.before(session, last)
    _retire(session, last)
    if restored:
        restored.state = after(ModelState(restored.state), Move.RESTORE, restored.name)
        restored.retired_at = None
        session.flush()
    _record(session, moderator, Act.MODEL_ROLLED_BACK, last, restored=restored.name if restored else None)
    _follow(session, site_id, label)
    return restored


def promote_ready(session: Session) -> int:
    """Promote every challenger that has shown enough in the shadow, where nobody wants to be asked; return how many.

    One that would flag wildly more than what counts, or leaves comments unjudged, waits for a person with a finding.
    """
    promoted = 0
    for waiting in models.challengers(session):
        models.lock_place(session, waiting.site_id, waiting.label)
        version = models.by_id(session, waiting.id)  # somebody may have been faster
        if not (version and version.state == ModelState.CHALLENGER and shadowing.is_ready(session, version)):
            continue
        if model_artifacts.whole(session, version):
            promote(session, version.id, None)
            promoted += 1
        else:
            why = str(BrokenModel(version.name))
            models.append_finding(session, version.id, {"code": REFUSED, "passed": False, "figures": {"why": why}})
    return promoted


def _moved(session: Session, version_id: int, move: Move) -> tuple[ModelVersionRecord, ModelState]:
    """Lock the place of a version; return it as it stands now, with its state after the move."""
    version = one(session, version_id)
    models.lock_place(session, version.site_id, version.label)
    version = one(session, version_id)
    return version, after(ModelState(version.state), move, version.name)


def _retire(session: Session, version: ModelVersionRecord | None) -> None:
    """Empty a place before another version takes it: the database allows one of a state."""
    if version:
        version.state, version.retired_at = ModelState.RETIRED, _now()
        session.flush()


def _follow(session: Session, site_id: int | None, label: str) -> None:
    """Have thresholds follow what judges now: the champion of the place, the shared one, or the shipped model."""
    now = judging(session, site_id, label) if site_id is not None else champion(session, None, label)
    following.after_promotion(session, site_id, Label(label), now.id if now else None)


def _record(
    session: Session, moderator: ModeratorRecord | None, act: Act, version: ModelVersionRecord, **details: Any
) -> None:
    audit.record(session, moderator, act, site_id=version.site_id, label=version.label, version=version.name, **details)


def _now() -> datetime:
    return datetime.now(UTC)
