"""Fitting incivility: two linear readings, then a calibrated logit over their held-out answers.

Here lives stacking (Wolpert 1992): the stack learns from answers that the readings gave on folds they
had not seen, weighted towards comments judged by our own label guide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from classifiers.embedding.encoder import Encoded
from classifiers.incivility import GramLogit, Incivility, evidence
from classifiers.logit import CalibratedLogit
from classifiers.text.reading import Reading
from classifiers.training.corpus import Corpus
from classifiers.training.reading import BATCH, Progress, part

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Strength:
    """Inverse penalties of the parts, the folds, and how much a public row counts in the stack."""

    gram: float = 30.0
    meaning: float = 3.0
    stack: float = 0.1
    folds: int = 4
    public_in_stack: float = 0.15


@dataclass(frozen=True)
class Parts:
    """The two readings before the stack."""

    gram: GramLogit
    meaning: Floats
    bias: float

    def table(self, readings: Sequence[Reading], encoded: Encoded, languages: Sequence[str]) -> Floats:
        """The evidence of all texts, batch by batch."""
        rows = []
        for number, reading in enumerate(readings):
            at = number * BATCH
            size = len(reading.hard.bounds) - 1
            rows.append(evidence(self.gram.read(reading), reading, part(encoded, at, at + size), self.meaning, self.bias, list(languages[at : at + size])))
        return np.concatenate(rows)


def fit_parts(table: csr_matrix, vectors: NDArray[np.float32], label: NDArray[np.int64], weight: Floats, strength: Strength) -> Parts:
    """Fit both readings on the same rows."""
    gram = LogisticRegression(C=strength.gram, max_iter=60, tol=1e-3).fit(table, label, sample_weight=weight)
    meaning = LogisticRegression(C=strength.meaning, max_iter=300).fit(vectors.astype(np.float64), label, sample_weight=weight)
    coef = np.asarray(gram.coef_[0], np.float16).astype(np.float32)
    return Parts(GramLogit(coef, float(gram.intercept_[0])), np.asarray(meaning.coef_[0], np.float32).astype(np.float64), float(meaning.intercept_[0]))


def fit(corpus: Corpus, readings: Sequence[Reading], grams: csr_matrix, encoded: Encoded, strength: Strength, seed: int,
        own: NDArray[np.bool_], progress: Progress) -> tuple[Incivility, Floats]:
    """The fitted judgement, and its held-out evidence (n, features) for analysis."""
    held_out = np.zeros(0)
    groups = np.unique(np.array(corpus.group), return_inverse=True)[1]
    order = np.random.default_rng(seed).permutation(groups.max() + 1)[groups]
    folds = GroupKFold(strength.folds)
    for number, (fit_rows, out_rows) in enumerate(folds.split(encoded.text, corpus.label, order)):
        progress(f"incivility: fold {number + 1} of {strength.folds}")
        parts = fit_parts(grams[fit_rows], encoded.text[fit_rows], corpus.label[fit_rows], corpus.weight[fit_rows], strength)
        table = parts.table(readings, encoded, corpus.language)
        if not len(held_out):
            held_out = np.zeros_like(table)
        held_out[out_rows] = table[out_rows]
    progress("incivility: last fit")
    parts = fit_parts(grams, encoded.text, corpus.label, corpus.weight, strength)
    weight = corpus.weight * np.where(own, 1.0, strength.public_in_stack)
    stack = CalibratedLogit(C=strength.stack, folds=5, random_state=seed).fit(held_out, corpus.label, sample_weight=weight)
    return Incivility(parts.gram, parts.meaning, parts.bias, stack), held_out
