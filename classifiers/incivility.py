"""Incivility: whether a comment attacks or demeans people.

Here lives the judgement: two linear readings of the text (hashed n-grams; multilingual embedding), each
taken for the whole text and for its harshest sentence, and a calibrated logit over them and over style.
Case is folded away before anything is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.encoder import Encoded
from classifiers.features.ngrams import Grams, grams, sums
from classifiers.features.style import FEATURES as STYLE
from classifiers.features.style import style
from classifiers.logit import CalibratedLogit, sigmoid
from classifiers.text.codepoints import Index
from classifiers.text.reading import Reading

LABEL = "incivility"
LANGUAGES = ("fr", "en")
FEATURES = ("grams", "grams_harshest", "meaning", "meaning_harshest", *STYLE, *LANGUAGES, *(f"grams_{c}" for c in LANGUAGES))

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GramReading:
    """The n-gram logit of each text and each sentence, and what each gram put in (before normalisation)."""

    text: Floats
    sentence: Floats
    found: Grams
    values: Floats


@dataclass(frozen=True)
class GramLogit:
    """A linear model over hashed n-grams: `weight` (2**BITS,), `bias`."""

    weight: NDArray[np.float32]
    bias: float

    def read(self, reading: Reading) -> GramReading:
        """Sum the weights of a batch's grams, by text and by sentence."""
        found = grams(reading)
        raw = self.weight[found.bucket].astype(np.float64)
        text = self._normal(raw, found, reading.hard.bounds)
        cuts = reading.sentences
        edges = np.append(cuts.begin - 1, reading.hard.bounds[-1])
        return GramReading(text, self._normal(raw, found, edges), found, raw)

    def _normal(self, raw: Floats, found: Grams, edges: Index) -> Floats:
        count = np.maximum(sums(np.ones(len(raw)), found.begin, edges), 1)
        return sums(raw, found.begin, edges) / np.sqrt(count) + self.bias


def gram_counts(reading: Reading, found: Grams) -> Floats:
    """The number of grams of each text."""
    return sums(np.ones(len(found)), found.begin, reading.hard.bounds)


def harshest(values: Floats, owner: Index, floor: Floats) -> Floats:
    """The largest of `values` for each owner, at least `floor`."""
    out = floor.copy()
    np.maximum.at(out, owner, values)
    return out


@dataclass(frozen=True)
class Incivility:
    """The two readings and the calibrated logit over them."""

    gram: GramLogit
    meaning: NDArray[np.float64]
    meaning_bias: float
    stack: CalibratedLogit

    def judge(self, reading: Reading, encoded: Encoded, languages: list[str]) -> tuple[Floats, GramReading]:
        """Probabilities (n,) and the n-gram reading that explains them."""
        read = self.gram.read(reading)
        table = evidence(read, reading, encoded, self.meaning, self.meaning_bias, languages)
        return sigmoid(self.stack.decision_function(table)) if len(table) else np.zeros(0), read

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of this judgement."""
        return {
            "gram_weight": self.gram.weight.astype(np.float16),
            "gram_bias": np.array([self.gram.bias]),
            "meaning": self.meaning.astype(np.float32),
            "meaning_bias": np.array([self.meaning_bias]),
            **self.stack.arrays("stack_"),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The judgement that an artefact holds."""
        gram = GramLogit(arrays["gram_weight"].astype(np.float32), float(arrays["gram_bias"][0]))
        stack = CalibratedLogit.from_arrays(arrays, "stack_")
        return cls(gram, arrays["meaning"].astype(np.float64), float(arrays["meaning_bias"][0]), stack)


def evidence(
    read: GramReading, reading: Reading, encoded: Encoded, meaning: Floats, bias: float, languages: list[str]
) -> Floats:
    """The table (n, len(FEATURES)) that the stack judges."""
    text = (encoded.text * meaning).sum(axis=1) + bias
    sentence = (encoded.sentence * meaning).sum(axis=1) + bias
    worst_gram = harshest(read.sentence, reading.sentences.text, read.text)
    worst = harshest(sentence, encoded.owner, text)
    flags = np.array([[code == language for code in LANGUAGES] for language in languages], np.float64).reshape(-1, len(LANGUAGES))
    return np.column_stack([read.text, worst_gram, text, worst, style(reading), flags, flags * read.text[:, None]])
