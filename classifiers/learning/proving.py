"""Proving: the questions that a challenger answers on the newsroom's later decisions.

Here lives the rule for promotion, question by question; guards and contradictions have their own rooms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifiers.learning.finding import Finding, rounded
from classifiers.learning.fitting import Fitted, Lesson
from classifiers.learning.measuring import bootstrap, calibration, log_loss, one_auc, unsure
from classifiers.learning.splitting import FEWEST_LATER

USABLE, OF_EACH = 60, 12
"""Decisions about a label below which nothing is learned, and of each truth."""
CONSISTENT = 0.6
"""Cross-validated AUC that the decisions must reach among themselves."""
CALIBRATION = 0.02
"""What log loss may lose, and calibration error from so many rows on: on fewer it is mostly chance."""
CALIBRATED_FROM = 200
REST = 12
"""Later decisions of the others without which nobody can be said to carry the gain."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def examples(truth: Flags, later: Flags) -> Finding:
    """Whether there are enough decisions; `missing`: how many more at least."""
    positive, negative = int(truth.sum()), int((~truth).sum())
    both = bool(truth[later].any() and not truth[later].all())
    missing = max(USABLE - len(truth), OF_EACH - positive, OF_EACH - negative, FEWEST_LATER - int(later.sum()), 0)
    missing = missing or int(not both)
    counts = {"usable": len(truth), "true": positive, "false": negative, "later": int(later.sum()), "missing": missing}
    return Finding("examples", missing == 0, {k: float(v) for k, v in counts.items()})


def consistent(lesson: Lesson, fitted: Fitted) -> Finding:
    """Whether the decisions that teach can be told from each other at all."""
    asked = ~np.isnan(fitted.held_out[: len(lesson)])
    truth = lesson.truth[asked]
    value = one_auc(truth, fitted.held_out[: len(lesson)][asked])
    error = unsure(value, int(truth.sum()), int((~truth).sum()))
    passed = value > CONSISTENT and value - 2 * error > 0.5
    return Finding("consistent", passed, rounded(auc=value, needed=CONSISTENT, error=error))


def gain(truth: Flags, before: Floats, after: Floats, weight: Floats, seed: int) -> Finding:
    """Whether later decisions are met better than by the champion, surely."""
    found = bootstrap(truth, before, after, weight, seed)
    figures = rounded(champion=found.before, challenger=found.after, gain=found.gain, low=found.low, high=found.high)
    return Finding("gain", found.low > 0, {**figures, "rows": float(len(truth))})


def calibrated(truth: Flags, before: Floats, after: Floats, weight: Floats) -> Finding:
    """Whether the challenger promises no worse than the champion."""
    losses = [log_loss(truth, logits, weight) for logits in (before, after)]
    errors = [calibration(truth, logits) for logits in (before, after)]
    passed = losses[1] - losses[0] <= CALIBRATION
    if len(truth) >= CALIBRATED_FROM:
        passed &= errors[1] - errors[0] <= CALIBRATION
    figures = rounded(
        champion_loss=losses[0], challenger_loss=losses[1], champion_error=errors[0], challenger_error=errors[1]
    )
    return Finding("calibration", passed, figures)


def carried(truth: Flags, before: Floats, after: Floats, weight: Floats, who: NDArray[np.int64]) -> Finding:
    """Whether the gain stays when any one moderator's later decisions are left out."""
    worst: tuple[float, int] | None = None
    for moderator in np.unique(who).tolist():
        rest = who != moderator
        if rest.sum() < REST or truth[rest].all() or not truth[rest].any():
            continue
        left = one_auc(truth[rest], after[rest], weight[rest]) - one_auc(truth[rest], before[rest], weight[rest])
        if worst is None or left < worst[0]:
            worst = left, moderator
    if worst is None:
        return Finding("carried", True, {"moderators": float(len(np.unique(who)))})
    figures = rounded(gain_without=worst[0], moderator=str(worst[1]), moderators=float(len(np.unique(who))))
    return Finding("carried", worst[0] > 0, figures)
