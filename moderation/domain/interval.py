"""How sure a share is that was measured on a sample: Wilson's interval. Pure."""

from dataclasses import dataclass
from math import sqrt

_DEVIATIONS = 1.959964
"""Standard deviations that hold 95 % of a normal distribution."""


@dataclass(frozen=True)
class Measured:
    """A share found in a sample, and the bounds between which the true one lies in 95 cases of 100."""

    share: float
    low: float
    high: float


def wilson(hits: float, size: float) -> Measured | None:
    """Return the share of hits in a sample with its 95 % interval by Wilson; None for an empty sample.

    Both may be fractions: of a weighted sample `size` is the number of equal ones that are worth as much.
    """
    if not size:
        return None
    share, square = hits / size, _DEVIATIONS**2
    middle = share + square / (2 * size)
    width = _DEVIATIONS * sqrt(share * (1 - share) / size + square / (4 * size**2))
    scale = 1 + square / size
    low, high = (middle - width) / scale, (middle + width) / scale
    return Measured(share, max(min(low, share), 0.0), min(max(high, share), 1.0))  # rounding apart
