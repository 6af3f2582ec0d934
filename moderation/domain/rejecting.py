"""From which score rejecting without a person is right often enough, as moderators' decisions prove it. Pure.

What counts are comments that the policy itself put before a person (flagged, drawn for the audit sample, chosen for
learning): what somebody searched for or a reader reported is no sample. Each speaks for 1 / `sampling` comments like
it. The share that has to be right is compared with the lower bound of Wilson's 95 % interval on the effective number
of decisions (Kish: the squared sum of the weights over the sum of their squares), so that few decisions promise little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.domain.goals import Unsolvable
from moderation.domain.interval import wilson

STEPS = 100
"""A score from which to reject has two decimals: trying fewer numbers leaves less to chance."""
CHECKED = 0.02
"""The least share of what a goal would reject that a person decides all the same, so that the goal stays proven."""


@dataclass(frozen=True)
class Checked:
    """One comment that a person decided: its score, whether they rejected it (for whatever label), its sampling."""

    score: float
    right: bool
    sampling: float = 1.0


@dataclass(frozen=True)
class Promise:
    """What rejecting from a score would have been: right in this share, surely in `low`, as so many decisions say.

    `share` and `low` are None without decisions.
    """

    threshold: float
    decided: int
    share: float | None
    low: float | None


def promise(decided: Sequence[Checked], threshold: float) -> Promise:
    """Return what the decisions say about rejecting from this score on."""
    reached = [(1 / one.sampling, one.right) for one in decided if one.score >= threshold]
    weight = sum(weight for weight, _ in reached)
    if not reached:
        return Promise(threshold, 0, None, None)
    right = sum(weight for weight, was_right in reached if was_right)
    worth = weight**2 / sum(weight**2 for weight, _ in reached)
    measured = wilson(right / weight * worth, worth)
    share, low = (measured.share, measured.low) if measured else (None, None)
    return Promise(threshold, len(reached), share, low)


def solve_rejecting(share: float, decided: Sequence[Checked], least: float = 0.0) -> float:
    """Return the lowest score, from `least` on, from which rejecting is surely right in at least this share.

    Raises Unsolvable with the number of decisions when they are too few to prove the share even if all were right;
    with None when they speak against it.
    """
    lowest = next((step for step in range(STEPS + 1) if step / STEPS >= least), STEPS)
    for step in range(lowest, STEPS + 1):
        found = promise(decided, step / STEPS)
        if found.low is not None and found.low >= share:
            return step / STEPS
    reached = sum(one.score >= lowest / STEPS for one in decided)
    raise Unsolvable(reached if reached < fewest(share) else None)


def fewest(share: float) -> int:
    """Return how many decisions prove a share below 1 when every one of them was right."""
    size = 1
    while (measured := wilson(size, size)) is None or measured.low < share:
        size *= 2
    low, high = size // 2, size
    while high - low > 1:
        middle = (low + high) // 2
        measured = wilson(middle, middle)
        low, high = (low, middle) if measured and measured.low >= share else (middle, high)
    return high
