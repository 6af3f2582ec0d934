"""Columns: the table that an adaptation is fitted on, and the way back from its coefficients to weights.

Here lives the prior: how freely each feature may move. The text's vector is turned to the directions in which replay
and newsroom differ most; tables are standardised; an n-gram moves the more freely the less the shipped model has seen
it, so that local words are learned and known ones left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from classifiers import incivility, shouting
from classifiers.adaptation import DENSE, NGRAMS, Adaptation
from classifiers.embedding.weights import WIDTH
from classifiers.learning.evidence import Evidence

FREE = 3.0
"""Scale of the shipped logit's column, so that its slope is hardly penalised."""
DIRECTIONS = 128
"""Directions of the text's vector that are kept."""
GRAM, SEEN = 4.0, 5.0
"""Scale of n-gram columns, and how many replay rows with a bucket halve the variance it is given."""
TWICE, RARE = 2, 2500
"""Rows of the newsroom that a bucket must be in: two, and one more for each so many rows."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Columns:
    """`turn` (DENSE[label], k) from dense features to columns; `buckets` (g,) and their `scale` (g,)."""

    label: str
    turn: Floats
    buckets: NDArray[np.int64]
    scale: Floats

    @classmethod
    def of(cls, label: str, taught: Evidence, replay: Evidence) -> Self:
        """The columns for newsroom rows `taught`, held by `replay`; no truth is looked at."""
        none = np.zeros(0, np.int64)
        if label not in NGRAMS:
            return cls(label, _turn(label, taught, replay), none, none.astype(np.float64))
        least = TWICE + len(taught) // RARE
        often = np.bincount(taught.grams.indices, minlength=taught.grams.shape[1])
        buckets = np.flatnonzero(often >= least)
        known = np.bincount(replay.grams.indices, minlength=replay.grams.shape[1])[buckets]
        return cls(label, _turn(label, taught, replay), buckets, GRAM * np.sqrt(SEEN / (SEEN + known)))

    def matrix(self, evidence: Evidence, held: bool = False) -> csr_matrix:
        """The table (n, 1 + k + g): shipped logit, dense columns, n-grams; `held` rows show no shipped logit."""
        base = np.zeros(len(evidence)) if held else evidence.base[self.label] * FREE
        parts = [csr_matrix(base[:, None]), csr_matrix(evidence.dense(self.label) @ self.turn)]
        if len(self.buckets):
            parts.append(evidence.grams[:, self.buckets] @ diags(self.scale))
        return csr_matrix(hstack(parts, format="csr"), dtype=np.float64)

    def adaptation(self, base: str, coefficients: Floats, intercept: float) -> Adaptation:
        """The adaptation that coefficients (1 + k + g,) amount to."""
        width = self.turn.shape[1]
        dense = self.turn @ coefficients[1 : 1 + width]
        weights = (coefficients[1 + width :] * self.scale).astype(np.float32)
        kept = np.flatnonzero(weights)
        return Adaptation(
            self.label,
            base,
            "",
            max(float(coefficients[0]) * FREE, 1e-3),
            intercept,
            dense.astype(np.float32),
            self.buckets[kept].astype(np.uint32),
            weights[kept],
        )


def _turn(label: str, taught: Evidence, replay: Evidence) -> Floats:
    width = DENSE[label] - (0 if label == shouting.LABEL else WIDTH)
    out = []
    if width:
        table = replay.dense(label)[:, :width].astype(np.float64)
        spread = table.std(axis=0)
        # A column that never varies in replay (the site's other articles, say) is left alone.
        out.append(np.diag(np.where(spread > 1e-6, 1 / np.maximum(spread, 1e-6), 0.0) / np.sqrt(width)))
    if label == shouting.LABEL:
        return out[0]
    vectors = np.concatenate([taught.vectors, replay.vectors]).astype(np.float64)
    _, directions = np.linalg.eigh(np.cov(vectors, rowvar=False))
    kept = directions[:, ::-1][:, :DIRECTIONS]
    if label == incivility.LABEL:
        return np.asarray(kept, np.float64)
    corner = np.zeros((width, kept.shape[1]))
    return np.block([[out[0], corner], [np.zeros((WIDTH, width)), kept]])
