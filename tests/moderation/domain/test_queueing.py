"""Why a comment waits."""

import pytest

from moderation.domain.queueing import QueueReason, reasons_of
from moderation.domain.words import Label

THRESHOLDS = dict.fromkeys(Label, 0.5)


@pytest.mark.parametrize(
    ("labels", "scores", "audit", "expected"),
    [
        ([Label.SHOUTING], (0.9, 0.1, 0.1), False, ["shouting"]),
        ([Label.SHOUTING, Label.INCIVILITY], (0.9, 0.1, 0.9), False, ["shouting", "incivility", "several"]),
        ([Label.INCIVILITY], (0.1, None, 0.55), False, ["incivility", "uncertain"]),
        ([], (0.1, 0.1, 0.1), True, ["audit"]),
        ([], (0.45, 0.1, 0.1), True, ["uncertain", "audit"]),
        ([], (None, None, None), False, ["unscored"]),
        ([], (0.1, 0.1, 0.1), False, []),
    ],
)
def test_each_reason_has_its_condition(
    labels: list[Label], scores: tuple[float | None, ...], audit: bool, expected: list[str]
) -> None:
    """Flags, several of them, doubt, missing scores and the audit sample each put a comment into their queue."""
    found = reasons_of(labels, dict(zip(Label, scores, strict=True)), THRESHOLDS, audit=audit)
    assert found == [QueueReason(name) for name in expected]


def test_what_teaches_has_a_queue_of_its_own() -> None:
    """A comment chosen for learning waits as that, and as uncertain, never as the audit sample."""
    scores = dict(zip(Label, (0.1, 0.1, 0.45), strict=True))
    found = reasons_of([], scores, THRESHOLDS, audit=False, learning=True)
    assert found == [QueueReason.UNCERTAIN, QueueReason.LEARNING]
