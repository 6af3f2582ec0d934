"""How a threshold follows a change of models when no goal can be solved: the same share of comments is held. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST_PAIRS, FEWEST_ON_EACH_SIDE = 50, 5
"""Fewer comments with both scores, or fewer of them held (or not held), place no threshold."""
SMALLEST_CHANGE = 0.005
"""A threshold that would move by less stays: the sample moves it as far."""

_STEPS = 10_000  # thresholds that are found have four decimals


class How(StrEnum):
    """How a number came about. The word is stored in the audit trail."""

    GOAL = "goal"  # solved from decisions
    SAME_SHARE = "same_share"  # the same share of the last comments reaches it as before
    KEPT = "kept"  # nothing better is known, or an editor set the number
    NONE = "none"  # rejecting without a person is off: nothing proves its goal


@dataclass(frozen=True)
class Pair:
    """One comment under two models: the score that counted, and the one of the model that judges from now on."""

    before: float
    after: float


def same_share(threshold: float, pairs: Sequence[Pair]) -> float | None:
    """Return the threshold that as many of the comments reach now as reached the old one before.

    It lies halfway between the lowest score that is held and the highest that is not, rounded to four decimals; where
    equal scores straddle the place, all of them are held. None: too few comments on either side to say.
    """
    held = sum(pair.before >= threshold for pair in pairs)
    if len(pairs) < FEWEST_PAIRS or not FEWEST_ON_EACH_SIDE <= held <= len(pairs) - FEWEST_ON_EACH_SIDE:
        return None
    falling = sorted((pair.after for pair in pairs), reverse=True)
    lowest_held, highest_free = falling[held - 1], falling[held]
    if lowest_held == highest_free:
        return int(lowest_held * _STEPS) / _STEPS
    middle = round((lowest_held + highest_free) / 2 * _STEPS) / _STEPS
    return middle if highest_free < middle <= lowest_held else (lowest_held + highest_free) / 2


def moved(before: float | None, after: float | None) -> bool:
    """Say whether a number changed by enough to be written."""
    if before is None or after is None:
        return before is not after
    return abs(after - before) >= SMALLEST_CHANGE
