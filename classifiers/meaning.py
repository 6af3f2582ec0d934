"""Meaning: what the multilingual embedding of a text says, by a line and by a small network over it.

Here lives the scoring form of both, as plain arrays; they are scikit-learn's LogisticRegression and
MLPClassifier, fitted in `training`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Meaning:
    """`line` (512,) with `line_bias`; `first` (512, h), `first_bias` (h,), `second` (h,), `second_bias`."""

    line: Vectors
    line_bias: float
    first: Vectors
    first_bias: Vectors
    second: Vectors
    second_bias: float

    def read(self, vectors: Vectors) -> Floats:
        """Two logits (n, 2) for each vector (n, 512): the line's and the network's."""
        hidden = np.maximum(vectors @ self.first + self.first_bias, 0)
        line = (vectors * self.line).sum(axis=1) + self.line_bias
        return np.stack([line, (hidden * self.second).sum(axis=1) + self.second_bias], axis=1).astype(np.float64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of both."""
        return {
            "meaning_line": self.line,
            "meaning_first": self.first.astype(np.float16),
            "meaning_first_bias": self.first_bias,
            "meaning_second": self.second,
            "meaning_bias": np.array([self.line_bias, self.second_bias]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Both, as an artefact holds them."""
        line_bias, second_bias = (float(v) for v in arrays["meaning_bias"])
        return cls(
            arrays["meaning_line"],
            line_bias,
            arrays["meaning_first"].astype(np.float32),
            arrays["meaning_first_bias"],
            arrays["meaning_second"],
            second_bias,
        )

    @classmethod
    def of(cls, line: LogisticRegression, network: MLPClassifier) -> Self:
        """The scoring form of two fitted estimators."""
        first, second = network.coefs_
        return cls(
            line.coef_[0].astype(np.float32),
            float(line.intercept_[0]),
            np.asarray(first, np.float16).astype(np.float32),
            network.intercepts_[0].astype(np.float32),
            second[:, 0].astype(np.float32),
            float(network.intercepts_[1][0]),
        )
