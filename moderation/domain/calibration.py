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
MOST_ANSWERS = 2_000
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
    drawn = sorted(error(chance.choices(taken, k=len(taken))) for _ in range(DRAWS))
    exact = sorted(error([_as_scored(answer, chance) for answer in taken]) for _ in range(DRAWS))
    found = error(taken)
    # a sample of the sample has a larger error by about as much as the sample has: the interval is mirrored
    low, high = (max(2 * found - drawn[place], 0.0) for place in (round(0.975 * DRAWS) - 1, round(0.025 * DRAWS)))
    return Calibration(len(taken), found, low, high, exact[round(0.95 * DRAWS) - 1], tuple(bins(taken)))


def error(answers: Sequence[Answer]) -> float:
    """Return the expected calibration error, 0 to 1; 0 without answers."""
    weight, score, true = [0.0] * BINS, [0.0] * BINS, [0.0] * BINS
    for answer in answers:
        place = _place(answer.score)
        weight[place] += answer.weight
        score[place] += answer.weight * answer.score
        true[place] += answer.weight * answer.true
    return sum(abs(t - s) for t, s in zip(true, score, strict=True)) / (sum(weight) or 1.0)


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


def _as_scored(answer: Answer, chance: Random) -> Answer:
    """Return the answer that a model whose score is exactly right would have got."""
    return Answer(answer.score, chance.random() < answer.score, answer.weight)
