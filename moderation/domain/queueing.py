"""Why a comment waits for a person. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from moderation.domain.uncertainty import uncertain
from moderation.domain.words import Label


class QueueReason(StrEnum):
    """Why a comment is before the moderators: the review queue can be narrowed to one of these."""

    SHOUTING = "shouting"
    OFF_TOPIC = "off_topic"
    INCIVILITY = "incivility"
    SEVERAL = "several"
    UNCERTAIN = "uncertain"
    UNSCORED = "unscored"
    REPORTS = "reports"
    AUDIT = "audit"
    LEARNING = "learning"
    APPEALS = "appeals"
    ESCALATED = "escalated"


def reasons_of(
    labels: Sequence[Label],
    scores: Mapping[Label, float | None],
    thresholds: Mapping[Label, float],
    *,
    audit: bool,
    learning: bool = False,
) -> list[QueueReason]:
    """Return why a comment that is held waits, as far as the decision that holds it says so."""
    scored = any(score is not None for score in scores.values())
    return [
        *(QueueReason(label) for label in labels),
        *([QueueReason.SEVERAL] if len(labels) > 1 else []),
        *([QueueReason.UNCERTAIN] if uncertain(scores, thresholds) else []),
        *([] if scored else [QueueReason.UNSCORED]),
        *([QueueReason.AUDIT] if audit else []),
        *([QueueReason.LEARNING] if learning else []),
    ]
