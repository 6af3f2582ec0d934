"""Folding: a batch of texts as one array of plain, lower-cased code points that remember where they came from.

Here live the joined batch and its two views (light keeps accents, hard loses them). Disguises that
span several characters (leet, spaced letters) are undone in `disguise`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from classifiers.text.codepoints import (
    HARD,
    LIGHT,
    NEWLINE,
    SECOND,
    SEPARATOR,
    SPACE,
    Codes,
    Index,
    look,
)
from classifiers.text.kinds import Kinds, kinds_of


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

    @cached_property
    def kinds(self) -> Kinds:
        """The kind of each place."""
        return kinds_of(self.codes)

    def without(self, places: Index) -> Folded:
        """The same texts less the code points at `places` (rising), none of which is a separator."""
        if not len(places):
            return self
        mask = np.ones(len(self.codes), np.bool_)
        mask[places] = False
        kept = np.flatnonzero(mask)
        bounds = self.bounds - np.searchsorted(places, self.bounds)
        return Folded(self.codes.take(kept), self.origin.take(kept), bounds, self.joined)

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

    def owner(self, places: Index) -> Index:
        """The same for places in rising order, none before the first text: one search a text instead of one a place."""
        edges = np.searchsorted(places, self.bounds)
        return np.repeat(np.arange(len(edges) - 1), np.diff(edges))


def join(texts: Sequence[str]) -> Joined:
    """The code points of `texts`, surrogates and all."""
    data = "".join(texts).encode("utf-32-le", "surrogatepass")
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
    return Joined(np.frombuffer(data, "<u4").astype(np.uint32, copy=False), starts)


def fold(joined: Joined) -> Folded:
    """The light view of a batch: lower case, look-alikes undone, invisible characters gone, spaces single."""
    count, size = len(joined.starts), len(joined.codes)
    # A separator, then the text that follows it: so many places each, and how many separators stand before.
    before = np.repeat(np.arange(1, count + 1), np.append(np.diff(joined.starts) + 1, 1))
    origin = np.arange(size + count) - before
    bounds = joined.starts + np.arange(count)
    origin[bounds] += 1
    light = look(LIGHT, np.append(joined.codes, np.uint32(0)))
    if joined.codes.max(initial=0) >= 0xE0000:
        light[:-1][joined.codes >= 0xE0000] = 0  # tags and variation selectors
    codes = light.take(origin)
    codes[bounds] = SEPARATOR
    second = look(SECOND, joined.codes)
    if second.any():  # a ligature gives two code points
        doubled = np.flatnonzero(second)
        at = doubled + np.searchsorted(joined.starts, doubled, side="right") + 1
        codes, origin = np.insert(codes, at, second[doubled]), np.insert(origin, at, doubled)
    if not codes.all():
        kept = np.flatnonzero(codes)
        codes, origin = codes.take(kept), origin.take(kept)
    line = codes == NEWLINE
    blank = (codes == SPACE) | line
    again = blank[1:] & (blank[:-1] | (codes[:-1] == SEPARATOR))
    if again.any():  # of a run of blanks the first stays; it is a line's end when any of the run is
        kept = np.flatnonzero(np.append(True, ~again))
        lines = np.searchsorted(kept, np.flatnonzero(line), side="right") - 1
        codes, origin = codes.take(kept), origin.take(kept)
        codes[lines[codes[lines] != SEPARATOR]] = NEWLINE
    return Folded(codes, origin, np.flatnonzero(codes == SEPARATOR), joined)
