"""Incivility: whether a comment attacks or demeans people.

Here lives the judgement: two linear readings of the text (hashed n-grams; multilingual embedding), each
taken for the whole text and for its harshest sentence, word lists, and a calibrated logit over all that and style.
Case is folded away before anything is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.encoder import Encoded
from classifiers.features.ngrams import Grams, grams, sums, weigh
from classifiers.features.style import FEATURES as STYLE
from classifiers.features.style import style
from classifiers.features.wordlists import NAMES, WordLists
from classifiers.logit import CalibratedLogit, sigmoid
from classifiers.meaning import Meaning
from classifiers.text.codepoints import Index
from classifiers.text.reading import Reading

LABEL = "incivility"
LANGUAGES = ("fr", "en")
FEATURES = (
    "grams",
    "grams_harshest",
    "line",
    "network",
    "line_harshest",
    "network_harshest",
    *STYLE,
    *NAMES,
    *LANGUAGES,
    *(f"{part}_{code}" for part in ("grams", "network") for code in LANGUAGES),
)

REACH = 5.0
"""How far one reading can go."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GramReading:
    """The n-gram logit of each text (n,) and of each sentence (m,)."""

    text: Floats
    sentence: Floats


@dataclass(frozen=True)
class GramLogit:
    """A linear model over hashed n-grams: `weight` (2**BITS,), `bias`."""

    weight: NDArray[np.float32]
    bias: float

    def read(self, reading: Reading) -> GramReading:
        """Sum the weights of a batch's grams, by text and by sentence."""
        values, counts = weigh(reading, self.weight)
        edges = (reading.hard.bounds[:-1], reading.sentences.begin - 1)
        text, sentence = (sums(values, at) / np.sqrt(np.maximum(sums(counts, at), 1)) + self.bias for at in edges)
        return GramReading(text, sentence)

    def parts(self, reading: Reading) -> tuple[Grams, Floats]:
        """The grams of a batch and what each adds to the logit of its text; with `bias`, they sum to it."""
        found = grams(reading)
        text = reading.hard.text_of(found.begin.astype(np.int64))
        count = np.bincount(text, minlength=len(reading.hard.bounds) - 1)
        return found, self.weight[found.bucket].astype(np.float64) / np.sqrt(np.maximum(count, 1))[text]


def harshest(values: Floats, owner: Index, floor: Floats) -> Floats:
    """The largest of `values` for each owner, at least `floor`."""
    out = floor.copy()
    np.maximum.at(out, owner, values)
    return out


def squashed(logits: Floats) -> Floats:
    """Logits kept within `REACH`, so that a calm page cannot outweigh any one sentence."""
    return REACH * np.tanh(logits / REACH)


@dataclass(frozen=True)
class Readings:
    """What looks at the text before the stack: n-grams, meaning, word lists."""

    gram: GramLogit
    meaning: Meaning
    lists: WordLists

    def evidence(self, reading: Reading, encoded: Encoded, languages: list[str]) -> Floats:
        """The table (n, len(FEATURES)) that the stack judges."""
        read = self.gram.read(reading)
        text, sentence = self.meaning.read(encoded.text), self.meaning.read(encoded.sentence)
        worst_gram = harshest(read.sentence, reading.sentences.text, read.text)
        worst = np.stack([harshest(sentence[:, k], encoded.owner, text[:, k]) for k in range(2)], axis=1)
        flags = np.array([[code == language for code in LANGUAGES] for language in languages], np.float64).reshape(
            -1, len(LANGUAGES)
        )
        lists = self.lists.counts(reading, languages)
        each = [flags * squashed(column)[:, None] for column in (read.text, text[:, 1])]
        readings = np.column_stack([read.text, worst_gram, text, worst])
        return np.column_stack([squashed(readings), style(reading), lists, flags, *each])


@dataclass(frozen=True)
class Incivility:
    """The readings and the calibrated logit over them."""

    readings: Readings
    stack: CalibratedLogit

    def judge(self, reading: Reading, encoded: Encoded, languages: list[str]) -> Floats:
        """Probabilities (n,)."""
        table = self.readings.evidence(reading, encoded, languages)
        return sigmoid(self.stack.logits(table)) if len(table) else np.zeros(0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of this judgement."""
        parts = self.readings
        return {
            "gram_weight": parts.gram.weight.astype(np.float16),
            "gram_bias": np.array([parts.gram.bias]),
            **parts.meaning.arrays(),
            **parts.lists.arrays(),
            **self.stack.arrays("stack_"),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The judgement that an artefact holds."""
        gram = GramLogit(arrays["gram_weight"].astype(np.float32), float(arrays["gram_bias"][0]))
        parts = Readings(gram, Meaning.from_arrays(arrays), WordLists.from_arrays(arrays))
        return cls(parts, CalibratedLogit.from_arrays(arrays, "stack_"))
