"""Words and sentences of a folded batch, as index ranges, and the hashes of words.

Here live boundaries and names only; what a word weighs is for `features`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.text.codepoints import IS_DIGIT, IS_LETTER, NEWLINE, SEPARATOR, SPACE, Flags, Index, flags_of, look
from classifiers.text.disguise import MASK
from classifiers.text.folding import Folded

LONGEST_SENTENCE = 360
"""Code points after which a sentence without end is cut at the next blank."""
SHORTEST_SENTENCE = 12
_STOPS = flags_of(".!?…؟۔")


@dataclass(frozen=True)
class Ranges:
    """Half-open ranges [begin, end) of folded places, in order, and the text each belongs to."""

    begin: Index
    end: Index
    text: Index

    def __len__(self) -> int:
        return len(self.begin)


def in_word(folded: Folded) -> Flags:
    """True where a code point is a letter, a digit, or a mask inside a word."""
    codes = folded.codes
    body = look(IS_LETTER, codes) | look(IS_DIGIT, codes)
    mask = codes == MASK
    if mask.any():
        before = np.zeros_like(body)
        before[1:] = body[:-1]
        body = body | (mask & before)
    return body


def words(folded: Folded) -> Ranges:
    """Runs of letters and digits."""
    body = in_word(folded)
    edges = np.flatnonzero(body[1:] != body[:-1]) + 1  # separators at both ends are never in a word
    begin, end = edges[::2], edges[1::2]
    return Ranges(begin, end, folded.text_of(begin))


def sentences(folded: Folded) -> Ranges:
    """Sentences: they end at a stop before a blank, at a line's end, or where they grow too long.

    Every text has at least one (it may be empty). Every place of a text but its separator is in exactly one.
    """
    codes = folded.codes
    blank = (codes == SPACE) | (codes == NEWLINE) | (codes == SEPARATOR)
    stop = look(_STOPS, codes)
    cut = np.zeros(len(codes), np.bool_)
    cut[1:-1] = stop[:-2] & blank[1:-1]
    cut |= codes == NEWLINE
    cut[folded.bounds] = True
    at = np.flatnonzero(cut)
    real = codes[at] == SEPARATOR
    short = np.zeros(len(at), np.bool_)
    short[1:] = np.diff(at) < SHORTEST_SENTENCE
    at = at[~short | real]
    gaps = np.diff(at)
    if (gaps > LONGEST_SENTENCE).any():
        blanks = np.flatnonzero(blank)
        extra = [
            blanks[
                np.minimum(
                    np.searchsorted(blanks, np.arange(a + LONGEST_SENTENCE, a + gap, LONGEST_SENTENCE)), len(blanks) - 1
                )
            ]
            for a, gap in zip(at[:-1][gaps > LONGEST_SENTENCE], gaps[gaps > LONGEST_SENTENCE], strict=True)
        ]
        at = np.unique(np.concatenate([at, *extra]))
    begin, end = at[:-1], at[1:]
    begin = begin + (codes[begin] == SEPARATOR)
    keep = (end > begin) | ((codes[at[:-1]] == SEPARATOR) & (codes[at[1:]] == SEPARATOR))
    begin, end = begin[keep], end[keep]
    return Ranges(begin, end, np.searchsorted(folded.bounds, begin - 1, side="right") - 1)


Hashes = NDArray[np.uint64]
_PRIME, _MIX, _WORD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93), 48
_POWERS = np.cumprod(np.full(_WORD, _PRIME, np.uint64), dtype=np.uint64)


def hashed(folded: Folded, ranges: Ranges) -> Hashes:
    """A polynomial hash of each range, from at most its first 48 code points."""
    if not len(ranges):
        return np.zeros(0, np.uint64)
    size = np.minimum(ranges.end - ranges.begin, _WORD)
    stops = np.cumsum(size)
    inside = np.arange(stops[-1]) - np.repeat(stops - size, size)
    spread = folded.codes[np.repeat(ranges.begin, size) + inside].astype(np.uint64) * _POWERS[inside]
    return np.asarray(np.add.reduceat(spread, stops - size), np.uint64) * _MIX
