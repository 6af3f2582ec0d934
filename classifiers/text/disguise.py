"""Disguises undone: look-alike letters, leet, spaced and masked letters, stretched words.

Here live steps from one folded batch to another; each drops or replaces code points and keeps their
origin, so that a span found afterwards still covers the disguise as it was typed. Nothing here knows
which words are rude.
"""

from __future__ import annotations

import numpy as np

from classifiers.text.codepoints import IS_DIGIT, IS_LETTER, LATIN, SEPARATOR, SIZE, SPACE, Flags, flags_of, look
from classifiers.text.folding import Folded

MASK = ord("*")
_LEET = np.zeros(SIZE, np.uint32)
for _sign, _letter in zip("013457@$!", "oieastasi", strict=True):
    _LEET[ord(_sign)] = ord(_letter)
_MASKS = flags_of("*#•_×%")
_SPACERS = flags_of(" .-_*,/|")
_VOWELS = flags_of("aeiouy")


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
    codes = folded.codes
    stands_for = look(_LEET, codes)
    if not stands_for.any():
        return folded
    letter, digit = look(IS_LETTER, codes), look(IS_DIGIT, codes)
    lone = ~(digit & (_near(digit, -1) | _near(digit, 1)))
    candidate = (stands_for != 0) & lone
    body = letter | candidate
    inner = candidate & _near(letter, -1) & _near(letter, 1)
    inner |= candidate & digit & _near(body, -1) & _near(body, 1) & (_near(letter, -1) | _near(letter, 1))
    first = candidate & ~_near(body, -1) & digit & _near(letter, 1) & _near(letter, 2) & _near(letter, 3)
    begins = np.flatnonzero(body & ~_near(body, -1))
    swap = inner | first
    if len(begins):
        word = np.cumsum(body & ~_near(body, -1)) - 1
        has_inner = np.logical_or.reduceat(inner, begins) & True
        last = candidate & digit & _near(letter, -1) & ~_near(body, 1) & has_inner[np.maximum(word, 0)]
        swap |= last
    return folded.with_codes(np.where(swap, stands_for, codes))


def masked(folded: Folded) -> Folded:
    """A run of masking signs between two letters becomes one `*`."""
    codes = folded.codes
    mask = look(_MASKS, codes)
    if not mask.any():
        return folded
    letter = look(IS_LETTER, codes)
    changed = Folded(np.where(mask, np.uint32(MASK), codes), folded.origin, folded.bounds, folded.joined)
    return changed.keep(~(mask & _near(mask, -1))) if letter.any() else changed


def spaced(folded: Folded) -> Folded:
    """Letters set apart one by one (p u t e, c.o.n) are joined: four after spaces, three after signs."""
    codes = folded.codes
    body = look(IS_LETTER, codes) | look(IS_DIGIT, codes)
    alone = look(IS_LETTER, codes) & ~_near(body, -1) & ~_near(body, 1)
    link = alone & _near(alone, 2) & _near(look(_SPACERS, codes), 1)
    if not link.any():
        return folded
    drop = np.zeros_like(link)
    blank = _near(codes == SPACE, 1)
    for parity in (0, 1):
        lane = link[parity::2]
        padded = np.concatenate([[False], lane, [False]])
        edges = np.flatnonzero(padded[1:] != padded[:-1])
        begins, ends = edges[::2], edges[1::2]
        enough = (ends - begins) >= np.where(blank[parity::2][begins], 3, 2)
        change = np.zeros(len(lane) + 1, np.int64)
        change[begins[enough]] += 1
        change[ends[enough]] -= 1
        drop[parity::2] = np.cumsum(change)[:-1] > 0
    return folded.keep(~_near(drop, -1))


def stretched(folded: Folded) -> Folded:
    """Of three or more equal characters in a row, a vowel stays once and anything else twice."""
    codes = folded.codes
    same = np.zeros(len(codes), np.bool_)
    same[1:] = (codes[1:] == codes[:-1]) & (codes[1:] != SEPARATOR)
    third = same & _near(same, -1)
    if not third.any():
        return folded
    begins = np.flatnonzero(~same)
    length = np.diff(np.append(begins, len(codes)))
    long = np.repeat(length >= 3, length)
    vowel = look(_VOWELS, codes)
    return folded.keep(~(long & (third | (same & vowel))))
