"""Layout: texts of several sentences laid one after the other as one row of tokens, and where each part lies.

Here lives index arithmetic only. Between two texts stand `GAP` empty places, so that no window sees two texts.
Shapes: t tokens, n texts, m sentences, s segments (a text's first sign, its sentences, its last sign).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BEGIN, END, NOTHING = 1, 2, -1
GAP = 2
"""Empty places between texts: as far as the widest window reaches to either side."""
MOST_TOKENS = 4000
"""Tokens of one text that are read; what follows is left to the n-grams, which read everything."""

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """`tokens` (t,); `begin`, `size`, `owner` (s,) of segments; `count` (n,) sentences of each text.

    `part_segment`, `part_size` (m,): the segment and the tokens of each sentence; an empty one has size 0.
    """

    tokens: Index
    begin: Index
    size: Index
    owner: Index
    part_segment: Index
    part_size: Index
    count: Index

    @property
    def edges(self) -> Index:
        """Begin and end of each segment, for `reduceat`: every second result belongs to a segment."""
        return np.stack([self.begin, self.begin + self.size], axis=1).ravel()

    @property
    def lead(self) -> Index:
        """The first segment of each text (n,)."""
        return np.searchsorted(self.owner, np.arange(len(self.count)))

    @property
    def length(self) -> Index:
        """The tokens of each text (n,)."""
        return np.asarray(np.add.reduceat(self.size, self.lead), np.int64)

    @property
    def text_of(self) -> Index:
        """The text of each sentence (m,)."""
        return np.repeat(np.arange(len(self.count)), self.count)

    @property
    def apart(self) -> Index:
        """The sentences that are neither empty nor the only one of their text; the others have their text's numbers."""
        return np.flatnonzero((np.repeat(self.count, self.count) > 1) & (self.part_size > 0))


def lay(texts: Sequence[Sequence[Sequence[int]]]) -> Layout:
    """Lay out texts given as the token ids of their sentences (at least one sentence each, which may be empty)."""
    tokens: list[int] = []
    begin: list[int] = []
    owner: list[int] = []
    part_segment: list[int] = []
    part_size: list[int] = []
    for number, sentences in enumerate(texts):
        room = MOST_TOKENS
        for place, ids in enumerate(itertools.chain([[BEGIN]], sentences, [[END]])):
            if 0 < place <= len(sentences):
                ids = ids[:room]
                room -= len(ids)
                part_segment.append(len(begin))
                part_size.append(len(ids))
            if ids:
                begin.append(len(tokens))
                owner.append(number)
                tokens += ids
        tokens += [NOTHING] * GAP
    starts = np.array(begin, np.int64)
    ends = np.append(starts[1:], len(tokens))
    ends[np.append(np.diff(owner) > 0, True)] -= GAP
    return Layout(
        np.array(tokens, np.int64),
        starts,
        ends - starts,
        np.array(owner, np.int64),
        np.array(part_segment, np.int64),
        np.array(part_size, np.int64),
        np.array([len(sentences) for sentences in texts], np.int64),
    )
