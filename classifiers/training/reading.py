"""Texts turned into readings and matrices for training, batch by batch.

Here lives the plumbing between text and scikit-learn; the numbers are those of scoring time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.sparse import csr_matrix, vstack

from classifiers.embedding.encoder import Encoded, Inner
from classifiers.features.ngrams import BITS, matrix
from classifiers.text.reading import Reading, read

BATCH = 512
Progress = Callable[[str], None]


def batches(texts: Sequence[str]) -> list[Reading]:
    """The readings of texts, `BATCH` at a time."""
    return [read(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]


def gram_matrix(readings: Sequence[Reading]) -> csr_matrix:
    """The n-gram matrix (n, 2**BITS) of all texts."""
    parts = [matrix(reading) for reading in readings] or [csr_matrix((0, 1 << BITS))]
    return csr_matrix(vstack(parts, format="csr"), dtype=np.float32)


def part(encoded: Encoded, begin: int, end: int) -> Encoded:
    """The vectors of texts `begin` to `end`."""
    a, b = np.searchsorted(encoded.owner, [begin, end])
    deep = encoded.inner
    inner = Inner(deep.text[begin:end], deep.sentence[a:b]) if deep is not None else None
    return Encoded(encoded.text[begin:end], encoded.sentence[a:b], encoded.owner[a:b] - begin, inner)
