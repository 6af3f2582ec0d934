"""Stored artefacts: whether one is still the bytes that were recorded. What they say is read by the scorers alone."""

from hashlib import sha256

from sqlalchemy.orm import Session

from moderation.domain.words import ModelState
from moderation.storage import models
from moderation.storage.models import ModelVersionRecord


def is_whole(artifact: bytes, version: ModelVersionRecord) -> bool:
    """Say whether an artefact is the one that was recorded for a version."""
    return sha256(artifact).hexdigest() == version.sha256


def whole(session: Session, version: ModelVersionRecord) -> bool:
    """Say whether the stored artefact of a version is the one that was recorded."""
    return is_whole(models.artifact_of(session, version.id), version)


def before(session: Session, version: ModelVersionRecord) -> ModelVersionRecord | None:
    """Return the newest champion before this one whose artefact is whole and that is free to judge again."""
    seen: set[int] = set()
    earlier: ModelVersionRecord | None = version
    while earlier and earlier.id not in seen:
        seen.add(earlier.id)
        earlier = models.by_id(session, earlier.previous_id) if earlier.previous_id else None
        if earlier and earlier.state == ModelState.RETIRED and whole(session, earlier):
            return earlier
    return None
