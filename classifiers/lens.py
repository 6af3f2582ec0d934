"""The lens: two glasses through which texts are seen, and one for words.

Here lives how a vector is seen: what all texts of a kind have in common is taken away, and a matrix brings near what
belongs to one subject. How the glasses are ground is `classifiers.training.lens`'s affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.lexical import WordVectors

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Glass:
    """`centers` (3, 512) of comments, titles and passages, and `turn` (512, d), which follows when they are gone."""

    centers: Vectors
    turn: Vectors

    def comments(self, vectors: Vectors) -> Vectors:
        """Comments (n, 512) as unit vectors (n, d)."""
        return turned(vectors, self.centers[0], self.turn)

    def titles(self, vectors: Vectors) -> Vectors:
        """Titles."""
        return turned(vectors, self.centers[1], self.turn)

    def passages(self, vectors: Vectors) -> Vectors:
        """Texts and sentences of articles."""
        return turned(vectors, self.centers[2], self.turn)


@dataclass(frozen=True)
class Lens(Glass):
    """A glass for the encoder's vectors, `under` for the mean token features below them, and a turn for words.

    A turn starts as within-class covariance normalisation (Hatch et al. 2006), which shrinks each direction by how
    much texts of one subject differ along it, and is then moved until comments find their own articles among all.
    `word_turn` is a whitening of the vocabulary.
    """

    under: Glass
    word_center: Vectors
    word_turn: Vectors

    def words(self) -> WordVectors:
        """A new store of word vectors seen through this lens."""
        return WordVectors(self.word_center, self.word_turn)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of the lens."""
        return {
            "centers": self.centers,
            "turn": self.turn.astype(np.float16),
            "under_centers": self.under.centers,
            "under_turn": self.under.turn.astype(np.float16),
            "word_center": self.word_center,
            "word_turn": self.word_turn.astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The lens that an artefact holds."""
        return cls(
            arrays["centers"],
            arrays["turn"].astype(np.float32),
            Glass(arrays["under_centers"], arrays["under_turn"].astype(np.float32)),
            arrays["word_center"],
            arrays["word_turn"].astype(np.float32),
        )


def unit(vectors: Vectors) -> Vectors:
    """Vectors (..., d) at length 1."""
    norm = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True))
    return np.asarray(vectors / np.maximum(norm, np.float32(1e-6)), np.float32)


def turned(vectors: Vectors, center: Vectors, turn: Vectors) -> Vectors:
    """Unit vectors after `center` is taken away and `turn` applied."""
    return unit(np.asarray((unit(vectors) - center) @ turn, np.float32))
