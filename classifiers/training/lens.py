"""Grinding the lens through which off topic looks: centres, turns, and the vocabulary.

Here lives what is learned of texts before any pair is judged: the reading of texts, the glasses, the vocabulary.
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
from classifiers.lens import Glass, Lens, unit
from classifiers.text.reading import read
from classifiers.training.focus import Asked, focus
from classifiers.training.pairing import BRIEF
from classifiers.training.reading import BATCH
from classifiers.views import Sights, Source, Words, means_of, words_of

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


@dataclass(frozen=True)
class Shown:
    """An article as the lens learns from it: as encoded, and its title in another language, where it has one."""

    source: Source
    other: Source | None = None


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
    articles: Sequence[dict[str, Any]],
    shown: Sequence[Shown],
    found: Told,
    vocabulary: tuple[Hashes, Vectors],
    seed: int,
) -> Lens:
    """The lens from articles with their comments; `vocabulary`: known stems and their rarity."""
    rows = sorted({found.place[c["text"]] for a in articles for c in a["comments"]})
    at_home = [
        (found.place[c["text"]], number)
        for number, article in enumerate(articles)
        for c in article["comments"]
        if not c["off_topic"] and not c.get("parent") and c.get("kind") not in BRIEF
    ]
    home = np.array(at_home, np.int64).reshape(-1, 2)
    rivals = _rivals(articles, [number for number, s in enumerate(shown) if s.other is not None])
    others = [(number, s.other) for number, s in enumerate(shown) if s.other is not None]
    over = _glass(unit(found.encoded.text), rows, home, [s.source for s in shown], others, rivals, seed)
    low = [(number, other.under) for number, other in others]
    under = _glass(unit(means_of(found.encoded).text), rows, home, [s.source.under for s in shown], low, rivals, seed)
    words = [*(s.source.words for s in shown), *(found.words[i] for i in rows)]
    return Lens(over.centers, over.turn, under, *_vocabulary(words, *vocabulary))


def _glass(
    vectors: Vectors,
    rows: Sequence[int],
    home: NDArray[np.int64],
    sights: Sequence[Sights],
    others: Sequence[tuple[int, Sights]],
    rivals: NDArray[np.bool_],
    seed: int,
) -> Glass:
    """The glass of one space: `rows` of its `vectors` are comments, `home` (n, 2) those at home with their articles.

    `others`: titles in another language, by the number of the article.
    """
    sights = [Sights(unit(s.title), unit(s.whole), unit(s.sentences)) for s in sights]
    twins = [(number, unit(s.title)) for number, s in others]
    comment = vectors[list(rows)].mean(axis=0)
    title = np.mean([s.title for s in sights], axis=0)
    passage = np.concatenate([s.sentences for s in sights]).mean(axis=0)
    bare = [Sights(s.title - title, s.whole - passage, s.sentences - passage) for s in sights]
    means = [s.sentences.mean(axis=0) for s in bare]
    inside = np.concatenate([s.sentences - m for s, m in zip(bare, means, strict=True)])
    own = vectors[home[:, 0]] - comment
    within = _scatter(inside) + _scatter(own - np.stack([means[number] for number in home[:, 1].tolist()]))
    seen = [vectors[list(rows)] - comment, *(s.sentences for s in bare), np.stack([s.title for s in bare])]
    turn = _turn(within, np.concatenate(seen), WIDTH)
    place = {number: len(bare) + at for at, (number, _) in enumerate(twins)}
    again = np.array([[row, place[number]] for row, number in home.tolist() if number in place], np.int64).reshape(
        -1, 2
    )
    asked = Asked(np.concatenate([own, vectors[again[:, 0]] - comment]), np.append(home[:, 1], again[:, 1]))
    bare += [Sights(vector - title, bare[number].whole, bare[number].sentences) for number, vector in twins]
    moved = focus(turn, asked, bare, rivals, seed)
    centers = np.stack([comment, title, passage]).astype(np.float32)
    return Glass(centers, moved.astype(np.float16).astype(np.float32))


def _rivals(articles: Sequence[dict[str, Any]], twins: Sequence[int]) -> NDArray[np.bool_]:
    """For each article, and each of the `twins` under its title in another language, those that it is told apart from.

    They are of other stories and in the same language: a comment shall be known by its subject, not by its language.
    """
    story = np.array([a["story"] for a in (*articles, *(articles[i] for i in twins))])
    language = np.array([a["language"] for a in articles] + [_other(articles[i]["language"]) for i in twins])
    return np.asarray((story[:, None] != story) & (language[:, None] == language))


def _other(language: str) -> str:
    """The language of an article's other title."""
    return "en" if language == "fr" else "fr"


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
