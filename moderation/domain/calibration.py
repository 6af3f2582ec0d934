"""Whether scores mean what they say: of the comments with score 0.7, do people find seven in ten so? Pure.

Expected calibration error: the mean over bins of |share that people found - mean score|, each bin by its weight
(Naeini et al., AAAI 2015; Guo et al., ICML 2017). It is never 0 on a sample: `by_chance` is what a model whose
scores are exactly right stays below in 95 of 100 cases (consistency resampling, Bröcker and Smith 2007). The 95 %
interval is that of the basic bootstrap (Davison and Hinkley 1997), which takes off what a sample adds to the error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

BINS = 10
LEAST_ANSWERS = 100
"""With fewer answers nothing is said."""
LEAST_OF_A_KIND = 10
"""Nor with fewer answers of yes, or of no."""
MOST_ANSWERS = 1_000
"""Only so many newest answers count: what is asked of is the model of now."""
DRAWS = 200
LARGEST_WEIGHT = 50.0
"""One comment of the audit sample speaks for so many at the most; else a handful would decide."""


@dataclass(frozen=True)
class Answer:
    """What a person said about one comment: its score (0-1), whether the label holds, how many it speaks for."""

    score: float
    true: bool
    weight: float = 1.0


@dataclass(frozen=True)
class Bin:
    """Answers with scores in one tenth: how many, their mean score, and the share that people found true."""

    answers: int
    score: float | None = None
    share: float | None = None


@dataclass(frozen=True)
class Calibration:
    """The error with its 95 % interval and what chance alone gives; None where there are too few answers."""

    answers: int
    ece: float | None = None
    low: float | None = None
    high: float | None = None
    by_chance: float | None = None
    bins: tuple[Bin, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether there are enough answers for the error to say something."""
        return self.ece is not None


def measure(answers: Sequence[Answer], seed: int) -> Calibration:
    """Return how well scores match what people said; the last answers are the newest."""
    taken = answers[-MOST_ANSWERS:]
    yes = sum(answer.true for answer in taken)
    if len(taken) < LEAST_ANSWERS or min(yes, len(taken) - yes) < LEAST_OF_A_KIND:
        return Calibration(len(taken))
    chance = Random(seed)  # noqa: S311 - a sample, no secret
    parts = [_part(answer) for answer in taken]
    drawn = sorted(_error(chance.choices(parts, k=len(parts))) for _ in range(DRAWS))
    exact = sorted(_error(_as_scored(taken, chance)) for _ in range(DRAWS))
    found = error(taken)
    # a sample of the sample has a larger error by about as much as the sample has: the interval is mirrored
    low, high = (max(2 * found - drawn[place], 0.0) for place in (round(0.975 * DRAWS) - 1, round(0.025 * DRAWS)))
    return Calibration(len(taken), found, low, high, exact[round(0.95 * DRAWS) - 1], tuple(bins(taken)))


def error(answers: Sequence[Answer]) -> float:
    """Return the expected calibration error, 0 to 1; 0 without answers."""
    return _error([_part(answer) for answer in answers])


def bins(answers: Sequence[Answer]) -> list[Bin]:
    """Return what is found in each tenth of the scores."""
    found = []
    for place in range(BINS):
        inside = [answer for answer in answers if _place(answer.score) == place]
        whole = sum(answer.weight for answer in inside)
        if not whole:
            found.append(Bin(0))
            continue
        score = sum(answer.weight * answer.score for answer in inside) / whole
        found.append(Bin(len(inside), score, sum(answer.weight * answer.true for answer in inside) / whole))
    return found


def weight_of(sampling: float | None) -> float:
    """Return for how many comments one speaks that a person is shown with this probability; None: it is always shown.

    The inverse of the probability (Horvitz and Thompson, 1952), bounded by LARGEST_WEIGHT.
    """
    return min(1 / sampling, LARGEST_WEIGHT) if sampling else 1.0


def _place(score: float) -> int:
    return min(int(score * BINS), BINS - 1)


def _part(answer: Answer) -> tuple[int, float, float]:
    """Return the tenth, the weight, and by how much the weighed answer exceeds the score."""
    return _place(answer.score), answer.weight, answer.weight * (answer.true - answer.score)


def _error(parts: Sequence[tuple[int, float, float]]) -> float:
    whole, off = 0.0, [0.0] * BINS
    for place, weight, excess in parts:
        whole += weight
        off[place] += excess
    return sum(map(abs, off)) / whole if whole else 0.0


def _as_scored(answers: Sequence[Answer], chance: Random) -> list[tuple[int, float, float]]:
    """Return the answers that a model whose scores are exactly right would have got."""
    return [
        (_place(one.score), one.weight, one.weight * ((chance.random() < one.score) - one.score)) for one in answers
    ]
