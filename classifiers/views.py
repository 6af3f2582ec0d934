"""Views: comments, articles and parents as the off-topic judgement sees them.

Here live what is read of a text and how it becomes vectors and words. How a vector is seen is `classifiers.lens`'s
affair, what the views are worth `classifiers.off_topic`'s.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.encoder import Encoded, Encoder, Means
from classifiers.embedding.lexical import WordVectors
from classifiers.features.ngrams import Hashes
from classifiers.features.skipping import skipped
from classifiers.lens import Lens
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
class Sights:
    """An article in one space: its title (d,), its text (d,), its sentences (k, d), the title first."""

    title: Vectors
    whole: Vectors
    sentences: Vectors


@dataclass(frozen=True)
class Source(Sights):
    """An article as the encoder sees it (d = 512), `under` its last layers too, with its words."""

    under: Sights
    words: Words
    strings: tuple[str, ...]
    has_text: bool


@dataclass(frozen=True)
class Subject(Sights):
    """An article through the lens, its sentences with their `strings`; terms (w, e), hashes."""

    under: Sights
    terms: NDArray[np.float16]
    hashes: Hashes
    strings: tuple[str, ...]
    has_text: bool


@dataclass(frozen=True)
class Answered:
    """A parent through the lens: its vector (d,), that under it, its words (w, e)."""

    vector: Vectors
    under: Vectors
    terms: Vectors


@dataclass(frozen=True)
class Remark:
    """A comment through the lens: its vectors (d,), its sentences (k, d), its words (w, e) and their hashes."""

    vector: Vectors
    under: Vectors
    parts: Vectors
    terms: Vectors
    hashes: Hashes
    link: bool


def remarks(lens: Lens, encoded: Encoded, words: list[Words], store: WordVectors) -> list[Remark]:
    """The comments of a batch, in order."""
    own, parts = lens.comments(encoded.text), lens.comments(encoded.sentence)
    under = lens.under.comments(means_of(encoded).text)
    at = np.searchsorted(encoded.owner, np.arange(len(own) + 1))
    terms = store.of([word for one in words for word in one.strings])
    sizes = [0, *itertools.accumulate(len(one.strings) for one in words)]
    return [
        Remark(own[i], under[i], parts[at[i] : at[i + 1]], terms[sizes[i] : sizes[i + 1]], one.hashes, one.link)
        for i, one in enumerate(words)
    ]


def means_of(encoded: Encoded) -> Means:
    """The mean token features of what an encoder made."""
    if encoded.means is None:
        raise ValueError("These vectors came without the means under them.")
    return encoded.means


def mean_cosine(own: Vectors, of: Sights) -> float:
    """The mean cosine of a unit vector (d,) with an article's title, text and nearest sentence."""
    return float(own @ of.title + own @ of.whole + (of.sentences @ own).max()) / 3


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
    low = means_of(head)
    if not kept:
        under = Sights(low.text[0], low.text[0], low.text)
        return Source(head.text[0], head.text[0], head.text, under, words, (title.strip(),), False)
    main = encoder.encode_sentences([[sentence for sentence, _ in kept]])
    deep = means_of(main)
    under = Sights(low.text[0], deep.text[0], np.concatenate([low.text, deep.sentence]))
    strings = (title.strip(), *(original for _, original in kept))
    sentences = np.concatenate([head.text, main.sentence])
    return Source(head.text[0], main.text[0], sentences, under, words, strings, True)
