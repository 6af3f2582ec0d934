"""Words and sentences of a folded batch, as index ranges, and the hashes of words.

Here live boundaries and names only; what a word weighs is for `features`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.text.codepoints import NEWLINE, SEPARATOR, Flags, Index
from classifiers.text.disguise import MASK
from classifiers.text.folding import Folded
from classifiers.text.kinds import BLANK, BODY, MASKED, STOP, has

LONGEST_SENTENCE = 360
"""Code points after which a sentence without end is cut at the next blank."""
SHORTEST_SENTENCE = 12


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
    body = has(folded.kinds, BODY)
    masks = np.flatnonzero(folded.kinds & MASKED)
    masks = masks[folded.codes[masks] == MASK]
    body[masks] = has(folded.kinds[masks - 1], BODY)
    return body


def words(folded: Folded) -> Ranges:
    """Runs of letters and digits."""
    body = in_word(folded)
    edges = np.flatnonzero(body[1:] != body[:-1]) + 1  # separators at both ends are never in a word
    begin, end = edges[::2], edges[1::2]
    return Ranges(begin, end, folded.owner(begin))


def sentences(folded: Folded) -> Ranges:
    """Sentences: they end at a stop before a blank, at a line's end, or where they grow too long.

    Every text has at least one (it may be empty). Every place of a text but its separator is in exactly one.
    """
    codes = folded.codes
    blank, stop = has(folded.kinds, BLANK), has(folded.kinds, STOP)
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
    return Ranges(begin, end, folded.owner(begin - 1))


Hashes = NDArray[np.uint64]
_PRIME, _MIX, _WORD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93), 48
_BLOCK = 1 << 16
"""Places that are hashed at once."""
_POWERS = np.cumprod(np.full(_BLOCK + _WORD, _PRIME, np.uint64), dtype=np.uint64)
_BACK = np.cumprod(np.append(np.uint64(1), np.full(_BLOCK, pow(int(_PRIME), -1, 1 << 64), np.uint64)), dtype=np.uint64)
"""Powers of the prime's inverse modulo 2**64: `_POWERS[i] * _BACK[j] == _POWERS[i - j]`."""


def hashed(folded: Folded, ranges: Ranges) -> Hashes:
    """A polynomial hash of each range (rising), from at most its first 48 code points.

    The code points times rising powers are summed from the block's first on; a range's sum is the difference at
    its ends, taken back to the powers that it would have had at the block's first place.
    """
    out = np.zeros(len(ranges), np.uint64)
    stop = np.minimum(ranges.end, ranges.begin + _WORD)
    cuts = np.searchsorted(ranges.begin, np.arange(0, len(folded.codes) + _BLOCK, _BLOCK)).tolist()
    for number, (a, b) in enumerate(itertools.pairwise(cuts)):
        place = number * _BLOCK
        some = folded.codes[place : place + _BLOCK + _WORD]
        total = np.zeros(len(some) + 1, np.uint64)
        np.cumsum(some * _POWERS[: len(some)], out=total[1:])
        begin, end = ranges.begin[a:b] - place, stop[a:b] - place
        out[a:b] = (total.take(end) - total.take(begin)) * _BACK.take(begin)
    return out * _MIX
