"""Off topic: whether a comment concerns its article or the comment that it answers.

Here lives the judgement over how near the comment stands to the article's title, text and sentences, to
its parent, and to other articles (the background), with the words they share. Which texts are too
short to judge is decided here as well.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.encoder import Encoded
from classifiers.features.lexicon import holds
from classifiers.features.ngrams import Hashes
from classifiers.logit import CalibratedLogit, sigmoid
from classifiers.text.reading import Reading
from classifiers.text.words import hashed

LABEL = "off_topic"
FEATURES = (
    "title",
    "whole",
    "nearest",
    "three_nearest",
    "sentence_nearest",
    "title_margin",
    "nearest_margin",
    "shared_words",
    "shared_rare",
    "parent",
    "parent_margin",
    "has_parent",
    "words_log",
    "link",
    "has_text",
    "title_by_length",
    "average",
    "alone",
)
ENOUGH = 4
"""Content words below which nothing can be said of a text."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Subject:
    """What a comment is compared with: vectors of title (512,), text (512,), sentences (k, 512), word hashes."""

    title: NDArray[np.float32]
    whole: NDArray[np.float32]
    sentences: NDArray[np.float32]
    words: Hashes
    strings: tuple[str, ...]
    has_text: bool


@dataclass(frozen=True)
class Words:
    """The content words of one comment."""

    hashes: Hashes
    link: bool


def content_words(reading: Reading) -> list[Hashes]:
    """The hashes of each text's words of four letters and more, cut to their first six letters (a rough stem)."""
    words = reading.words
    long = (words.end - words.begin) >= 4
    stems = type(words)(words.begin, np.minimum(words.end, words.begin + 6), words.text)
    hashes = hashed(reading.hard, stems)
    count = len(reading.hard.bounds) - 1
    edges = np.searchsorted(words.text[long], np.arange(count + 1))
    kept = hashes[long]
    return [np.unique(kept[a:b]) for a, b in itertools.pairwise(edges)]


@dataclass(frozen=True)
class OffTopic:
    """A calibrated logit over nearness, with a background of other subjects (b, 512) and known words' weights.

    `centers` (3, 512): the mean vector of comments, of titles and of passages. `alone` (513,): a line (and its
    offset) over the comment's own vector, for what is off topic anywhere: advertising, greetings, complaints.
    """

    logit: CalibratedLogit
    background: NDArray[np.float32]
    centers: NDArray[np.float32]
    alone: NDArray[np.float32]
    known: Hashes
    rarity: NDArray[np.float32]

    def table(
        self,
        vectors: NDArray[np.float32],
        encoded: Encoded,
        words: Sequence[Words],
        subjects: Sequence[Subject],
        parents: Sequence[NDArray[np.float32] | None],
    ) -> Floats:
        """The evidence (n, len(FEATURES)) for n comments that each have a subject."""
        rows = np.zeros((len(subjects), len(FEATURES)))
        comment, title, passage = self.centers
        own, part = centered(vectors, comment), centered(encoded.sentence, comment)
        far = _top_mean(own, centered(self.background, title), 10)
        firsts = np.searchsorted(encoded.owner, np.arange(len(subjects) + 1))
        seen: dict[int, Subject] = {}  # a batch often stands under few articles
        for i, subject in enumerate(subjects):
            if id(subject) not in seen:
                seen[id(subject)] = replace(
                    subject,
                    title=centered(subject.title, title),
                    whole=centered(subject.whole, passage if subject.has_text else title),
                    sentences=centered(subject.sentences, passage),
                )
            about = seen[id(subject)]
            above = None if (given := parents[i]) is None else centered(given, comment)
            rows[i] = self._row(own[i], part[firsts[i] : firsts[i + 1]], words[i], about, above, float(far[i]))
        return rows

    def _row(
        self,
        vector: NDArray[np.float32],
        parts: NDArray[np.float32],
        words: Words,
        subject: Subject,
        parent: NDArray[np.float32] | None,
        far: float,
    ) -> Floats:
        title, whole = float((vector * subject.title).sum()), float((vector * subject.whole).sum())
        near = np.sort(subject.sentences @ vector)[::-1]
        cross = float((parts[:24] @ subject.sentences.T).max()) if len(parts) else float(near[0])
        weights = self.weights(words.hashes)
        shared = holds(subject.words, words.hashes)
        total = float(weights.sum())
        answer = float((vector * parent).sum()) if parent is not None else 0.0
        size = float(np.log1p(len(words.hashes)))
        return np.array(
            [
                title,
                whole,
                float(near[0]),
                float(near[:3].mean()),
                cross,
                title - far,
                float(near[0]) - far,
                float(weights[shared].sum()) / total if total else 0.0,
                float(np.minimum(weights[shared].sum(), 12)) / 12,
                answer,
                answer - far if parent is not None else 0.0,
                float(parent is not None),
                size,
                float(words.link),
                float(subject.has_text),
                title * size,
                (title + whole + float(near[0])) / 3,
                float((vector * self.alone[:-1]).sum() + self.alone[-1]),
            ]
        )

    def weights(self, hashes: Hashes) -> NDArray[np.float32]:
        """How telling each word is: its recorded rarity, the highest for unknown words."""
        at = np.minimum(np.searchsorted(self.known, hashes), max(len(self.known) - 1, 0))
        top = np.float32(self.rarity.max(initial=1.0))
        return (
            np.where(self.known[at] == hashes, self.rarity[at], top) if len(self.known) else np.full(len(hashes), top)
        )

    def judge(self, table: Floats) -> Floats:
        """Probabilities (n,) that comments are off topic."""
        return sigmoid(self.logit.logits(table)) if len(table) else np.zeros(0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of this judgement."""
        return {
            **self.logit.arrays("logit_"),
            "background": self.background.astype(np.float16),
            "centers": self.centers,
            "alone": self.alone,
            "known": self.known,
            "rarity": self.rarity.astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The judgement that an artefact holds."""
        return cls(
            CalibratedLogit.from_arrays(arrays, "logit_"),
            arrays["background"].astype(np.float32),
            arrays["centers"],
            arrays["alone"],
            arrays["known"],
            arrays["rarity"].astype(np.float32),
        )


def centered(vectors: NDArray[np.float32], center: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit vectors after what all texts of a kind have in common is taken away (Mu and Viswanath 2018)."""
    moved = vectors - center
    norm = np.sqrt((moved * moved).sum(axis=-1, keepdims=True))
    return np.asarray(moved / np.maximum(norm, np.float32(1e-6)), np.float32)


def _top_mean(vectors: NDArray[np.float32], background: NDArray[np.float32], count: int) -> Floats:
    """The mean of the `count` highest cosines of each vector with the background."""
    if not len(background):
        return np.zeros(len(vectors))
    cosines = np.sort(vectors @ background.T, axis=1)
    return np.asarray(cosines[:, -count:].mean(axis=1), np.float64)
