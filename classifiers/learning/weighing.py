"""Weighing: how much each decision counts, and whose decisions weigh what.

Here live the rules by which no person and no sitting swings a model: who decides much counts less each time, people
who disagree count little, and a comment that few of its kind were shown speaks for the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.learning.examples import Example

SPEAKS_FOR = 4.0
"""How many others a sampled comment speaks for at most when it teaches."""
PROVES_FOR = 10.0
"""The same when it proves."""
PAUSE = 600.0
"""Seconds without a decision that end a sitting."""
SITTING = 100
"""Decisions of one sitting that count in full; beyond, their weight grows with the logarithm."""
OTHERS = 50
"""Decisions that others must have made before one moderator is weighed against them."""
LEAST = 0.25
"""What is left of a moderator's weight at least."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sitting:
    """Decisions that one moderator made without a pause: numbers of examples in the order of time."""

    moderator: int
    rows: tuple[int, ...]


def sittings(examples: Sequence[Example]) -> list[Sitting]:
    """All of them, by moderator and time."""
    own: dict[int, list[int]] = defaultdict(list)
    for i in sorted(range(len(examples)), key=lambda i: (examples[i].at, examples[i].id)):
        own[examples[i].moderator].append(i)
    out = []
    for moderator, rows in sorted(own.items()):
        begin = 0
        for k in range(1, len(rows) + 1):
            if k == len(rows) or examples[rows[k]].at - examples[rows[k - 1]].at > PAUSE:
                out.append(Sitting(moderator, tuple(rows[begin:k])))
                begin = k
    return out


def teaching(examples: Sequence[Example], agreement: Sequence[float]) -> Floats:
    """The weight (n,) of each example in fitting; `agreement` (n,): share of the people who say the same of it."""
    weight = sampled(examples, SPEAKS_FOR) * np.clip(2 * np.asarray(agreement, np.float64) - 1, 0, 1)
    for sitting in sittings(examples):
        if (size := len(sitting.rows)) > SITTING:
            weight[list(sitting.rows)] *= SITTING * (1 + np.log(size / SITTING)) / size
    who = np.array([example.moderator for example in examples])
    people = np.unique(who)
    own = {int(m): float(weight[who == m].sum()) for m in people}
    for moderator in people.tolist():
        others = sum(own.values()) - own[moderator]
        if len(people) > 2 and (who != moderator).sum() >= OTHERS and own[moderator] > others:
            weight[who == moderator] *= max(others / own[moderator], LEAST)
    return weight


def sampled(examples: Sequence[Example], most: float = PROVES_FOR) -> Floats:
    """One over the probability with which each was shown (n,), at most `most`."""
    shown = np.array([example.sampling for example in examples], np.float64)
    return np.asarray(1 / np.clip(shown, 1 / most, 1), np.float64)


def report(examples: Sequence[Example], weight: Floats) -> dict[str, Any]:
    """Whose examples weigh what: the shares of moderators and of routes, and how many examples each gave."""
    total = max(float(weight.sum()), 1e-9)
    out: dict[str, Any] = {}
    for name, keys in (
        ("moderators", [str(example.moderator) for example in examples]),
        ("routes", [example.route for example in examples]),
    ):
        shares: Mapping[str, float] = {k: float(weight[[key == k for key in keys]].sum()) for k in sorted(set(keys))}
        out[name] = {k: {"examples": keys.count(k), "share": round(v / total, 4)} for k, v in shares.items()}
    return out
