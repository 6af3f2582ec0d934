"""The numbers of the gate are those of scikit-learn, and chance is not taken for a gain."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss as sklearn_log_loss
from sklearn.metrics import roc_auc_score

from classifiers.learning.measuring import auc, bootstrap, log_loss, one_auc, unsure
from classifiers.logit import sigmoid


def test_weighted_auc_and_log_loss_are_scikit_learns() -> None:
    """With weights, ties and settled rows the numbers agree."""
    chance = np.random.default_rng(1)
    truth = chance.random(300) < 0.3
    logits = np.round(chance.normal(size=300) + truth, 1)
    weight = chance.random(300) * 5
    drawn = auc(truth, logits, np.stack([weight, np.ones(300)]))
    assert drawn[0] == pytest.approx(roc_auc_score(truth, logits, sample_weight=weight))
    assert drawn[1] == pytest.approx(roc_auc_score(truth, logits))
    expected = sklearn_log_loss(truth, sigmoid(logits), sample_weight=weight)
    assert log_loss(truth, logits, weight) == pytest.approx(expected)
    logits[:10] = -np.inf
    assert one_auc(truth, logits) == pytest.approx(roc_auc_score(truth, np.maximum(logits, -99)))


def test_a_real_gain_is_sure_and_none_is_not() -> None:
    """Scores that see more are surely better on 200 rows; the same scores with other noise are not."""
    chance = np.random.default_rng(2)
    truth = chance.random(200) < 0.4
    weak, strong, other = (truth * k + chance.normal(size=200) for k in (0.5, 2.5, 0.5))
    assert bootstrap(truth, weak, strong, np.ones(200), 1).low > 0
    found = bootstrap(truth, weak, other, np.ones(200), 1)
    assert found.low < 0 < found.high or found.high < 0
    assert bootstrap(truth, weak, weak, np.ones(200), 1).low == 0.0


def test_the_standard_error_is_that_of_repeated_draws() -> None:
    """Hanley and McNeil's formula is near the spread over a thousand samples."""
    chance = np.random.default_rng(3)
    truth = np.arange(60) < 20
    values = [one_auc(truth, truth * 1.2 + chance.normal(size=60)) for _ in range(1000)]
    assert unsure(float(np.mean(values)), 20, 40) == pytest.approx(float(np.std(values)), rel=0.15)
