"""Goals of a threshold: said in words that an editor uses, solved from what moderators decided. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST_DECISIONS, FEWEST_HELD = 20, 10
"""Fewer decisions, or fewer held comments among them, make no goal: a number found from them would be chance."""


class GoalKind(StrEnum):
    """What is to be reached. The word is what a stored policy holds."""

    CATCH = "catch"  # at least this share of what moderators rejected is held
    HOLD = "hold"  # at most this many comments a day are held
    PRECISION = "precision"  # at least this share of what is held and was decided was rejected


@dataclass(frozen=True)
class Goal:
    """One goal: `value` is a share from 0 to 1, or comments a day for HOLD."""

    kind: GoalKind
    value: float


@dataclass(frozen=True)
class Judged:
    """One comment for one label: its score, and whether a moderator rejected it (None: no moderator decided)."""

    score: float
    rejected: bool | None = None


class Unsolvable(Exception):
    """The goal cannot be solved. `decisions` is how many of the needed ones there are; None: no threshold does it."""

    def __init__(self, decisions: int | None = None) -> None:
        super().__init__("no threshold reaches this goal" if decisions is None else "too few decisions")
        self.decisions = decisions


def solve(goal: Goal, comments: Sequence[Judged], days: float) -> float:
    """Return the threshold that reaches the goal: the highest that catches enough, else the lowest that is allowed.

    Raises Unsolvable when moderators decided too little, or when no threshold up to 1 does it.
    """
    match goal.kind:
        case GoalKind.CATCH:
            return _catching(goal.value, sorted((c.score for c in comments if c.rejected), reverse=True))
        case GoalKind.HOLD:
            return _holding(sorted((c.score for c in comments), reverse=True), goal.value * days)
        case GoalKind.PRECISION:
            return _precise(goal.value, [c for c in comments if c.rejected is not None])


def _catching(share: float, scores: Sequence[float]) -> float:
    """Return the highest threshold at which this share of the scores (falling) is reached."""
    if len(scores) < FEWEST_DECISIONS:
        raise Unsolvable(len(scores))
    needed = max(1, math.ceil(share * len(scores) - _SLACK))
    return _at_most(scores[needed - 1])


def _holding(scores: Sequence[float], most: float) -> float:
    """Return the lowest threshold from which no more than `most` of the scores (falling) lie."""
    if not scores:
        raise Unsolvable(0)
    allowed = math.floor(most + _SLACK)
    if len(scores) <= allowed:
        return 0.0
    steps = round(_at_most(scores[allowed]) * _STEPS) + 1  # the first threshold that this score does not reach
    if steps > _STEPS:
        raise Unsolvable
    return steps / _STEPS


def _precise(share: float, decided: Sequence[Judged]) -> float:
    """Return the lowest threshold at which at least this share of the decided comments held was rejected."""
    if len(decided) < FEWEST_DECISIONS:
        raise Unsolvable(len(decided))
    rising = sorted(decided, key=lambda c: c.score)
    held, rejected = len(rising), sum(bool(c.rejected) for c in rising)
    below = 0
    for threshold in sorted({_at_most(c.score) for c in rising}):
        while rising[below].score < threshold:
            held, rejected = held - 1, rejected - bool(rising[below].rejected)
            below += 1
        if held >= FEWEST_HELD and rejected + _SLACK >= share * held:
            return threshold
    raise Unsolvable


def _at_most(score: float) -> float:
    """Return the highest threshold of four decimals that this score still reaches."""
    steps = math.floor(score * _STEPS) + 1
    return next(lower / _STEPS for lower in (steps, steps - 1, steps - 2) if lower / _STEPS <= score)


_STEPS = 10_000  # thresholds that are found have four decimals
_SLACK = 1e-9  # 0.9 of 10 comments is 9 of them, whatever the sums of floats say
