"""Folding: a batch of texts as one array of plain, lower-cased code points that remember where they came from.

Here live the joined batch and its two views (light keeps accents, hard loses them). Disguises that
span several characters (leet, spaced letters) are undone in `disguise`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.text.codepoints import (
    HARD,
    LIGHT,
    NEWLINE,
    SECOND,
    SEPARATOR,
    SPACE,
    Codes,
    Flags,
    Index,
    look,
)


@dataclass(frozen=True)
class Joined:
    """The original code points of n texts, one after the other; text i is `codes[starts[i]:starts[i+1]]`."""

    codes: Codes
    starts: Index


@dataclass(frozen=True)
class Folded:
    """Folded code points of n texts, with a separator before the first, between two and after the last.

    `origin` holds, for each folded code point, its index in `Joined.codes` (for a separator, the
    start of the text that follows it). Text i is `codes[bounds[i] + 1 : bounds[i + 1]]`.
    """

    codes: Codes
    origin: Index
    bounds: Index
    joined: Joined

    def keep(self, mask: Flags) -> Folded:
        """The same texts without the code points where `mask` is false; separators must stay."""
        codes = self.codes[mask]
        return Folded(codes, self.origin[mask], np.flatnonzero(codes == SEPARATOR), self.joined)

    def with_codes(self, codes: Codes) -> Folded:
        """The same places with other code points."""
        return Folded(codes, self.origin, self.bounds, self.joined)

    def hard(self) -> Folded:
        """The view without accents, of the same length."""
        return self.with_codes(look(HARD, self.codes))

    def strings(self) -> list[str]:
        """The folded texts as Python strings."""
        whole = self.codes.astype("<u4").tobytes().decode("utf-32-le", "replace")
        bounds = self.bounds.tolist()
        return [whole[a + 1 : b] for a, b in itertools.pairwise(bounds)]

    def text_of(self, places: Index) -> Index:
        """The number of the text in which each folded place lies."""
        return np.searchsorted(self.bounds, places, side="right") - 1


def join(texts: Sequence[str]) -> Joined:
    """The code points of `texts`, surrogates and all."""
    data = "".join(texts).encode("utf-32-le", "surrogatepass")
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
    return Joined(np.frombuffer(data, "<u4").astype(np.uint32, copy=False), starts)


def fold(joined: Joined) -> Folded:
    """The light view of a batch: lower case, look-alikes undone, invisible characters gone, spaces single."""
    first, second = look(LIGHT, joined.codes), look(SECOND, joined.codes)
    first = np.where(joined.codes >= 0xE0000, np.uint32(0), first)  # tags and variation selectors
    count = len(joined.starts)
    between = np.zeros(len(first) + count, np.bool_)
    between[joined.starts + np.arange(count)] = True
    codes = np.full(len(between), SEPARATOR, np.uint32)
    origin = np.empty(len(between), np.int64)
    inside = ~between
    codes[inside], origin[inside] = first, np.arange(len(first))
    origin[between] = joined.starts
    if second.any():  # a ligature gives two code points
        doubled = np.flatnonzero(second)
        at = np.flatnonzero(inside)[doubled] + 1
        codes, origin = np.insert(codes, at, second[doubled]), np.insert(origin, at, doubled)
    kept = codes != 0
    codes, origin = codes[kept], origin[kept]
    blank = (codes == SPACE) | (codes == NEWLINE)
    edge = blank | (codes == SEPARATOR)
    again = np.zeros_like(blank)
    again[1:] = blank[1:] & edge[:-1]
    # Of a run of blanks the first stays; it is a line's end when any of the run is.
    if again.any():
        run = np.cumsum(~again)
        lines = np.zeros(run[-1] + 1, np.bool_)
        lines[run[codes == NEWLINE]] = True
        codes = np.where(blank & lines[run], np.uint32(NEWLINE), codes)
    kept = ~again
    codes, origin = codes[kept], origin[kept]
    return Folded(codes, origin, np.flatnonzero(codes == SEPARATOR), joined)
