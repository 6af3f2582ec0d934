"""Hashed character and word n-grams by rolling hashes over a whole batch.

Here live the hashes, the matrix that scikit-learn trains on, and the same sum as a gather of learned
weights for scoring. A gram of characters stays within a word and its two borders (like scikit-learn's
char_wb analyser); word grams are single words, pairs of neighbours and pairs with one word between.
A text's value for a bucket is the number of its grams there, over the root of its number of grams.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifiers.text.codepoints import NEWLINE, SEPARATOR, SPACE, Index
from classifiers.text.reading import Reading
from classifiers.text.words import Ranges

Floats = NDArray[np.float32]
Hashes = NDArray[np.uint64]

BITS = 19
"""The table has 2**BITS buckets."""
SHORTEST, LONGEST = 2, 5
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SKIP = np.uint64(0xA0761D6478BD642F)
_WORD = 48
_POWERS = np.cumprod(np.full(_WORD, _PRIME | np.uint64(1), np.uint64), dtype=np.uint64)


@dataclass(frozen=True)
class Grams:
    """Buckets of grams and the folded range [begin, end) each covers, grouped by kind (`kinds` slices)."""

    bucket: NDArray[np.uint32]
    begin: NDArray[np.int32]
    end: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.bucket)


def _bucket(hashes: Hashes) -> NDArray[np.uint32]:
    mixed = (hashes ^ (hashes >> np.uint64(29))) * _MIX
    return (mixed >> np.uint64(64 - BITS)).astype(np.uint32)


def grams(reading: Reading) -> Grams:
    """All grams of a batch, characters first."""
    codes = reading.hard.codes
    length = len(codes)
    blank = (codes == SPACE) | (codes == NEWLINE) | (codes == SEPARATOR)
    plain = np.where(blank, np.uint64(SPACE), codes.astype(np.uint64))
    buckets, begins, ends = [], [], []
    hashes = plain.copy()
    inner = np.ones(length, np.bool_)  # no blank strictly inside the gram that begins here
    place = np.arange(length, dtype=np.int32)
    for n in range(SHORTEST, LONGEST + 1):
        hashes = hashes[: length - n + 1] * _PRIME ^ plain[n - 1 :]
        inner = inner[: length - n + 1]
        if n > 2:
            inner = inner & ~blank[n - 2 : length - 1]
        ok = inner & ~(blank[: length - n + 1] & blank[n - 1 :]) if n == SHORTEST else inner
        at = place[: length - n + 1][ok]
        buckets.append(_bucket(hashes[ok] + np.uint64(n)))
        begins.append(at)
        ends.append(at + np.int32(n))
    for bucket, begin, end in _word_grams(reading):
        buckets.append(bucket)
        begins.append(begin)
        ends.append(end)
    return Grams(np.concatenate(buckets), np.concatenate(begins), np.concatenate(ends))


def word_hashes(reading: Reading) -> Hashes:
    """One hash for each word of `reading.words`, from at most its first 48 characters."""
    words: Ranges = reading.words
    if not len(words):
        return np.zeros(0, np.uint64)
    codes = reading.hard.codes.astype(np.uint64)
    size = np.minimum(words.end - words.begin, _WORD)
    stops = np.cumsum(size)
    inside = np.arange(stops[-1]) - np.repeat(stops - size, size)
    spread = codes[np.repeat(words.begin, size) + inside] * _POWERS[inside]
    return np.asarray(np.add.reduceat(spread, stops - size), np.uint64) * _MIX


def _word_grams(reading: Reading) -> list[tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int32]]]:
    words, hashes = reading.words, word_hashes(reading)
    begin, end = words.begin.astype(np.int32), words.end.astype(np.int32)
    out = [(_bucket(hashes), begin, end)]
    for gap, salt in ((1, _PRIME), (2, _SKIP)):
        near = words.text[:-gap] == words.text[gap:] if len(words) > gap else np.zeros(0, np.bool_)
        pair = hashes[:-gap] * salt ^ (hashes[gap:] >> np.uint64(7)) if len(words) > gap else hashes[:0]
        out.append((_bucket(pair[near]), begin[: len(near)][near], end[gap:][near]))
    return out


def sums(values: NDArray[np.floating], begin: NDArray[np.int32], edges: Index) -> NDArray[np.float64]:
    """Sum of `values` by where they begin: one number for each range between `edges` (sorted places)."""
    which = np.searchsorted(edges, begin, side="right") - 1
    return np.bincount(which, weights=values, minlength=len(edges) - 1)[: len(edges) - 1]


def matrix(reading: Reading) -> csr_matrix:
    """The batch as a sparse matrix (n, 2**BITS), float32, for scikit-learn."""
    found = grams(reading)
    rows = reading.hard.text_of(found.begin.astype(np.int64))
    count = len(reading.hard.bounds) - 1
    per_text = np.bincount(rows, minlength=count)
    values = (1 / np.sqrt(np.maximum(per_text, 1)))[rows].astype(np.float32)
    out = csr_matrix((values, (rows, found.bucket.astype(np.int32))), shape=(count, 1 << BITS))
    out.sum_duplicates()
    return out
