"""Measuring for the gate: weighted AUC, its bootstrap, and how sure an AUC is.

Here live numbers only; what is good enough is `proving`'s affair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation import calibration_error
from classifiers.seeing import probability

DRAWS = 1000

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Gain:
    """AUC of two models on the same rows, and the 2.5 % and 97.5 % quantiles of the difference."""

    before: float
    after: float
    low: float
    high: float

    @property
    def gain(self) -> float:
        """After less before."""
        return self.after - self.before


def auc(truth: Flags, logits: Floats, weight: Floats) -> Floats:
    """The weighted AUC (d,) for d draws of weights (d, n); ties count half. nan when a class has no weight."""
    values, place = np.unique(np.nan_to_num(logits, neginf=-1e9), return_inverse=True)
    edges = np.searchsorted(np.sort(place), np.arange(len(values)))
    drawn = weight[:, np.argsort(place, kind="stable")]
    yes = truth[np.argsort(place, kind="stable")]
    up = np.add.reduceat(drawn * yes, edges, axis=1)
    down = np.add.reduceat(drawn * ~yes, edges, axis=1)
    below = np.cumsum(down, axis=1) - down / 2
    total = up.sum(axis=1) * down.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((up * below).sum(axis=1) / total, np.float64)


def one_auc(truth: Flags, logits: Floats, weight: Floats | None = None) -> float:
    """The AUC of one set of rows; 0.5 when only one class occurs."""
    if len(truth) == 0 or truth.all() or not truth.any():
        return 0.5
    return float(auc(truth, logits, (np.ones(len(truth)) if weight is None else weight)[None])[0])


def bootstrap(truth: Flags, before: Floats, after: Floats, weight: Floats, seed: int) -> Gain:
    """The gain in AUC with a paired bootstrap, drawn within each class (Efron and Tibshirani 1993)."""
    chance = np.random.default_rng(seed)
    drawn = np.zeros((DRAWS, len(truth)))
    for side in (truth, ~truth):
        rows = np.flatnonzero(side)
        drawn[:, rows] = chance.multinomial(len(rows), np.full(len(rows), 1 / max(len(rows), 1)), DRAWS)
    some = drawn * weight
    differences = auc(truth, after, some) - auc(truth, before, some)
    low, high = np.quantile(differences, [0.025, 0.975]).tolist()
    return Gain(one_auc(truth, before, weight), one_auc(truth, after, weight), low, high)


def unsure(value: float, positive: int, negative: int) -> float:
    """The standard error of an AUC (Hanley and McNeil 1982)."""
    first, second = value / (2 - value), 2 * value**2 / (1 + value)
    spread = value * (1 - value) + (positive - 1) * (first - value**2) + (negative - 1) * (second - value**2)
    return float(np.sqrt(max(spread, 0.0) / max(positive * negative, 1)))


def log_loss(truth: Flags, logits: Floats, weight: Floats) -> float:
    """The weighted mean log loss; logits are cut at ±30."""
    signs = np.where(truth, 1.0, -1.0)
    loss = np.logaddexp(0, -signs * np.clip(np.nan_to_num(logits, neginf=-30), -30, 30))
    return float(np.average(loss, weights=weight))


def calibration(truth: Flags, logits: Floats) -> float:
    """The expected calibration error."""
    return calibration_error(truth.astype(np.int64), probability(logits))
