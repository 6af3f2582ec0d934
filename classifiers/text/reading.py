"""Reading: everything the features need from a batch of texts, folded and cut once.

Here lives the one entry to the text floor for the rooms above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from classifiers.text.codepoints import Flags, Index
from classifiers.text.disguise import undisguised
from classifiers.text.folding import Folded, fold, join
from classifiers.text.kinds import BLANK, has
from classifiers.text.words import Hashes, Ranges, hashed, sentences, words


@dataclass(frozen=True)
class Reading:
    """n texts: `light` keeps accents, `hard` does not; both have the same places."""

    light: Folded
    hard: Folded
    words: Ranges
    sentences: Ranges

    @cached_property
    def hashes(self) -> Hashes:
        """The hash of each word of the hard view, in order."""
        return hashed(self.hard, self.words)

    @property
    def blank(self) -> Flags:
        """True where a folded place is a space, a line's end or a separator; the same in both views."""
        return has(self.light.kinds, BLANK)

    def sentence_strings(self) -> list[list[str]]:
        """The light view of each text as its sentences (at least one each)."""
        whole = self.light.codes.astype("<u4").tobytes().decode("utf-32-le", "replace")
        out: list[list[str]] = [[] for _ in range(len(self.light.bounds) - 1)]
        cuts = self.sentences
        for begin, end, text in zip(cuts.begin.tolist(), cuts.end.tolist(), cuts.text.tolist(), strict=True):
            out[text].append(whole[begin:end])
        return out

    def sentence_places(self, number: int) -> list[tuple[int, int]]:
        """Where the sentences of text `number` stand in its original code points (empty ones as (0, 0))."""
        mine = np.flatnonzero(self.sentences.text == number)
        begin, end = self.sentences.begin[mine], self.sentences.end[mine]
        origin, start = self.hard.origin, int(self.hard.joined.starts[number])
        return [
            (int(origin[a]) - start, int(origin[b - 1]) - start + 1) if b > a else (0, 0)
            for a, b in zip(begin.tolist(), end.tolist(), strict=True)
        ]

    def original(self, place: Index) -> tuple[Index, Index]:
        """The text number and the code-point offset in the original text of folded places."""
        text = self.light.text_of(place)
        return text, self.light.origin[place] - self.light.joined.starts[text]


def read(texts: Sequence[str]) -> Reading:
    """Fold, undisguise and cut a batch of texts."""
    light = undisguised(fold(join(texts)))
    return Reading(light, light.hard(), words(light), sentences(light))  # accents make no difference to either
