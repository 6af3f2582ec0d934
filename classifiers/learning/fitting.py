"""Fitting: from weighed decisions to an adaptation that is held to what the shipped judgement knows.

Here lives the estimation. The residual is a logistic regression (scikit-learn's) on the newsroom's rows and on replay
rows. Each replay row stands twice more, as true and as false, without its shipped logit: its likelihood is then
highest where the residual is nothing, so that what a newsroom teaches stays with what it taught it on. How strong the
prior is comes from cross-validation on the newsroom's rows; noise chooses to change nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from classifiers.adaptation import Adaptation
from classifiers.learning.columns import FREE, Columns
from classifiers.learning.evidence import Evidence
from classifiers.learning.knowledge import Known
from classifiers.learning.measuring import one_auc

STRENGTHS = (0.01, 0.1, 1.0, 10.0)
"""Inverse penalties that are tried; the first changes next to nothing."""
HOLDS = (1.0, 8.0, 64.0, 512.0)
"""Weights of replay rows in holding the residual at nothing, tried in order until none is harmed."""
LABELLED = 0.5
"""Weight of a replay row with its own truth, which holds slope and bias."""
HARMED, FEWEST = 0.01, 100
"""AUC or accuracy that replay rows kept apart may lose, as a guard may, in any language or kind of so many rows."""
FOLDS, TRIED = 4, 6000
"""Folds of the choice, and rows on which it is made at most."""
TOLERANCE, STEPS, QUIET = 1e-4, 5000, 200.0
"""Of the optimiser: its gradient, its steps, and how many times the newsroom's weight all rows may weigh before the
gradient has to be smaller."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lesson:
    """n decided comments: `truth`, `weight` (n,), and `group` (n,), which is never on both sides of a fold."""

    evidence: Evidence
    truth: Flags
    weight: Floats
    group: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.truth)

    def part(self, rows: Index | Flags) -> Self:
        """Some of the rows, by number or mask."""
        return type(self)(self.evidence.part(rows), self.truth[rows], self.weight[rows], self.group[rows])


@dataclass(frozen=True, eq=False)
class Fitted:
    """An adaptation and how it was chosen: `losses` by strength in cross-validation.

    `held_out` (n,): what was said of each row by a model that had not seen it; nan where none was asked.
    """

    adaptation: Adaptation
    strength: float
    hold: float
    losses: tuple[float, ...]
    held_out: Floats


def settled(evidence: Evidence, label: str) -> Flags:
    """Rows that no adaptation moves (n,): not judged, or nothing to judge."""
    return ~np.isfinite(evidence.base[label])


def fit(label: str, lesson: Lesson, known: Known, strength: float, hold: float = HOLDS[0]) -> Adaptation:
    """One adaptation, by a given strength and hold; rows that are settled teach nothing."""
    rows = _Rows(label, lesson, known, np.ones(len(known.truth), np.bool_))
    return rows.adaptation(*rows.fitted(np.flatnonzero(~settled(lesson.evidence, label)), (strength,), hold)[0])


def learned(label: str, lesson: Lesson, known: Known, seed: int) -> Fitted:
    """The adaptation whose strength is chosen by cross-validation, and its hold by rows of replay kept apart."""
    held_out, losses = _cross_validated(label, lesson, known, seed)
    best = int(np.argmin(losses))
    groups, group = np.unique(known.group, return_inverse=True)
    apart = (np.random.default_rng(seed).random(len(groups)) < 0.5)[group]
    rows = _Rows(label, lesson, known, ~apart)
    open_rows = np.flatnonzero(~settled(lesson.evidence, label))
    least = float(lesson.weight.sum()) / (2 * max(len(known.truth), 1))  # many decisions pull harder
    holds = [hold for hold in HOLDS if hold >= least] or [HOLDS[-1]]
    hold = holds[0]
    for hold in holds:
        tried = rows.adaptation(*rows.fitted(open_rows, (STRENGTHS[best],), hold)[0])
        if _harm(label, tried, known, apart) <= HARMED:
            break
    adaptation = fit(label, lesson, known, STRENGTHS[best], hold)
    return Fitted(adaptation, STRENGTHS[best], hold, tuple(losses), held_out[:, best])


def _cross_validated(label: str, lesson: Lesson, known: Known, seed: int) -> tuple[Floats, list[float]]:
    """Logits (n, strengths) of models that had not seen the row's group, and the weighted log loss of each."""
    everything = np.ones(len(known.truth), np.bool_)
    open_rows = np.flatnonzero(~settled(lesson.evidence, label))
    shipped = lesson.evidence.base[label]
    held_out = np.repeat(np.where(settled(lesson.evidence, label), shipped, np.nan)[:, None], len(STRENGTHS), axis=1)
    asked = np.sort(np.random.default_rng(seed).permutation(open_rows)[:TRIED])
    held_out[asked] = shipped[asked, None]
    some = lesson.part(asked)
    rows = _Rows(label, some, known, everything)
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    for learning, asking in folds.split(asked, some.truth, some.group):
        if len(np.unique(some.truth[learning])) < 2:
            continue
        for number, (coefficients, intercept) in enumerate(rows.fitted(learning, STRENGTHS, HOLDS[0])):
            held_out[asked[asking], number] = rows.taught[asking] @ coefficients + intercept
    signs = np.where(some.truth, 1, -1)[:, None]
    loss = np.logaddexp(0, -signs * held_out[asked])
    return held_out, np.average(loss, axis=0, weights=np.maximum(some.weight, 1e-9)).tolist()


def _harm(label: str, adaptation: Adaptation, known: Known, apart: Flags) -> float:
    """What rows of replay that were not fitted on lose, in AUC or accuracy, where they lose most.

    They are looked at all together, by language and by kind, as the guards will be.
    """
    mine = apart & ~settled(known.evidence, label)
    truth = known.truth
    before, after = (known.evidence.logits(label, one) for one in (None, adaptation))
    right, kept = ((logits > 0) == truth for logits in (before, after))
    worst = 0.0
    for kind in (np.zeros(len(truth)), known.evidence.language, np.where(known.who == "", known.family, "")):
        for one in np.unique(kind[mine]):
            rows = mine & (kind == one)
            if rows.sum() >= FEWEST:
                ranked = one_auc(truth[rows], before[rows]) - one_auc(truth[rows], after[rows])
                worst = max(worst, ranked, float(right[rows].mean() - kept[rows].mean()))
    return worst


class _Rows:
    """The table of a lesson with replay under it, cut as asked."""

    def __init__(self, label: str, lesson: Lesson, known: Known, replay: Flags) -> None:
        use = replay & ~settled(known.evidence, label)
        held = known.evidence.part(use)
        self._base = lesson.evidence.versions[label]
        self._columns = Columns.of(label, lesson.evidence, held)
        shown = lesson.evidence.part(~settled(lesson.evidence, label))
        table = self._columns.matrix(shown)
        place = np.full(len(lesson), -1)
        place[~settled(lesson.evidence, label)] = np.arange(len(shown))
        self.taught = csr_matrix(table[np.maximum(place, 0)]) if len(shown) else table
        self._truth, self._weight = lesson.truth, lesson.weight
        self._replay, self._replay_truth = self._columns.matrix(held), known.truth[use]
        self._held = self._columns.matrix(held, held=True)

    def fitted(self, rows: Index, strengths: Sequence[float], hold: float) -> list[tuple[Floats, float]]:
        """Coefficients and intercept for each strength, from some rows of the lesson and all of replay."""
        count = len(self._replay_truth)
        table = vstack([self.taught[rows], self._replay, self._held, self._held], format="csr")
        truth = np.concatenate([self._truth[rows], self._replay_truth, np.ones(count), np.zeros(count)]) > 0
        parts = itertools.chain([self._weight[rows]], ([w] * count for w in (LABELLED, hold / 2, hold / 2)))
        weight = np.concatenate([np.asarray(part, np.float64) for part in parts])
        # scikit-learn divides the loss by the sum of weights: what the newsroom asks for must not vanish in it
        tolerance = TOLERANCE * min(1.0, float(self._weight[rows].sum()) / float(weight.sum()) * QUIET)
        model = LogisticRegression(max_iter=STEPS, tol=tolerance, warm_start=True)
        model.coef_, model.intercept_ = np.zeros((1, table.shape[1])), np.zeros(1)
        model.coef_[0, 0] = 1 / FREE  # begin at the shipped judgement
        out = []
        for strength in strengths:
            model.set_params(C=strength).fit(table, truth, sample_weight=weight)
            out.append((model.coef_[0].copy(), float(model.intercept_[0])))
        return out

    def adaptation(self, coefficients: Floats, intercept: float) -> Adaptation:
        """The adaptation that they amount to."""
        return self._columns.adaptation(self._base, coefficients, intercept)
