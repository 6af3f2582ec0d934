"""Sums: token features added up by text and by sentence, before the last layers of the encoder see them.

Here lives how the tokens of a round are added up, what it hands to the head, and how several rounds become one. What
a token's features are is the encoder's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.embedding.layout import Index, Layout
from classifiers.embedding.weights import WIDTH, Floats


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


def spread(seen: Floats, moments: Floats, eps: float) -> tuple[Floats, Floats]:
    """The mean of each row, and what brings its variance to one.

    A row is `seen` (t, d) with WIDTH more columns, of which `moments` (t, 2) are the sum and the sum of squares.
    """
    width = np.float32(WIDTH + seen.shape[1])
    center = (seen @ np.ones(seen.shape[1], np.float32) + moments[:, 0]) / width
    variance = (np.einsum("ij,ij->i", seen, seen) + moments[:, 1]) / width - center * center
    return center, np.reciprocal(np.sqrt(variance + np.float32(eps)))


def root(length: Index) -> Floats:
    """Square roots as a column."""
    return np.sqrt(length.astype(np.float32))[:, None]


def added(sums: Floats, found: Floats | None, laid: Layout) -> Sums:
    """Sums of texts and of sentences apart, from those between the edges (2s, 1280) and what was found (t, k).

    `found` is cut off at zero in place.
    """
    sums = sums[::2]
    lead, length, apart = laid.lead, laid.length, laid.apart
    segment, size = laid.part_segment[apart], laid.part_size[apart]
    above = [np.asarray(np.add.reduceat(sums, lead, axis=0), np.float32)]
    below = [sums[segment]]
    if found is not None:
        np.maximum(found, 0, out=found)
        total, top = (by.reduceat(found, laid.edges, axis=0)[::2] for by in (np.add, np.maximum))
        most = np.asarray(np.maximum.reduceat(top, lead, axis=0), np.float32)
        above += [np.asarray(np.add.reduceat(total, lead, axis=0) / root(length), np.float32), most]
        below += [np.asarray(total[segment] / root(size), np.float32), top[segment]]
    return Sums(np.concatenate(above, axis=1), length, np.concatenate(below, axis=1), size, laid.text_of, apart)
