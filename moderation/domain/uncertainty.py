"""When the classifiers are of two minds about a comment. Pure."""

from collections.abc import Mapping

from moderation.domain.words import Label

MARGIN = 0.1
"""How near its threshold a score has to be for a small change of the model to change the flag."""


def uncertain(scores: Mapping[Label, float | None], thresholds: Mapping[Label, float]) -> bool:
    """Say whether the strongest case against a comment lies within MARGIN of its threshold, on either side.

    The strongest case is the score that is furthest above its threshold (or least below it): one score that is
    sure settles the flag, however near to theirs the others are.
    """
    above = [score - thresholds[label] for label, score in scores.items() if score is not None]
    return bool(above) and -MARGIN <= max(above) <= MARGIN
