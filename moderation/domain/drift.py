"""How far a distribution has moved from what it was: the population stability index, and what chance alone gives. Pure.

The index is that of credit scoring (Siddiqi, Credit Risk Scorecards, 2006): the sum over bins of (p - q) · ln(p / q).
Where nothing has moved it is, for samples of n and m, about (1/n + 1/m) times a chi-square of the bins less one
(Yurdakul, Naranjo, Statistical properties of the population stability index, 2020): small samples move by themselves.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

BINS = 10
"""Bins of scores, of the same width between 0 and 1."""
LEAST_COMMENTS = 100
"""With fewer comments on either side nothing is said."""
MOST_LANGUAGES = 6
"""So many languages have a bin of their own; the rarer ones share one."""
OTHERS = "other"

_SMOOTHING = 0.5  # of a comment in each bin, so that an empty bin is no infinity
_DEVIATIONS = 2.326348  # of a normal distribution, below which 99 % of it lie


@dataclass(frozen=True)
class Drift:
    """How far `now` comments are from `before`: the index, and what it stays below by chance in 99 of 100 cases.

    Both are None where there are too few comments on one side.
    """

    before: int
    now: int
    psi: float | None = None
    by_chance: float | None = None

    @property
    def enough(self) -> bool:
        """Whether there are enough comments for the index to say something."""
        return self.psi is not None


def measure(before: Sequence[int], now: Sequence[int], least: int = LEAST_COMMENTS) -> Drift:
    """Compare counts in the same bins before and now."""
    sizes = sum(before), sum(now)
    if min(sizes) < max(least, 1):
        return Drift(*sizes)
    held = [(old, new) for old, new in zip(before, now, strict=True) if old or new]
    return Drift(*sizes, psi(before, now), _chi_square(len(held) - 1) * (1 / sizes[0] + 1 / sizes[1]))


def psi(before: Sequence[int], now: Sequence[int]) -> float:
    """Return the population stability index of counts in the same bins; bins that are empty on both sides are none."""
    held = [(old + _SMOOTHING, new + _SMOOTHING) for old, new in zip(before, now, strict=True) if old or new]
    sizes = sum(old for old, _ in held), sum(new for _, new in held)
    shares = [(old / sizes[0], new / sizes[1]) for old, new in held]
    return sum((new - old) * log(new / old) for old, new in shares)


def mix(before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Return counts before and now by language, the most frequent first; rare ones are put together, last."""
    both = Counter(dict(before))
    both.update(now)
    named = sorted(both, key=lambda language: (-both[language], language))[:MOST_LANGUAGES]
    found = {language: (before.get(language, 0), now.get(language, 0)) for language in named}
    rest = [language for language in both if language not in found]
    if rest:
        found[OTHERS] = (sum(before.get(one, 0) for one in rest), sum(now.get(one, 0) for one in rest))
    return found


def _chi_square(freedom: int) -> float:
    """Return the value below which 99 % of a chi-square lie, as Wilson and Hilferty (1931) approximate it."""
    if freedom < 1:
        return 0.0
    part = 2 / (9 * freedom)
    return freedom * float(1 - part + _DEVIATIONS * sqrt(part)) ** 3
