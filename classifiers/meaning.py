"""Meaning: what the multilingual encoder sees in a text, judged by a small network.

Here lives the scoring form, as plain arrays. The network looks at the text's vector, at the mean of its token
features, and at detectors over single tokens, summed and at their strongest: a mean over a long text hides one
harsh phrase, a maximum does not. It is fitted in `training.network`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.encoder import Detectors

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Meaning:
    """`detectors` (k); `first` (1024 + 2k, h), `first_bias` (h,), `second` (h,), `second_bias`."""

    detectors: Detectors
    first: Vectors
    first_bias: Vectors
    second: Vectors
    second_bias: float

    def read(self, vectors: Vectors, inner: Vectors) -> Floats:
        """The logit (n,) of vectors (n, 512) and what lies under them (n, 512 + 2k)."""
        hidden = np.maximum(np.concatenate([vectors, inner], axis=1) @ self.first + self.first_bias, 0)
        return np.asarray((hidden * self.second).sum(axis=1) + self.second_bias, np.float64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of it; the values are those of half precision already."""
        return {
            "meaning_detectors": self.detectors.weight.astype(np.float16),
            "meaning_detectors_bias": self.detectors.bias,
            "meaning_first": self.first.astype(np.float16),
            "meaning_first_bias": self.first_bias,
            "meaning_second": self.second,
            "meaning_second_bias": np.array([self.second_bias]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The network that an artefact holds."""
        return cls(
            Detectors(arrays["meaning_detectors"].astype(np.float32), arrays["meaning_detectors_bias"]),
            arrays["meaning_first"].astype(np.float32),
            arrays["meaning_first_bias"],
            arrays["meaning_second"],
            float(arrays["meaning_second_bias"][0]),
        )
