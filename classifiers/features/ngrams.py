"""Hashed character and word n-grams by rolling hashes over a whole batch.

Here live the hashes, the matrix that scikit-learn trains on, and the same sum as a gather of learned
weights for scoring. A gram of characters stays within a word and its two borders (like scikit-learn's
char_wb analyser); word grams are single words, pairs of neighbours and pairs with one word between.
A text's value for a bucket is the number of its grams there, over the root of its number of grams.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifiers.text.codepoints import SPACE, Codes, Flags, Index
from classifiers.text.reading import Reading

Floats = NDArray[np.float32]
Wide = NDArray[np.float64]
Hashes = NDArray[np.uint64]

BITS = 19
"""The table has 2**BITS buckets."""
SHORTEST, LONGEST = 2, 5
_BLOCK = 1 << 14
"""Places that are weighed at once, so that everything about them stays in the processor's cache."""
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SKIP = np.uint64(0xA0761D6478BD642F)
_ROLL, _STIR = np.uint32(0x01000193), np.uint32(0x9E3779B1)


@dataclass(frozen=True)
class Grams:
    """Buckets of grams and the folded range [begin, end) each covers; characters first, then words."""

    bucket: NDArray[np.uint32]
    begin: NDArray[np.int32]
    end: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.bucket)


def _of_characters(codes: Codes, blank: Flags) -> Iterator[tuple[int, NDArray[np.uint32], Flags]]:
    """For each length n: the bucket of the gram that begins at each place, and whether it is one."""
    length = len(codes)
    plain = np.maximum(codes, np.uint32(SPACE))  # a line's end and a separator are spaces; nothing else is below
    rolled = plain
    inner = ~(blank[:-1] & blank[1:])
    for n in range(SHORTEST, LONGEST + 1):
        rolled = rolled[: length - n + 1] * _ROLL
        rolled ^= plain[n - 1 :]
        if n == SHORTEST + 1:
            inner = ~blank[1:-1]
        elif n > SHORTEST + 1:
            inner = inner[:-1] & ~blank[n - 2 : -1]
        mixed = rolled + np.uint32(n)
        mixed ^= mixed >> np.uint32(15)
        mixed *= _STIR
        mixed >>= np.uint32(32 - BITS)
        yield n, mixed, inner


def _bucket(hashes: Hashes) -> NDArray[np.uint32]:
    mixed = (hashes ^ (hashes >> np.uint64(29))) * _MIX
    return (mixed >> np.uint64(64 - BITS)).astype(np.uint32)


def grams(reading: Reading) -> Grams:
    """All grams of a batch."""
    buckets, begins, ends = [], [], []
    for n, bucket, ok in _of_characters(reading.hard.codes, reading.blank):
        at = np.flatnonzero(ok).astype(np.int32)
        buckets.append(bucket[at])
        begins.append(at)
        ends.append(at + np.int32(n))
    for bucket, begin, end in _word_grams(reading):
        buckets.append(bucket)
        begins.append(begin)
        ends.append(end)
    return Grams(np.concatenate(buckets), np.concatenate(begins), np.concatenate(ends))


def weigh(reading: Reading, weight: Floats) -> tuple[Wide, Wide]:
    """For each folded place, the summed weights and the number of the grams that begin there: (places,) twice.

    The same grams as `grams`, without listing them: this is the path that scoring takes.
    """
    codes, blank = reading.hard.codes, reading.blank
    length = len(codes)
    values, counts = np.zeros(length), np.zeros(length)
    for place in range(0, length, _BLOCK):
        some = slice(place, place + _BLOCK + LONGEST - 1)
        number = np.zeros(min(_BLOCK, length - place), np.uint8)
        for _, bucket, ok in _of_characters(codes[some], blank[some]):
            own = ok[:_BLOCK]
            values[place : place + len(own)] += weight.take(bucket[:_BLOCK], mode="clip") * own
            number[: len(own)] += own.view(np.uint8)
        counts[place : place + len(number)] = number
    for bucket, begin, _ in _word_grams(reading):
        values[begin] += weight.take(bucket, mode="clip")  # no two words begin at one place
        counts[begin] += 1
    return values, counts


def word_hashes(reading: Reading) -> Hashes:
    """One hash for each word of `reading.words`, from at most its first 48 characters."""
    return reading.hashes


def _word_grams(reading: Reading) -> list[tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int32]]]:
    words, hashes = reading.words, reading.hashes
    begin, end = words.begin.astype(np.int32), words.end.astype(np.int32)
    out = [(_bucket(hashes), begin, end)]
    for gap, salt in ((1, _PRIME), (2, _SKIP)):
        near = np.flatnonzero(words.text[:-gap] == words.text[gap:])
        pair = hashes.take(near) * salt ^ (hashes.take(near + gap) >> np.uint64(7))
        out.append((_bucket(pair), begin.take(near), end.take(near + gap)))
    return out


def sums(values: Wide, edges: Index) -> Wide:
    """Sums of place values over ranges that begin at `edges` (rising places) and end at the next."""
    return np.asarray(np.add.reduceat(values, edges), np.float64) if len(edges) else np.zeros(0)


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
