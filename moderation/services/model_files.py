"""Versions of models as files: exported with their card, imported as candidates. What is wrong with a file is refused.

A version is two files: NAME.npz, the artefact, and NAME.json, its hash, its card and where it comes from.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy.orm import Session

from classifiers.adaptation import MOST_BYTES, Adaptation
from classifiers.artifact import ArtifactError
from moderation.domain.acts import Act
from moderation.domain.errors import BrokenModel, InvalidInput
from moderation.domain.words import ModelState
from moderation.services import audit, model_artifacts, models
from moderation.storage import models as storage
from moderation.storage.models import ModelVersionRecord

MOST_FACTS = 1_000_000
"""Characters of the .json beside an artefact."""
_BOTH = "Give the .npz of the two files that `vigie models export` wrote, its .json beside it."


def export(session: Session, version: ModelVersionRecord, folder: Path) -> tuple[Path, Path]:
    """Write a version into a folder as NAME.npz and NAME.json; return both. Raises BrokenModel."""
    data = storage.artifact_of(session, version.id)
    if not model_artifacts.is_whole(data, version):
        raise BrokenModel(version.name)
    facts = {
        "version": version.name,
        "label": version.label,
        "base": version.base,
        "sha256": version.sha256,
        "created_at": version.created_at.isoformat(),
        "findings": version.findings,
        "card": version.card,
    }
    folder.mkdir(parents=True, exist_ok=True)
    artifact, described = folder / f"{version.name}.npz", folder / f"{version.name}.json"
    artifact.write_bytes(data)
    described.write_text(json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    return artifact, described


def bring_in(session: Session, site_id: int | None, path: Path, bases: Mapping[str, str]) -> ModelVersionRecord:
    """Keep an exported version as a candidate of a site, or (None) a shared one; known already, it is that version.

    `bases`: label to version of the shipped artefacts here. Raises InvalidInput for a file that is damaged, that is
    no model, or that stands on other shipped models.
    """
    facts = _facts(path)
    if path.stat().st_size > MOST_BYTES:
        _refuse(path, "is larger than any model", _BOTH)
    data, origin = path.read_bytes(), str(facts.get("version", path.stem))[:200]
    try:
        made = Adaptation.from_bytes(data, str(facts.get("sha256")), origin, bases)
    except ArtifactError as error:
        _refuse(path, f"is refused: {error}", "Export it again where it was made, or run `vigie retrain` here.", error)
    version = models.store(session, site_id, made.label, made.base, data)
    if version.state == ModelState.CANDIDATE and not version.findings:
        version.findings = [{"code": "imported", "passed": False, "figures": {"from": origin}}]
        version.card = facts["card"] if isinstance(facts.get("card"), dict) else {}
        told: dict[str, Any] = {"label": version.label, "version": version.name, "origin": origin}
        audit.record(session, None, Act.MODEL_IMPORTED, site_id=site_id, **told)
    session.flush()
    return version


def _facts(path: Path) -> dict[str, Any]:
    """Return what stands beside an artefact. Raises InvalidInput."""
    described = path.with_suffix(".json")
    if path.suffix != ".npz" or not described.is_file() or described.stat().st_size > MOST_FACTS:
        _refuse(path, "is no exported model", _BOTH)
    try:
        facts = json.loads(described.read_text("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        _refuse(described, "cannot be read", _BOTH, error)
    if not isinstance(facts, dict) or "\\u0000" in json.dumps(facts):
        _refuse(described, "does not describe a model", _BOTH)
    return facts


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _refuse(path: Path, problem: str, cure: str, cause: Exception | None = None) -> NoReturn:
    raise InvalidInput(path.name, f"{problem}.", cure) from cause
