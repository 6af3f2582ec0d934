"""Sums: token features added up by text and by sentence, before the last layers of the encoder see them.

Here lives what a round hands to the head, and how several rounds become one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.embedding.layout import Index
from classifiers.embedding.weights import Floats


@dataclass(frozen=True)
class Sums:
    """`text` (n, 1280 + 2k) of `length` (n,) tokens; `part` (a, 1280 + 2k) of `size` (a,) tokens.

    The first 1280 columns are sums; then come what k detectors found, summed over the root of the length, and their
    maxima. `owner` (m,): the text of each sentence; `apart` (a,): which sentences stand in `part`.
    """

    text: Floats
    length: Index
    part: Floats
    size: Index
    owner: Index
    apart: Index


def joined(rounds: Sequence[Sums]) -> Sums:
    """Several rounds as one."""
    if len(rounds) == 1:
        return rounds[0]
    texts = np.cumsum([0, *(len(r.length) for r in rounds)]).tolist()
    sentences = np.cumsum([0, *(len(r.owner) for r in rounds)]).tolist()
    return Sums(
        np.concatenate([r.text for r in rounds]),
        np.concatenate([r.length for r in rounds]),
        np.concatenate([r.part for r in rounds]),
        np.concatenate([r.size for r in rounds]),
        np.concatenate([r.owner + at for r, at in zip(rounds, texts, strict=False)]),
        np.concatenate([r.apart + at for r, at in zip(rounds, sentences, strict=False)]),
    )


def spread(x: Floats, eps: float) -> tuple[Floats, Floats]:
    """The mean of each row, and what brings its variance to one."""
    width = x.shape[1]
    center = x @ np.full(width, 1 / width, np.float32)
    variance = np.einsum("ij,ij->i", x, x) / np.float32(width) - center * center
    return center, np.reciprocal(np.sqrt(variance + np.float32(eps)))


def root(length: Index) -> Floats:
    """Square roots as a column."""
    return np.sqrt(length.astype(np.float32))[:, None]
