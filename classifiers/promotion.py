"""Promotion: whether a challenger may take the champion's place.

Here lives the rule, over the figures of two cards measured on the same rows. Who asks, and what happens
then, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOLERATED = 0.01
"""How much any slice may lose."""
GAINED = 0.0
"""How much more than this the whole must gain."""


@dataclass(frozen=True)
class Verdict:
    """`better` and, in plain English, why or why not."""

    better: bool
    why: tuple[str, ...]


def compare(champion: Mapping[str, Any], challenger: Mapping[str, Any], measure: str = "auc") -> Verdict:
    """Compare two reports of `evaluation.report` on the same rows."""
    why = []
    before, after = champion["all"].get(measure), challenger["all"].get(measure)
    if before is None or after is None:
        return Verdict(False, ("nothing to compare: only one label occurs",))
    if champion["all"]["rows"] != challenger["all"]["rows"]:
        return Verdict(False, ("the two were not measured on the same rows",))
    if after - before <= GAINED:
        why.append(f"{measure} went from {before:.4f} to {after:.4f}")
    for name, figures in champion["slices"].items():
        other = challenger["slices"].get(name, {}).get(measure)
        if figures.get(measure) is not None and other is not None and figures[measure] - other > TOLERATED:
            why.append(f"{name}: {measure} fell from {figures[measure]:.4f} to {other:.4f}")
    return Verdict(not why, tuple(why) or (f"{measure} rose from {before:.4f} to {after:.4f} and no slice fell",))
