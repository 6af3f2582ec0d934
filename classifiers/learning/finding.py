"""Findings: one question put to a challenger, with its answer.

Here live the value and its words; the questions are asked in `proving` and `contradicting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CODES = ("examples", "consistent", "gain", "calibration", "carried", "guards", "contradiction", "burst")
"""Enough examples; they can be told from each other; later decisions are met better; no worse calibrated; no
moderator alone carries the gain; no guard lost; no moderator, and no sitting, contradicts the others."""


@dataclass(frozen=True)
class Finding:
    """One of `CODES`, whether it passed, and the figures behind it."""

    code: str
    passed: bool
    figures: Mapping[str, float | str]


def rounded(**figures: float | str) -> dict[str, float | str]:
    """Figures as they stand in a card: four places."""
    return {k: round(float(v), 4) if isinstance(v, float) else v for k, v in figures.items()}
