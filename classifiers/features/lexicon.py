"""CaseLexicon: which words are ordinary (seen in small letters) and which are acronyms, learned from texts.

Here live two sets of word hashes, no word in clear. Learned once in training, frozen when scoring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.features.ngrams import Hashes, word_hashes
from classifiers.text.codepoints import IS_LOWER, IS_UPPER, Flags, clipped
from classifiers.text.reading import read


def holds(known: Hashes, asked: Hashes) -> Flags:
    """True where `asked` is among the sorted `known`."""
    if not len(known):
        return np.zeros(len(asked), np.bool_)
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.asarray(known[at] == asked, np.bool_)


@dataclass(frozen=True)
class CaseLexicon:
    """Sorted hashes (uint64) of ordinary words and of acronyms."""

    ordinary: Hashes
    acronyms: Hashes

    def is_ordinary(self, hashes: Hashes) -> Flags:
        """True for words that people write in small letters."""
        return holds(self.ordinary, hashes)

    def is_acronym(self, hashes: Hashes) -> Flags:
        """True for words that people write in capitals amid small letters."""
        return holds(self.acronyms, hashes)


def learn(texts: Sequence[str], acronyms: Sequence[str], batch: int = 2048) -> CaseLexicon:
    """Learn from `texts`; `acronyms` are known beforehand.

    Ordinary: at least three times in small letters. Acronym: at least three times in capitals inside
    texts that are mostly in small letters, and in capitals nine times in ten.
    """
    small: list[NDArray[np.uint64]] = []
    loud: list[NDArray[np.uint64]] = []
    for at in range(0, len(texts), batch):
        reading = read(texts[at : at + batch])
        words, folded = reading.words, reading.hard
        if not len(words):
            continue
        index = clipped(folded.joined.codes)
        origin = np.minimum(folded.origin, len(index) - 1)
        up = np.concatenate([[0], np.cumsum(IS_UPPER[index][origin])])
        low = np.concatenate([[0], np.cumsum(IS_LOWER[index][origin])])
        upper, lower = up[words.end] - up[words.begin], low[words.end] - low[words.begin]
        hashes = word_hashes(reading)
        calm = np.bincount(words.text, weights=lower, minlength=len(reading.hard.bounds) - 1) > 4 * np.bincount(
            words.text, weights=upper, minlength=len(reading.hard.bounds) - 1
        )
        small.append(hashes[(lower >= 2) & (upper <= 1)])
        loud.append(hashes[(upper >= 2) & (lower == 0) & (words.end - words.begin <= 7) & calm[words.text]])
    low_words, low_count = np.unique(np.concatenate(small), return_counts=True)
    cap_words, cap_count = np.unique(np.concatenate(loud), return_counts=True)
    at_low = np.minimum(np.searchsorted(low_words, cap_words), len(low_words) - 1)
    as_low = np.where(low_words[at_low] == cap_words, low_count[at_low], 0)
    learned = cap_words[(cap_count >= 3) & (cap_count >= 9 * as_low)]
    given = word_hashes(read(list(acronyms))) if acronyms else np.zeros(0, np.uint64)
    acronym = np.unique(np.concatenate([learned, given]))
    ordinary = low_words[(low_count >= 3) & ~holds(np.unique(given), low_words)]
    return CaseLexicon(np.unique(ordinary), acronym)
