"""Fitting incivility: the readings, then a calibrated logit over their held-out answers.

Here lives stacking (Wolpert 1992): the stack learns from answers that the readings gave on folds they
had not seen, weighted towards comments judged by our own label guide.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPClassifier

from classifiers import public_sets
from classifiers.embedding.encoder import Encoded
from classifiers.features.wordlists import WordLists
from classifiers.incivility import FEATURES, GramLogit, Incivility, Readings
from classifiers.logit import CalibratedLogit
from classifiers.meaning import Meaning
from classifiers.text.reading import Reading
from classifiers.training.corpus import Corpus
from classifiers.training.reading import BATCH, Progress, part

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Strength:
    """Inverse penalties of the linear parts, the network's size, penalty and epochs, the folds, and weights.

    `own`: how many times a comment of ours counts in the readings; in the stack, `talk_in_stack`: how much
    a public comment of a news site or a talk page counts, `other_in_stack`: one of the other public sets.
    """

    gram: float = 10.0
    line: float = 3.0
    hidden: int = 128
    penalty: float = 0.1
    epochs: int = 12
    stack: float = 0.05
    folds: int = 3
    own: float = 2.0
    talk_in_stack: float = 0.3
    other_in_stack: float = 0.05


def table(readings: Readings, batch: Sequence[Reading], encoded: Encoded, languages: Sequence[str]) -> Floats:
    """The evidence of all texts, batch by batch."""
    rows = []
    for number, reading in enumerate(batch):
        at = number * BATCH
        size = len(reading.hard.bounds) - 1
        rows.append(readings.evidence(reading, part(encoded, at, at + size), list(languages[at : at + size])))
    return np.concatenate(rows)


def fit_readings(
    grams: csr_matrix,
    vectors: NDArray[np.float32],
    label: NDArray[np.int64],
    weight: Floats,
    lists: WordLists,
    strength: Strength,
    seed: int,
) -> Readings:
    """Fit all readings on the same rows."""
    gram = _fit_grams(grams, label, weight, strength)
    line = LogisticRegression(C=strength.line, max_iter=300).fit(
        vectors.astype(np.float64), label, sample_weight=weight
    )
    network = MLPClassifier(
        (strength.hidden,), alpha=strength.penalty, batch_size=256, max_iter=strength.epochs, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a fixed number of epochs is meant
        network.fit(vectors, label, sample_weight=weight / weight.mean())
    return Readings(gram, Meaning.of(line, network), lists)


def _fit_grams(grams: csr_matrix, label: NDArray[np.int64], weight: Floats, strength: Strength) -> GramLogit:
    """The n-gram logit; buckets that no row uses are left out of the fit, which changes nothing but the time."""
    used = np.flatnonzero(grams.getnnz(axis=0))
    few = len(used) < grams.shape[1] // 2
    model = LogisticRegression(C=strength.gram, max_iter=200, tol=1e-5)
    model.fit(grams[:, used] if few else grams, label, sample_weight=weight)
    coef = np.zeros(grams.shape[1], np.float32)
    coef[used if few else slice(None)] = model.coef_[0].astype(np.float16)
    return GramLogit(coef, float(model.intercept_[0]))


def fit(
    corpus: Corpus,
    batch: Sequence[Reading],
    grams: csr_matrix,
    encoded: Encoded,
    lists: WordLists,
    strength: Strength,
    seed: int,
    own: NDArray[np.bool_],
    progress: Progress,
) -> tuple[Incivility, Floats]:
    """The fitted judgement, and its held-out evidence (n, features) for analysis."""
    weight = corpus.weight * np.where(own, strength.own, 1.0)
    groups = np.unique(np.array(corpus.group), return_inverse=True)[1]
    order = np.random.default_rng(seed).permutation(groups.max() + 1)[groups]
    held_out = np.zeros((len(corpus), len(FEATURES)))
    for number, (fit_rows, out_rows) in enumerate(GroupKFold(strength.folds).split(encoded.text, corpus.label, order)):
        progress(f"incivility: fold {number + 1} of {strength.folds}")
        readings = fit_readings(
            grams[fit_rows], encoded.text[fit_rows], corpus.label[fit_rows], weight[fit_rows], lists, strength, seed
        )
        held_out[out_rows] = table(readings, batch, encoded, corpus.language)[out_rows]
    progress("incivility: last fit")
    readings = fit_readings(grams, encoded.text, corpus.label, weight, lists, strength, seed)
    talk = np.isin(corpus.source, public_sets.TALK)
    counts = np.where(own, corpus.weight, np.where(talk, strength.talk_in_stack, strength.other_in_stack))
    stack = CalibratedLogit(C=strength.stack, folds=5, random_state=seed).fit(
        held_out, corpus.label, sample_weight=counts
    )
    return Incivility(readings, stack), held_out
