"""Contradicting: whether one moderator, or one sitting, says the opposite of what the others teach.

Here lives the test against poisoning: a model is fitted without each moderator, and asked how well it ranks their
decisions and those of the others that it has not seen. Honest differences stay near; opposite and random answers fall
far below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.learning.fitting import TRIED, Fitted, Lesson, fit
from classifiers.learning.knowledge import Known
from classifiers.learning.measuring import one_auc, unsure

FEWEST = 20
"""Decisions that a moderator or a sitting needs to be asked."""
OTHERS, OF_EACH = 40, 8
"""Decisions that the others need, and of each truth."""
FAR = 0.1
"""How far below the others' AUC the own one must surely be."""
PEOPLE, SITTINGS = (0.6, 2.0), (0.5, 3.0)
"""AUC that a moderator, or a sitting, must be below, and by how many standard errors: there are many sittings."""
MOST = 12
"""Moderators that are asked, those with most decisions first."""
STRONG = 1.0
"""The strength that the model without them has at least: poison weakens the one that was chosen."""

Flags = NDArray[np.bool_]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Contradiction:
    """Decisions of one moderator beside those of the others: AUC of a model that saw neither; `sitting` or all."""

    moderator: int
    sitting: bool
    rows: int
    own: float
    others: float
    sure: bool


def contradictions(
    label: str,
    lesson: Lesson,
    later: Flags,
    who: Index,
    sittings: Sequence[Index],
    known: Known,
    fitted: Fitted,
    seed: int,
    progress: Callable[[str], None] = lambda line: None,
) -> list[Contradiction]:
    """What was asked of each moderator of a lesson's rows: `later` (n,) rows only prove; `who` (n,).

    `sittings`: row numbers of each. The worst comes first.
    """
    people, counts = np.unique(who, return_counts=True)
    asked = [int(people[i]) for i in np.argsort(-counts, kind="stable")[:MOST] if counts[i] >= FEWEST]
    chance = np.random.default_rng(seed)
    out: list[Contradiction] = []
    for moderator in asked if len(people) > 1 else ():
        others = who != moderator
        apart = others & (later | (chance.random(len(who)) < 1 / 3))
        learning = np.flatnonzero(others & ~apart)
        learning = np.sort(chance.permutation(learning)[:TRIED])
        if not (_enough(lesson.truth[learning]) and _enough(lesson.truth[apart])):
            continue
        progress(f"without moderator {moderator}")
        model = fit(label, lesson.part(learning), known, max(fitted.strength, STRONG), fitted.hold)
        logits = lesson.evidence.logits(label, model)
        mine = np.flatnonzero(~others)
        units = [(False, mine), (False, mine[later[mine]]), *((True, rows) for rows in sittings if _of(rows, mine))]
        for sitting, rows in units:
            if len(rows) >= FEWEST:
                out.append(_asked(moderator, sitting, rows, np.flatnonzero(apart), lesson.truth, logits))
    return sorted(out, key=lambda one: (not one.sure, one.own - one.others))


def figures(found: Contradiction) -> Mapping[str, float | str]:
    """The figures of a finding about it."""
    return {
        "moderator": str(found.moderator),
        "rows": float(found.rows),
        "auc": round(found.own, 4),
        "others": round(found.others, 4),
    }


def _asked(
    moderator: int, sitting: bool, rows: Index, apart: Index, truth: Flags, logits: NDArray[np.float64]
) -> Contradiction:
    others = one_auc(truth[apart], logits[apart])
    lacking = [value for value in (True, False) if (truth[rows] == value).sum() < 5]
    used = np.concatenate([rows, *(apart[truth[apart] == value] for value in lacking[:1])])  # who only ever says yes
    own = one_auc(truth[used], logits[used])
    error = unsure(own, int(truth[used].sum()), int((~truth[used]).sum()))
    below, errors = SITTINGS if sitting else PEOPLE
    sure = len(lacking) < 2 and own < below and own + errors * error < others - FAR
    return Contradiction(moderator, sitting, len(rows), own, others, sure)


def _enough(truth: Flags) -> bool:
    return len(truth) >= OTHERS and OF_EACH <= truth.sum() <= len(truth) - OF_EACH


def _of(rows: Index, mine: Index) -> bool:
    return len(rows) > 0 and bool(np.isin(rows[0], mine))
