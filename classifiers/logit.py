"""CalibratedLogit: a standardised, calibrated logistic regression that can be stored as plain arrays.

Here lives the one estimator that the three rooms share; it works on any table of numbers. What the
columns mean is the rooms' affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

Floats = NDArray[np.float64]


def sigmoid(x: NDArray[np.floating]) -> Floats:
    """The logistic function, without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -60, 60))), np.float64)


class CalibratedLogit(ClassifierMixin, BaseEstimator):
    """Logistic regression on standardised columns, with Platt's sigmoid fitted on held-out folds.

    Two classes only. `C`: inverse strength of the L2 penalty. `folds`: how many for the calibration
    (Platt 1999); 0 leaves it out. `random_state`: seed of the folds.
    """

    def __init__(self, C: float = 1.0, folds: int = 5, random_state: int = 0) -> None:
        self.C = C
        self.folds = folds
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn from a table (n, d) and n labels of two classes."""
        values, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, target = np.unique(y, return_inverse=True)
        if len(self.classes_) != 2:
            raise ValueError(
                f"Only binary classification is supported: 2 classes are needed, got {len(self.classes_)} class(es)"
            )
        weight = _check_sample_weight(sample_weight, values)
        self.center_ = np.average(values, axis=0, weights=weight)
        spread = np.sqrt(np.average((values - self.center_) ** 2, axis=0, weights=weight))
        self.scale_ = np.where(spread > 1e-9, spread, 1.0)
        table = (values - self.center_) / self.scale_
        model = LogisticRegression(C=self.C, max_iter=2000)
        self.slope_, self.offset_ = 1.0, 0.0
        if self.folds and np.bincount(target).min() >= self.folds:
            folds = StratifiedKFold(self.folds, shuffle=True, random_state=self.random_state)
            platt = CalibratedClassifierCV(model, method="sigmoid", cv=folds, ensemble=False).fit(
                table, target, sample_weight=weight
            )
            fitted = platt.calibrated_classifiers_[0]
            model, line = fitted.estimator, fitted.calibrators[0]
            self.slope_, self.offset_ = -float(line.a_), -float(line.b_)
        else:
            model.fit(table, target, sample_weight=weight)
        self.coef_ = np.asarray(model.coef_, np.float64)
        self.intercept_ = np.asarray(model.intercept_, np.float64)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """The calibrated logit (n,) of the second class."""
        check_is_fitted(self, "coef_")
        return self.logits(validate_data(self, X, dtype=np.float64, reset=False))

    def logits(self, X: Floats) -> Floats:
        """The same for a table that needs no check."""
        table = (X - self.center_) / self.scale_
        # A sum along the row, not a matrix product: a row's number must not depend on its neighbours.
        raw = (table * self.coef_[0]).sum(axis=1) + self.intercept_[0]
        return np.asarray(self.slope_ * raw + self.offset_, np.float64)

    def predict_proba(self, X: ArrayLike) -> Floats:
        """The probabilities (n, 2)."""
        second = sigmoid(self.decision_function(X))
        return np.stack([1 - second, second], axis=1)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The likelier class of each row."""
        check_is_fitted(self, "coef_")
        return np.asarray(self.classes_[(self.decision_function(X) > 0).astype(np.int64)])

    def arrays(self, prefix: str = "") -> dict[str, NDArray[Any]]:
        """What was learned, for an artefact."""
        check_is_fitted(self, "coef_")
        line = np.array([self.slope_, self.offset_])
        return {
            f"{prefix}center": self.center_,
            f"{prefix}scale": self.scale_,
            f"{prefix}coef": self.coef_,
            f"{prefix}intercept": self.intercept_,
            f"{prefix}line": line,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> Self:
        """The estimator whose `arrays` were stored."""
        model = cls()
        model.center_, model.scale_ = arrays[f"{prefix}center"], arrays[f"{prefix}scale"]
        model.coef_, model.intercept_ = arrays[f"{prefix}coef"], arrays[f"{prefix}intercept"]
        model.slope_, model.offset_ = (float(v) for v in arrays[f"{prefix}line"])
        model.classes_ = np.array([0, 1])
        model.n_features_in_ = len(model.center_)
        return model
