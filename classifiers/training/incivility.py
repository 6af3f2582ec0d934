"""Fitting incivility: the readings, then a calibrated logit over their held-out answers.

Here lives stacking (Wolpert 1992): the stack learns from answers that the readings gave on folds they
had not seen, weighted towards comments judged by our own label guide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from classifiers import public_sets
from classifiers.embedding.encoder import FEATURES as ENCODED
from classifiers.embedding.encoder import Detectors, Encoded, Encoder
from classifiers.features.wordlists import WordLists
from classifiers.incivility import FEATURES, LANGUAGES, GramLogit, Incivility, Readings
from classifiers.logit import CalibratedLogit
from classifiers.text.reading import Reading
from classifiers.training import network
from classifiers.training.corpus import Corpus
from classifiers.training.reading import BATCH, Progress, part
from classifiers.training.tokens import KeptTokens

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Strength:
    """Inverse penalties of the linear parts, the network's recipe, the folds, and weights.

    `members_in_folds`: how many networks answer for a fold; the last fit has all.
    `own`, `own_in_grams`: how many times a comment of ours counts in the network and in the n-grams; in the stack,
    `talk_in_stack`: how much a public comment of a news site or a talk page counts, `other_in_stack`: one of the
    other public sets; in the calibration of each language, `talk_in_lines`.
    """

    gram: float = 10.0
    network: network.Recipe = field(default_factory=network.Recipe)
    stack: float = 0.05
    folds: int = 3
    members_in_folds: int = 2
    own: float = 0.5
    own_in_grams: float = 0.5
    talk_in_stack: float = 4.0
    other_in_stack: float = 0.4
    talk_in_lines: float = 0.03


@dataclass(frozen=True)
class Material:
    """What the readings learn from: the texts' readings, their n-grams (n, buckets) and tokens, and word lists.

    `own` (n,): which texts our label guide ruled; `more`, `more_grams`: comments that teach the n-grams only.
    """

    corpus: Corpus
    own: NDArray[np.bool_]
    batch: Sequence[Reading]
    grams: csr_matrix
    more: Corpus
    more_grams: csr_matrix
    tokens: KeptTokens
    lists: WordLists
    encoder: Encoder

    def encoded(self, detectors: Detectors | None) -> Encoded:
        """The vectors of all texts, with what these detectors find."""
        self.encoder.detectors = detectors
        return self.tokens.pooled(self.encoder)


def table(readings: Readings, batch: Sequence[Reading], encoded: Encoded, languages: Sequence[str]) -> Floats:
    """The evidence of all texts, batch by batch."""
    rows = []
    for number, reading in enumerate(batch):
        at = number * BATCH
        size = len(reading.hard.bounds) - 1
        rows.append(readings.evidence(reading, part(encoded, at, at + size), list(languages[at : at + size])))
    return np.concatenate(rows)


def fit_readings(
    material: Material,
    plain: NDArray[np.float32],
    rows: NDArray[np.int64],
    strength: Strength,
    seed: int,
    progress: Progress,
) -> Readings:
    """Fit all readings on the same rows; `plain` (n, 1024) is each text's vector and mean token features."""
    corpus, more = material.corpus, material.more
    label = corpus.label
    in_grams, in_network = (
        corpus.weight * np.where(material.own, times, 1.0) for times in (strength.own_in_grams, strength.own)
    )
    gram = _fit_grams(
        csr_matrix(vstack([material.grams[rows], material.more_grams])),
        np.append(label[rows], more.label),
        np.append(in_grams[rows], more.weight),
        strength,
    )
    head = np.where(material.own, 0, np.where(np.isin(corpus.source, public_sets.TALK), 1, 2))
    deep = network.fit(material.tokens, plain, rows, label, in_network, head, strength.network, seed, progress)
    return Readings(gram, deep, material.lists)


def _fit_grams(grams: csr_matrix, label: NDArray[np.int64], weight: Floats, strength: Strength) -> GramLogit:
    """The n-gram logit; buckets that no row uses are left out of the fit, which changes nothing but the time."""
    used = np.flatnonzero(grams.getnnz(axis=0))
    few = len(used) < grams.shape[1] // 2
    model = LogisticRegression(C=strength.gram, max_iter=200, tol=1e-5)
    model.fit(grams[:, used] if few else grams, label, sample_weight=weight)
    coef = np.zeros(grams.shape[1], np.float32)
    coef[used if few else slice(None)] = model.coef_[0].astype(np.float16)
    return GramLogit(coef, float(model.intercept_[0]))


def fit(material: Material, strength: Strength, seed: int, progress: Progress) -> tuple[Incivility, Floats]:
    """The fitted judgement, and its held-out evidence (n, features) for analysis."""
    corpus, own = material.corpus, material.own
    plain = _plain(material)
    groups = np.unique(np.array(corpus.group), return_inverse=True)[1]
    order = np.random.default_rng(seed).permutation(groups.max() + 1)[groups]
    small = replace(strength, network=replace(strength.network, members=strength.members_in_folds))
    held_out = np.zeros((len(corpus), len(FEATURES)))
    for number, (fit_rows, out_rows) in enumerate(GroupKFold(strength.folds).split(plain, corpus.label, order)):
        progress(f"incivility: fold {number + 1} of {strength.folds}")
        readings = fit_readings(material, plain, fit_rows, small, seed, progress)
        found = material.encoded(readings.meaning.detectors)
        held_out[out_rows] = table(readings, material.batch, found, corpus.language)[out_rows]
    progress("incivility: last fit")
    readings = fit_readings(material, plain, np.arange(len(corpus)), strength, seed, progress)
    talk = np.isin(corpus.source, public_sets.TALK)
    counts = np.where(own, corpus.weight, np.where(talk, strength.talk_in_stack, strength.other_in_stack))
    stack = CalibratedLogit(C=strength.stack, folds=5, random_state=seed).fit(
        held_out, corpus.label, sample_weight=counts
    )
    lines = _lines(
        stack.logits(held_out), corpus, np.where(own, corpus.weight, np.where(talk, strength.talk_in_lines, 0.0))
    )
    return Incivility(readings, stack, lines), held_out


def _lines(logits: Floats, corpus: Corpus, weight: Floats) -> Floats:
    """Platt's line for the comments of each language, then for all, on held-out logits."""
    spoken = np.array(corpus.language)
    lines = np.tile([1.0, 0.0], (len(LANGUAGES) + 1, 1))
    for number, rows in enumerate([*(spoken == code for code in LANGUAGES), np.ones(len(corpus), np.bool_)]):
        counted = rows & (weight > 0)
        if len(np.unique(corpus.label[counted])) == 2:
            line = LogisticRegression(C=1e3).fit(
                logits[counted, None], corpus.label[counted], sample_weight=weight[counted]
            )
            lines[number] = line.coef_[0, 0], line.intercept_[0]
    return lines


def _plain(material: Material) -> NDArray[np.float32]:
    """Each text's vector and the mean of its token features (n, 1024)."""
    found = material.encoded(Detectors(np.zeros((ENCODED, 0), np.float32), np.zeros(0, np.float32)))
    return np.concatenate([found.text, found.inner.text], axis=1) if found.inner else found.text
