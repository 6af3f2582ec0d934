"""Focusing: a turn is moved until comments find their own article among all articles.

Here lives the learning of one matrix from comments and articles in one space; where it starts and what it is for is
`classifiers.training.lens`'s affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from classifiers.views import Sights

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

STEPS, RATE, BATCH = 40, 0.02, 1024
"""Steps of Adam (Kingma and Ba 2015), their size, and comments looked at in each."""
SHARPNESS, HOLD = 8.0, 3e-4
"""How strongly a difference of cosines counts, and how strongly the turn is held to where it started."""
TITLE_ALONE, PASSAGES = 0.4, 0.3
"""Weight of finding an article by its title alone (the rest: by title, text and nearest sentence), and of a
passage's finding its own title, beside that of the comments."""
DECAY, SQUARES, TINY = 0.9, 0.99, 1e-8


@dataclass(frozen=True)
class Asked:
    """Texts (n, 512), the article (n,) that each belongs to, less their centre."""

    vectors: Vectors
    article: Numbers


@dataclass(frozen=True)
class _Seen:
    """Texts, their images of length 1, and the length that those had."""

    given: Vectors
    image: Vectors
    length: Vectors

    def slope(self, above: Vectors) -> Vectors:
        """The slope by the turn (512, d), from that by the images (n, d)."""
        inward = above - self.image * (above * self.image).sum(axis=1, keepdims=True)
        return np.asarray(self.given.T @ (inward / self.length), np.float32)


@dataclass(frozen=True)
class _Articles:
    """All articles of a training, through the present turn; the sentences of each begin at `first`."""

    title: _Seen
    whole: _Seen
    sentence: _Seen
    first: Numbers
    rivals: Flags

    def sizes(self) -> Numbers:
        """How many sentences each has."""
        return np.diff(np.append(self.first, len(self.sentence.image)))


def focus(turn: Vectors, comments: Asked, articles: Sequence[Sights], rivals: Flags, seed: int) -> Vectors:
    """The turn (512, d) under which comments find their articles best; all vectors less their centres.

    A softmax over an article and its rivals (InfoNCE, van den Oord et al. 2018); `rivals` (a, a): for each article
    those that it is told apart from.
    """
    chance = np.random.default_rng(seed)
    start = np.asarray(turn / np.sqrt((turn * turn).mean()), np.float32)
    titles, wholes = np.stack([a.title for a in articles]), np.stack([a.whole for a in articles])
    sizes = np.array([len(a.sentences) for a in articles])
    sentences = np.concatenate([a.sentences for a in articles])
    first = np.cumsum(sizes) - sizes
    passages = Asked(np.delete(sentences, first, axis=0), np.repeat(np.arange(len(sizes)), sizes - 1))
    moved, mean, square = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step in range(1, STEPS + 1):
        seen = _Articles(_see(titles, moved), _see(wholes, moved), _see(sentences, moved), first, rivals)
        slope = HOLD * (moved - start) + _of_comments(_some(comments, chance), seen, moved)
        if len(passages.article):
            slope += PASSAGES * _of_passages(_some(passages, chance), seen, moved)
        mean = DECAY * mean + (1 - DECAY) * slope
        square = SQUARES * square + (1 - SQUARES) * slope * slope
        size = np.sqrt(square / (1 - SQUARES**step)) + TINY
        moved = np.asarray(moved - RATE * mean / (1 - DECAY**step) / size, np.float32)
    return moved


def _of_comments(asked: Asked, seen: _Articles, turn: Vectors) -> Vectors:
    """The slope (512, d) of finding articles by their title alone, and by title, text and nearest sentence."""
    own, title, whole, sentence = _see(asked.vectors, turn), seen.title, seen.whole, seen.sentence
    to_title, to_sentence = own.image @ title.image.T, own.image @ sentence.image.T
    nearest = np.maximum.reduceat(to_sentence, seen.first, axis=1)
    average = np.asarray((to_title + own.image @ whole.image.T + nearest) / 3, np.float32)
    every = (1 - TITLE_ALONE) / 3 * _lost(average, asked.article, seen.rivals)
    by_title = TITLE_ALONE * _lost(to_title, asked.article, seen.rivals) + every
    sizes = seen.sizes()
    hits = (to_sentence == np.repeat(nearest, sizes, axis=1)) * np.repeat(every, sizes, axis=1)
    above = np.asarray(by_title @ title.image + every @ whole.image + hits @ sentence.image, np.float32)
    out = own.slope(above) + title.slope(cast("Vectors", by_title.T @ own.image))
    out += whole.slope(cast("Vectors", every.T @ own.image)) + sentence.slope(cast("Vectors", hits.T @ own.image))
    return np.asarray(out, np.float32)


def _of_passages(asked: Asked, seen: _Articles, turn: Vectors) -> Vectors:
    """The slope (512, d) of a passage's finding the title above it."""
    own = _see(asked.vectors, turn)
    lost = _lost(own.image @ seen.title.image.T, asked.article, seen.rivals)
    return own.slope(lost @ seen.title.image) + seen.title.slope(lost.T @ own.image)


def _some(asked: Asked, chance: np.random.Generator) -> Asked:
    chosen = chance.permutation(len(asked.article))[:BATCH]
    return Asked(asked.vectors[chosen], asked.article[chosen])


def _see(texts: Vectors, turn: Vectors) -> _Seen:
    image = texts @ turn
    length = np.sqrt((image * image).sum(axis=1, keepdims=True)) + np.float32(TINY)
    return _Seen(texts, np.asarray(image / length, np.float32), np.asarray(length, np.float32))


def _lost(cosines: Vectors, article: Numbers, rivals: Flags) -> Vectors:
    """The slope (n, a) of the mean loss by the cosines (n, a)."""
    rows = np.arange(len(article))
    logits = SHARPNESS * cosines
    kept = logits[rows, article]
    logits[~rivals[article]] = -np.inf
    logits[rows, article] = kept
    share = np.exp(logits - logits.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    share[rows, article] -= 1
    return np.asarray(SHARPNESS * share / len(rows), np.float32)
