"""The shared estimator keeps scikit-learn's conventions and its own numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from classifiers.logit import CalibratedLogit


@parametrize_with_checks([CalibratedLogit(), CalibratedLogit(folds=0)])  # type: ignore[untyped-decorator]
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_own_checks_pass(estimator: Any, check: Any) -> None:
    """CalibratedLogit behaves as scikit-learn asks of a classifier."""
    check(estimator)


def test_stored_arrays_give_the_same_probabilities() -> None:
    """What is written to an artefact scores as what was fitted."""
    chance = np.random.default_rng(0)
    table = chance.normal(size=(200, 4))
    label = (table[:, 0] + chance.normal(size=200) > 0).astype(int)
    fitted = CalibratedLogit().fit(table, label)
    again = CalibratedLogit.from_arrays(fitted.arrays("x_"), "x_")
    assert (again.predict_proba(table) == fitted.predict_proba(table)).all()
