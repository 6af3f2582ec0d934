"""Guarding: what a challenger may not lose, slice by slice of the guard sets.

Here lives the comparison with the shipped judgement, never with the last champion: small losses must not add up.
Functional tests rule by language, as the mean over their families; a family alone is shown in the card but has too few
frames to rule on: one frame said of many groups is one answer, not many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classifiers.adaptation import Adaptation
from classifiers.learning.knowledge import Known
from classifiers.learning.measuring import one_auc

TOLERATED = 0.01
"""What a guard may lose."""
ENOUGH = 100
"""Rows that a slice needs, so that one of them is not more than is tolerated."""
FEW = 10
"""Calm sentences that a group needs to stand in the spread."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Guard:
    """One figure of one slice, as shipped and with a challenger; `change` below zero is a loss."""

    name: str
    rows: int
    shipped: float
    challenger: float
    change: float
    rules: bool = True

    @property
    def held(self) -> bool:
        """Whether no more is lost than is tolerated."""
        return not self.rules or self.change >= -TOLERATED - 1e-9


def guards(label: str, adaptation: Adaptation, known: Known) -> list[Guard]:
    """All guards of a label, in order."""
    judged = ~np.isnan(known.evidence.base[label])
    before, after = (known.evidence.logits(label, one) for one in (None, adaptation))
    truth, calm = known.truth, (known.who != "") & ~known.truth
    out: list[Guard] = []
    for name, mask in _slices(known).items():
        rows = mask & judged
        if rows.sum() >= ENOUGH:
            out.append(_accuracy(name, truth, before, after, rows))
            if truth[rows].any() and not truth[rows].all():
                first, second = one_auc(truth[rows], before[rows]), one_auc(truth[rows], after[rows])
                out.append(Guard(f"{name}: auc", int(rows.sum()), first, second, second - first))
    if calm.sum() >= ENOUGH:
        first, second = (spread(known.who[calm], logits[calm] <= 0) for logits in (before, after))
        out.append(Guard("calm identity sentences: spread", int(calm.sum()), first, second, first - second))
    families = {name: (known.family == name) & judged for name in sorted(set(known.family[known.who != ""].tolist()))}
    each = {name: _accuracy(f"family {name}", truth, before, after, rows) for name, rows in families.items()}
    for language in sorted({name.split()[0] for name in each}):
        some = [one for name, one in each.items() if name.split()[0] == language]
        first, second = (
            float(np.mean(values)) for values in zip(*((g.shipped, g.challenger) for g in some), strict=True)
        )
        count = sum(one.rows for one in some)
        out.append(Guard(f"functional tests {language}: accuracy", count, first, second, second - first))
    return out + [replace(one, rules=False) for one in each.values()]


def spread(who: NDArray[np.str_], right: Flags) -> float:
    """The standard deviation over groups of people of the accuracy on sentences about each."""
    groups = [right[who == name] for name in sorted(set(who.tolist()))]
    return float(np.std([one.mean() for one in groups if len(one) >= FEW] or [0.0]))


def _slices(known: Known) -> dict[str, Flags]:
    language, truth = known.evidence.language, known.truth
    out: dict[str, Flags] = {"all": np.ones(len(truth), np.bool_)}
    codes = sorted(set(language.tolist()))
    out |= {f"language {code}": language == code for code in codes}
    named = known.who != ""
    out["calm identity sentences"] = named & ~truth
    out |= {f"pairs {kind}": known.family == kind for kind in sorted(set(known.family[~named].tolist()) - {""})}
    return out


def _accuracy(name: str, truth: Flags, before: Floats, after: Floats, rows: Flags) -> Guard:
    first, second = (float(((logits > 0) == truth)[rows].mean()) for logits in (before, after))
    return Guard(f"{name}: accuracy", int(rows.sum()), first, second, second - first)
