"""How far two readers agree beyond chance: Cohen's kappa. Pure."""

from collections.abc import Hashable, Mapping
from math import sqrt
from typing import TypeVar

Answer = TypeVar("Answer", bound=Hashable)

LEAST_PAIRS = 20
"""Below so many texts that two people judged, a figure about their agreement says nothing."""


def agreed(pairs: Mapping[tuple[Answer, Answer], int]) -> float | None:
    """Return the share of pairs of answers that are the same; None without pairs."""
    total = sum(pairs.values())
    return sum(count for (first, second), count in pairs.items() if first == second) / total if total else None


def kappa(pairs: Mapping[tuple[Answer, Answer], int]) -> float | None:
    """Return Cohen's kappa of counted pairs (first reader's answer, second reader's answer).

    1 is full agreement, 0 what chance alone would give, below 0 less than that. None when it is not defined:
    without pairs, or when everybody always gave the same answer.
    """
    observed = agreed(pairs)
    if observed is None:
        return None
    expected = _by_chance(pairs)
    return (observed - expected) / (1 - expected) if expected < 1 else None


def spread(pairs: Mapping[tuple[Answer, Answer], int]) -> float | None:
    """Return the standard error of Cohen's kappa (Cohen 1960); None where kappa is not defined."""
    observed = agreed(pairs)
    if observed is None:
        return None
    expected = _by_chance(pairs)
    return sqrt(observed * (1 - observed) / sum(pairs.values())) / (1 - expected) if expected < 1 else None


def _by_chance(pairs: Mapping[tuple[Answer, Answer], int]) -> float:
    """Return the share of same answers if both readers gave theirs as often as they did, but by lot."""
    answers = {answer for pair in pairs for answer in pair}
    same = sum(_given(pairs, 0, answer) * _given(pairs, 1, answer) for answer in answers)
    return same / sum(pairs.values()) ** 2


def _given(pairs: Mapping[tuple[Answer, Answer], int], place: int, answer: Answer) -> int:
    return sum(count for pair, count in pairs.items() if pair[place] == answer)
