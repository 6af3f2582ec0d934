"""Views: comments, articles and parents as the off-topic judgement sees them.

Here lives the lens: what all texts of a kind have in common is taken away, and directions in which texts of one
subject differ are damped. What the views are worth is `classifiers.off_topic`'s affair.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.encoder import Encoded, Encoder
from classifiers.embedding.lexical import WordVectors
from classifiers.features.ngrams import Hashes
from classifiers.features.skipping import skipped
from classifiers.text.reading import Reading, read
from classifiers.text.words import Ranges, hashed

SHORTEST, LONG, STEM = 3, 4, 6
"""Letters of a content word, of one that tells something, and of the rough stem by which words are compared."""
MOST_TEXT, MOST_SENTENCES, MOST_PARENT = 12_000, 60, 2_000
"""Characters and sentences of an article, and characters of a parent, that are read."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Words:
    """The distinct content words of one text: hashes of their stems in order, one spelling of each.

    `long`: how many have four letters and more; `link`: whether the text holds a link.
    """

    hashes: Hashes
    strings: tuple[str, ...]
    long: int
    link: bool


@dataclass(frozen=True)
class Source:
    """An article as the encoder sees it: title (512,), text (512,), sentences (k, 512), words."""

    title: Vectors
    whole: Vectors
    sentences: Vectors
    words: Words
    strings: tuple[str, ...]
    has_text: bool


@dataclass(frozen=True)
class Subject:
    """An article through the lens: title (d,), whole (d,), sentences (k, d) with `strings`; terms (w, e), hashes."""

    title: Vectors
    whole: Vectors
    sentences: Vectors
    terms: NDArray[np.float16]
    hashes: Hashes
    strings: tuple[str, ...]
    has_text: bool


@dataclass(frozen=True)
class Answered:
    """A parent through the lens: its vector (d,), its words (w, e)."""

    vector: Vectors
    terms: Vectors


@dataclass(frozen=True)
class Remark:
    """A comment through the lens: its vector (d,), its sentences (k, d), its words (w, e) and their hashes."""

    vector: Vectors
    parts: Vectors
    terms: Vectors
    hashes: Hashes
    link: bool


@dataclass(frozen=True)
class Lens:
    """`centers` (3, 512) of comments, titles and passages and `turn` (512, d) for texts; the same for words.

    `turn` shrinks each direction by how much texts of one subject differ along it (within-class covariance
    normalisation, Hatch et al. 2006); `word_turn` is a whitening of the vocabulary.
    """

    centers: Vectors
    turn: Vectors
    word_center: Vectors
    word_turn: Vectors

    def words(self) -> WordVectors:
        """A new store of word vectors seen through this lens."""
        return WordVectors(self.word_center, self.word_turn)

    def comments(self, vectors: Vectors) -> Vectors:
        """Comments (n, 512) as unit vectors (n, d)."""
        return turned(vectors, self.centers[0], self.turn)

    def titles(self, vectors: Vectors) -> Vectors:
        """Titles."""
        return turned(vectors, self.centers[1], self.turn)

    def passages(self, vectors: Vectors) -> Vectors:
        """Texts and sentences of articles."""
        return turned(vectors, self.centers[2], self.turn)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of the lens."""
        return {
            "centers": self.centers,
            "turn": self.turn.astype(np.float16),
            "word_center": self.word_center,
            "word_turn": self.word_turn.astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The lens that an artefact holds."""
        return cls(
            arrays["centers"],
            arrays["turn"].astype(np.float32),
            arrays["word_center"],
            arrays["word_turn"].astype(np.float32),
        )


def turned(vectors: Vectors, center: Vectors, turn: Vectors) -> Vectors:
    """Unit vectors after `center` is taken away and `turn` applied."""
    moved = (vectors - center) @ turn
    norm = np.sqrt((moved * moved).sum(axis=-1, keepdims=True))
    return np.asarray(moved / np.maximum(norm, np.float32(1e-6)), np.float32)


def remarks(lens: Lens, encoded: Encoded, words: list[Words], store: WordVectors) -> list[Remark]:
    """The comments of a batch, in order."""
    own, parts = lens.comments(encoded.text), lens.comments(encoded.sentence)
    at = np.searchsorted(encoded.owner, np.arange(len(own) + 1))
    terms = store.of([word for one in words for word in one.strings])
    sizes = [0, *itertools.accumulate(len(one.strings) for one in words)]
    return [
        Remark(own[i], parts[at[i] : at[i + 1]], terms[sizes[i] : sizes[i + 1]], one.hashes, one.link)
        for i, one in enumerate(words)
    ]


def content_words(reading: Reading, links: NDArray[np.bool_] | None = None) -> list[Words]:
    """The distinct words of each text, of three letters and more, compared by their first six (a rough stem)."""
    words = reading.words
    kept = (words.end - words.begin) >= SHORTEST
    stems = Ranges(words.begin, np.minimum(words.end, words.begin + STEM), words.text)
    hashes = hashed(reading.hard, stems)[kept]
    begin, end = words.begin[kept], words.end[kept]
    whole = reading.light.codes.astype("<u4").tobytes().decode("utf-32-le", "replace")
    count = len(reading.hard.bounds) - 1
    edges = np.searchsorted(words.text[kept], np.arange(count + 1))
    out = []
    for number, (a, b) in enumerate(itertools.pairwise(edges.tolist())):
        found, first = np.unique(hashes[a:b], return_index=True)
        low, high = begin[a:b][first], end[a:b][first]
        strings = tuple(whole[i:j] for i, j in zip(low.tolist(), high.tolist(), strict=True))
        out.append(Words(found, strings, int((high - low >= LONG).sum()), bool(links is not None and links[number])))
    return out


def words_of(texts: list[str], reading: Reading) -> list[Words]:
    """The content words of each comment, and whether it holds a link."""
    marked, _ = skipped(texts, reading.hard.joined)
    starts = reading.hard.joined.starts
    links = np.array([bool(marked[a:b].any()) for a, b in itertools.pairwise(starts.tolist())], np.bool_)
    return content_words(reading, links)


def source(encoder: Encoder, title: str, text: str) -> Source:
    """One article through the encoder."""
    titled = read([title])
    body = read([text[:MOST_TEXT]])
    head = encoder.encode_sentences(titled.sentence_strings())
    folded, places = body.sentence_strings()[0], body.sentence_places(0)
    kept = [(s.strip(), text[a:b].strip()) for s, (a, b) in zip(folded, places, strict=True) if s.strip()]
    kept = kept[:MOST_SENTENCES]
    words = content_words(read([f"{title}\n{text[:MOST_TEXT]}"]))[0]
    if not kept:
        return Source(head.text[0], head.text[0], head.text, words, (title.strip(),), False)
    main = encoder.encode_sentences([[sentence for sentence, _ in kept]])
    strings = (title.strip(), *(original for _, original in kept))
    return Source(head.text[0], main.text[0], np.concatenate([head.text, main.sentence]), words, strings, True)
