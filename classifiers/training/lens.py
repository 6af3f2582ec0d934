"""Grinding the lens through which off topic looks: centres, and how much each direction tells of the subject.

Here lives what is learned from texts without looking at a pair: the reading of texts, the lens, the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sentencepiece
from numpy.typing import NDArray

from classifiers.embedding.encoder import Encoded, Encoder, stacked
from classifiers.embedding.lexical import raw
from classifiers.embedding.weights import folder
from classifiers.features.lexicon import holds
from classifiers.features.ngrams import Hashes
from classifiers.text.reading import read
from classifiers.training.pairing import BRIEF
from classifiers.training.reading import BATCH
from classifiers.views import Lens, Source, Words, words_of

WIDTH, WORD_WIDTH = 256, 192
"""Dimensions that are kept of texts and of words."""
DAMPING = 5.0
"""How far the directions are evened out: the mean variance is added to each, this many times."""

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """Texts read and encoded once: vectors and words, and each text's place."""

    place: Mapping[str, int]
    encoded: Encoded
    words: list[Words]


def told(texts: Sequence[str], encoder: Encoder) -> Told:
    """Read and encode distinct texts."""
    distinct = list(dict.fromkeys(texts))
    encoded, words = [], []
    for at in range(0, len(distinct), BATCH):
        reading = read(distinct[at : at + BATCH])
        encoded.append(encoder.encode_sentences(reading.sentence_strings()))
        words += words_of(distinct[at : at + BATCH], reading)
    return Told({text: i for i, text in enumerate(distinct)}, stacked(encoded), words)


def grind(
    articles: Sequence[dict[str, Any]], sources: Sequence[Source], found: Told, known: Hashes, rarity: Vectors
) -> Lens:
    """The lens from articles with their comments."""
    vectors = found.encoded.text
    own = [
        (vectors[found.place[c["text"]]], number)
        for number, article in enumerate(articles)
        for c in article["comments"]
        if not c["off_topic"] and c.get("kind") not in BRIEF
    ]
    comment = vectors.mean(axis=0)
    title = np.mean([s.title for s in sources], axis=0)
    passage = np.concatenate([s.sentences for s in sources]).mean(axis=0)
    means = [s.sentences.mean(axis=0) for s in sources]
    inside = np.concatenate([s.sentences - m for s, m in zip(sources, means, strict=True)])
    between = np.stack([(v - comment) - (means[n] - passage) for v, n in own])
    within = _scatter(inside) + _scatter(between)
    texts = np.concatenate(
        [vectors - comment, *(s.sentences - passage for s in sources), [s.title - title for s in sources]]
    )
    word_center, word_turn = _vocabulary([*(s.words for s in sources), *found.words], known, rarity)
    return Lens(
        np.stack([comment, title, passage]).astype(np.float32), _turn(within, texts, WIDTH), word_center, word_turn
    )


def _scatter(differences: Vectors) -> Floats:
    """The scatter (512, 512), its trace 512."""
    found = differences.astype(np.float64).T @ differences
    return np.asarray(found * (len(found) / np.trace(found)), np.float64)


def _turn(scatter: Floats, seen: Vectors, width: int) -> Vectors:
    """Evening out of `scatter`, then the `width` widest directions of what is seen."""
    values, vectors = np.linalg.eigh(scatter)
    even = vectors / np.sqrt(values / values.mean() + DAMPING)
    _, wide = np.linalg.eigh(_scatter(np.asarray(seen @ even, np.float32)))
    return np.asarray((even @ wide)[:, ::-1][:, :width], np.float16).astype(np.float32)


def _vocabulary(told: Sequence[Words], known: Hashes, rarity: Vectors) -> tuple[Vectors, Vectors]:
    """Centre (512,) and turn (512, d) of the words that were met, rare ones counting more."""
    hashes = np.concatenate([w.hashes for w in told])
    strings = [s for w in told for s in w.strings]
    words, first = np.unique(hashes, return_index=True)
    at = np.minimum(np.searchsorted(known, words), len(known) - 1)
    weight = np.where(holds(known, words), rarity[at], rarity.max())
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder() / "sp.model"))
    vectors = raw(pieces, [strings[i] for i in first.tolist()])
    center = np.average(vectors, axis=0, weights=weight).astype(np.float32)
    moved = (vectors - center) * np.sqrt(weight)[:, None]
    return center, _turn(_scatter(moved.astype(np.float32)), vectors - center, WORD_WIDTH)
