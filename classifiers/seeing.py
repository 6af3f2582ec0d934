"""Seeing: one round of comments as the three judgements see it, before and after adaptation.

Here live the shipped logits with the features that an adaptation is a line over, and the grouping of a round's rows
by adaptation. What is said to a person about them is the scorer's affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers import incivility, off_topic, shouting
from classifiers.adaptation import DENSE, Adaptation
from classifiers.artifact import ArtifactError
from classifiers.embedding.encoder import Encoded
from classifiers.features.ngrams import sums, weigh
from classifiers.logit import sigmoid
from classifiers.subjects import Compared, Context
from classifiers.text.reading import Reading, read

LABELS = (shouting.LABEL, off_topic.LABEL, incivility.LABEL)

Floats = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Seen:
    """n comments, read and encoded; `base`: the shipped logits (n,) by label.

    A logit is nan where a label is not judged, and -inf where nothing can move it (no word is shouted).
    """

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    contexts: tuple[Context, ...]
    reading: Reading
    encoded: Encoded
    loud: shouting.Judged
    topics: Compared
    base: Mapping[str, Floats]

    def dense(self, label: str, rows: Index) -> NDArray[np.float32]:
        """The features (r, DENSE[label]) of some rows; zeros where there is no evidence."""
        out = np.zeros((len(rows), DENSE[label]), np.float32)
        if label == shouting.LABEL:
            _put(out, rows, list(self.loud.row), self.loud.evidence.table)
            return out
        vectors = self.encoded.text[rows]
        out[:, DENSE[label] - vectors.shape[1] :] = vectors
        if label == off_topic.LABEL:
            _put(out, rows, self.topics.known, self.topics.table)
        return out

    def adapted(self, adaptation: Adaptation, rows: Index) -> Floats:
        """The logits (r,) that an adaptation makes of some rows."""
        label = adaptation.label
        return adaptation.logits(
            self.base[label][rows], self.dense(label, rows), self._grams(adaptation, rows) if adaptation.grams else 0.0
        )

    def logits(self, each: Sequence[Sequence[Adaptation]]) -> dict[str, Floats]:
        """The logits (n,) by label, each row by the adaptations that stand at its place; without one, as shipped."""
        out = dict(self.base)
        for adaptation, rows in grouped(each):
            if out[adaptation.label] is self.base[adaptation.label]:
                out[adaptation.label] = self.base[adaptation.label].copy()
            out[adaptation.label][rows] = self.adapted(adaptation, rows)
        return out

    def shadows(self, each: Sequence[Sequence[Adaptation]]) -> list[dict[str, float]]:
        """For each row, what adaptations that only watch say of it, by their versions."""
        out: list[dict[str, float]] = [{} for _ in self.texts]
        for adaptation, rows in grouped(each):
            logits = self.adapted(adaptation, rows)
            for i, score in zip(rows[judged := ~np.isnan(logits)], probability(logits[judged]), strict=True):
                out[i][adaptation.version] = round(float(score), 6)
        return out

    def _grams(self, adaptation: Adaptation, rows: Index) -> Floats:
        whole = len(rows) == len(self.texts)
        reading = self.reading if whole else read([self.texts[i] for i in rows.tolist()])
        values, counts = weigh(reading, adaptation.table())
        edges = reading.hard.bounds[:-1]
        return np.asarray(sums(values, edges) / np.sqrt(np.maximum(sums(counts, edges), 1)), np.float64)


def probability(logits: Floats) -> Floats:
    """The scores (n,) of logits, of which none is nan; what is settled (-inf) is 0."""
    return np.where(np.isfinite(logits), sigmoid(logits), 0.0)


def grouped(each: Sequence[Sequence[Adaptation]]) -> list[tuple[Adaptation, Index]]:
    """The adaptations of a batch, each once, with the rows that it judges."""
    found: dict[int, tuple[Adaptation, list[int]]] = {}
    for i, adaptations in enumerate(each):
        for adaptation in adaptations:
            found.setdefault(id(adaptation), (adaptation, []))[1].append(i)
    return [(adaptation, np.array(rows, np.int64)) for adaptation, rows in found.values()]


def check(each: Sequence[Sequence[Adaptation]], versions: Mapping[str, str]) -> None:
    """Raise `ArtifactError` for an adaptation that stands on another artefact than those at hand."""
    for adaptation, _ in grouped(each):
        if adaptation.base != versions.get(adaptation.label):
            name = adaptation.version or "an adaptation"
            raise ArtifactError(f"{name} stands on {adaptation.base}, not on the shipped {adaptation.label}")


def _put(out: NDArray[np.float32], rows: Index, known: Sequence[int], table: Floats) -> None:
    """Write the table (k, d) of the `known` numbers into the first columns of the rows that stand for them."""
    if not len(known):
        return
    place = np.full(max(int(rows.max(initial=0)), *known) + 1, -1)
    place[np.array(known)] = np.arange(len(known))
    at = place[rows]
    out[at >= 0, : table.shape[1]] = table[at[at >= 0]]
