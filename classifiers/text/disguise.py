"""Disguises undone: look-alike letters, leet, spaced and masked letters, stretched words.

Here live steps from one folded batch to another; each drops or replaces code points and keeps their
origin, so that a span found afterwards still covers the disguise as it was typed. Nothing here knows
which words are rude. Disguises are rare: each step looks for its few places first and works on these alone.
"""

from __future__ import annotations

import numpy as np

from classifiers.text.codepoints import IS_LETTER, LATIN, SEPARATOR, SIZE, SPACE, Flags, Index, look
from classifiers.text.folding import Folded
from classifiers.text.kinds import BODY, DIGIT, LETTER, MASKED, SPACER, SWAPPED, VOWEL, has

MASK = ord("*")
_LEET = np.zeros(SIZE, np.uint32)
for _sign, _letter in zip("013457@$!", "oieastasi", strict=True):
    _LEET[ord(_sign)] = ord(_letter)


def undisguised(folded: Folded) -> Folded:
    """All steps in their order."""
    return stretched(spaced(masked(leet(latinised(folded)))))


def _near(values: Flags, by: int) -> Flags:
    """`values` as seen from the place `by` before (negative) or after."""
    out = np.zeros_like(values)
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


def latinised(folded: Folded) -> Folded:
    """Cyrillic and Greek look-alikes become Latin letters, in words that also hold a Latin letter."""
    codes = folded.codes
    foreign = (codes >= 0x370) & (codes < 0x530)
    if not foreign.any():
        return folded
    letter = look(IS_LETTER, codes)
    begins = np.flatnonzero(letter & ~_near(letter, -1))
    word = np.cumsum(letter & ~_near(letter, -1)) - 1
    has_latin = np.logical_or.reduceat(letter & (codes < 0x250), begins)
    looks = look(LATIN, codes)
    swap = letter & foreign & (looks != 0) & has_latin[np.maximum(word, 0)]
    return folded.with_codes(np.where(swap, looks, codes))


def leet(folded: Folded) -> Folded:
    """Digits and signs that stand for letters: inside a word, before three letters, or ending such a word."""
    kinds = folded.kinds
    at = np.flatnonzero(kinds & SWAPPED)
    if not len(at):
        return folded

    def is_(bit: np.uint8, places: Index) -> Flags:
        return has(kinds.take(places, mode="clip"), bit)  # at both ends of a batch stands a separator

    def candidate(places: Index) -> Flags:
        lone = ~(is_(DIGIT, places) & (is_(DIGIT, places - 1) | is_(DIGIT, places + 1)))
        return is_(SWAPPED, places) & lone

    at = at[candidate(at)]
    before, after, digit = is_(LETTER, at - 1), is_(LETTER, at + 1), is_(DIGIT, at)
    body_before, body_after = before | candidate(at - 1), after | candidate(at + 1)
    inner = (before & after) | (digit & body_before & body_after & (before | after))
    first = digit & ~body_before & after & is_(LETTER, at + 2) & is_(LETTER, at + 3)
    swap = inner | first
    last = np.flatnonzero(digit & before & ~body_after)
    if len(last) and inner.any():
        body = has(kinds, LETTER)
        body[at] = True
        word = np.searchsorted(np.flatnonzero(~body), at)
        swap[last] |= np.isin(word[last], word[inner])
    if not swap.any():
        return folded
    codes = folded.codes.copy()
    codes[at[swap]] = _LEET[codes[at[swap]]]
    return folded.with_codes(codes)


def masked(folded: Folded) -> Folded:
    """A run of masking signs becomes one `*`."""
    mask = has(folded.kinds, MASKED)
    at = np.flatnonzero(mask)
    if not len(at):
        return folded
    codes = folded.codes.copy()
    codes[at] = MASK
    changed = folded.with_codes(codes)
    return changed.without(at[mask[at - 1]])


def spaced(folded: Folded) -> Folded:
    """Letters set apart one by one (p u t e, c.o.n) are joined: four after spaces, three after signs."""
    kinds = folded.kinds
    body = has(kinds, BODY)
    alone = has(kinds, LETTER) & ~_near(body, -1) & ~_near(body, 1)
    at = np.flatnonzero(alone)
    link = at[alone.take(at + 2, mode="clip") & has(kinds.take(at + 1, mode="clip"), SPACER)]
    drop = []
    for parity in (0, 1):
        lane = link[link % 2 == parity]
        if not len(lane):
            continue
        begins = np.flatnonzero(np.diff(lane, prepend=-2) != 2)
        size = np.diff(begins, append=len(lane))
        enough = size >= np.where(folded.codes[lane[begins] + 1] == SPACE, 3, 2)
        drop.append(lane[np.repeat(enough, size)] + 1)
    return folded.without(np.sort(np.concatenate(drop))) if drop else folded


def stretched(folded: Folded) -> Folded:
    """Of three or more equal characters in a row, a vowel stays once and anything else twice."""
    codes = folded.codes
    again = np.flatnonzero(codes[1:] == codes[:-1]) + 1
    again = again[codes[again] != SEPARATOR]
    begins = np.flatnonzero(np.diff(again, prepend=-2) != 1)
    size = np.diff(begins, append=len(again))
    long = np.repeat(size >= 2, size)
    if not long.any():
        return folded
    spared = np.zeros(len(again), np.bool_)
    spared[begins] = ~has(folded.kinds[again[begins]], VOWEL)
    return folded.without(again[long & ~spared])
