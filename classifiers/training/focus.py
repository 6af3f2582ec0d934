"""Focusing: a turn is moved until comments find their own article among all articles.

Here lives the learning of one matrix from comments and articles in one space; where it starts and what it is for is
`classifiers.training.lens`'s affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
        title, whole, sentence = (_see(texts, moved) for texts in (titles, wholes, sentences))
        slope = HOLD * (moved - start)
        for asked, weight in ((comments, 1.0), (passages, PASSAGES)):
            chosen = chance.permutation(len(asked.article))[:BATCH]
            if not len(chosen):
                continue
            own, article = _see(asked.vectors[chosen], moved), asked.article[chosen]
            to_title = own.image @ title.image.T
            if asked is passages:
                lost = weight * _lost(to_title, article, rivals)
                slope += own.slope(lost @ title.image) + title.slope(lost.T @ own.image)
                continue
            to_sentence = own.image @ sentence.image.T
            nearest = np.maximum.reduceat(to_sentence, first, axis=1)
            average = (to_title + own.image @ whole.image.T + nearest) / 3
            every = (1 - TITLE_ALONE) / 3 * _lost(average, article, rivals)
            by_title = TITLE_ALONE * _lost(to_title, article, rivals) + every
            hits = (to_sentence == np.repeat(nearest, sizes, axis=1)) * np.repeat(every, sizes, axis=1)
            slope += own.slope(by_title @ title.image + every @ whole.image + hits @ sentence.image)
            slope += title.slope(by_title.T @ own.image) + whole.slope(every.T @ own.image)
            slope += sentence.slope(hits.T @ own.image)
        mean = DECAY * mean + (1 - DECAY) * slope
        square = SQUARES * square + (1 - SQUARES) * slope * slope
        size = np.sqrt(square / (1 - SQUARES**step)) + TINY
        moved = np.asarray(moved - RATE * mean / (1 - DECAY**step) / size, np.float32)
    return moved


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
