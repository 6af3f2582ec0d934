"""The words of the screens about models: states, routes, stages of a training, and what an act was refused for."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext

from moderation.dashboard import model_card_words, model_findings, model_proof
from moderation.dashboard.language import LABEL_NAMES
from moderation.domain.errors import Conflict
from moderation.domain.words import ModelState, WorkState

STATE_NAMES: dict[str, Any] = {
    ModelState.CANDIDATE: lazy_gettext("Waits for a person"),
    ModelState.CHALLENGER: lazy_gettext("In the shadow"),
    ModelState.CHAMPION: lazy_gettext("Judges"),
    ModelState.RETIRED: lazy_gettext("Retired"),
}
ENDED: dict[str, Any] = {
    WorkState.DONE: lazy_gettext("The last training ended"),
    WorkState.FAILED: lazy_gettext("The last training failed"),
    WorkState.CANCELLED: lazy_gettext("The last training was cancelled"),
}
STAGE_NAMES: dict[str, Any] = {
    "": lazy_gettext("Starting"),
    "examples": lazy_gettext("Reading what moderators decided"),
    "archive": lazy_gettext("Reading which comments stood under which articles"),
    "knowledge": lazy_gettext("Reading what the shipped models know"),
    **{label: lazy_gettext("Training: %(label)s", label=name) for label, name in LABEL_NAMES.items()},
}


def stage(word: str) -> str:
    """Return what a training is doing; a stage without words is shown as it is stored."""
    return str(STAGE_NAMES.get(word, word))


def failed(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the findings that speak against a version."""
    return [finding for finding in findings if not finding.get("passed")]


def proven(findings: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a version was examined, and nothing spoke against it."""
    return bool(findings) and not failed(findings)


def outcomes(report: Mapping[str, Any], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return what a training brought, by label: what it leads to, or the first reason why it leads nowhere yet."""
    brought = []
    for label, one in report.items():
        against = model_findings.told(failed(one.get("findings", [])), names)
        if one.get("better"):
            sentence = gettext("better, and proven.")
        elif one.get("version"):
            sentence = gettext("a new model waits for a person.")
        else:
            sentence = gettext("nothing new.")
        brought.append((label, " ".join([str(sentence), *(said.sentence for said in against[:1])])))
    return brought


def told(conflict: Conflict) -> str:
    """Say why an act on a model was refused."""
    return str(gettext("Nothing was changed: its state changed meanwhile, or does not allow this."))


ALL: dict[str, Any] = {
    "STATE_NAMES": STATE_NAMES,
    "ENDED": ENDED,
    "stage": stage,
    "failed": failed,
    "proven": proven,
    "outcomes": outcomes,
    "sentences": model_findings.told,
    "auc": model_proof.auc,
    "figure": model_card_words.in_words,
    "measured": model_proof.measured,
}
