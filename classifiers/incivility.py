"""Incivility: whether a comment attacks or demeans people.

Here lives the judgement: two readings of the text (a line over hashed n-grams; a network over the multilingual
encoder), each taken for the whole text and for its harshest sentence, word lists, and a calibrated logit over all
that and style.
Case is folded away before anything is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    "network",
    "network_harshest",
    *STYLE,
    *NAMES,
    *LANGUAGES,
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


def calibrated(logits: Floats, languages: Sequence[str], lines: Floats) -> Floats:
    """Each logit on its language's line (Platt 1999)."""
    which = [LANGUAGES.index(code) if code in LANGUAGES else len(LANGUAGES) for code in languages]
    return np.asarray(logits * lines[which, 0] + lines[which, 1], np.float64)


@dataclass(frozen=True)
class Readings:
    """What looks at the text before the stack: n-grams, meaning, word lists."""

    gram: GramLogit
    meaning: Meaning
    lists: WordLists

    def evidence(self, reading: Reading, encoded: Encoded, languages: list[str]) -> Floats:
        """The table (n, len(FEATURES)) that the stack judges. Raises ValueError for vectors without `inner`."""
        read = self.gram.read(reading)
        if encoded.inner is None:
            raise ValueError("The encoder that made these vectors was not given the detectors of this judgement.")
        vectors = np.concatenate([encoded.text, encoded.sentence])
        inner = np.concatenate([encoded.inner.text, encoded.inner.sentence])
        text, sentence = np.split(self.meaning.read(vectors, inner), [len(encoded.text)])
        worst_gram = harshest(read.sentence, reading.sentences.text, read.text)
        worst = harshest(sentence, encoded.owner, text)
        flags = np.array([[code == language for code in LANGUAGES] for language in languages], np.float64).reshape(
            -1, len(LANGUAGES)
        )
        lists = self.lists.counts(reading, languages)
        readings = np.column_stack([read.text, worst_gram, text, worst])
        return np.column_stack([squashed(readings), style(reading), lists, flags])


@dataclass(frozen=True)
class Incivility:
    """The readings, the calibrated logit over them, and what each language's calibration changes.

    `lines` (languages + 1, 2): slope and offset of the logit in each of `LANGUAGES`, then in any other.
    """

    readings: Readings
    stack: CalibratedLogit
    lines: Floats

    def judge(self, reading: Reading, encoded: Encoded, languages: list[str]) -> Floats:
        """Probabilities (n,)."""
        return sigmoid(self.logits(reading, encoded, languages))

    def logits(self, reading: Reading, encoded: Encoded, languages: list[str]) -> Floats:
        """Their logits (n,)."""
        table = self.readings.evidence(reading, encoded, languages)
        return calibrated(self.stack.logits(table), languages, self.lines) if len(table) else np.zeros(0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of this judgement."""
        parts = self.readings
        return {
            "gram_weight": parts.gram.weight.astype(np.float16),
            "gram_bias": np.array([parts.gram.bias]),
            **parts.meaning.arrays(),
            **parts.lists.arrays(),
            **self.stack.arrays("stack_"),
            "lines": self.lines,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The judgement that an artefact holds."""
        gram = GramLogit(arrays["gram_weight"].astype(np.float32), float(arrays["gram_bias"][0]))
        parts = Readings(gram, Meaning.from_arrays(arrays), WordLists.from_arrays(arrays))
        return cls(parts, CalibratedLogit.from_arrays(arrays, "stack_"), arrays["lines"])
