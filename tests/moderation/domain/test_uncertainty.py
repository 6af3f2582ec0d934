"""When the classifiers are of two minds."""

import pytest

from moderation.domain.uncertainty import uncertain
from moderation.domain.words import Label

THRESHOLDS = {Label.SHOUTING: 0.5, Label.OFF_TOPIC: 0.8, Label.INCIVILITY: 0.5}


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((0.45, 0.1, 0.2), True),
        ((0.55, 0.1, 0.2), True),
        ((0.1, 0.75, 0.2), True),
        ((0.1, None, 0.2), False),
        ((0.45, 0.1, 0.95), False),
        ((0.39, 0.1, 0.2), False),
        ((None, None, None), False),
    ],
)
def test_the_strongest_case_is_near_its_threshold(scores: tuple[float | None, ...], expected: bool) -> None:
    """Uncertain is the comment whose strongest case lies within a tenth of its threshold; one sure score settles it."""
    assert uncertain(dict(zip(Label, scores, strict=True)), THRESHOLDS) is expected
