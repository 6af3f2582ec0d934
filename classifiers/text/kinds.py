"""Kinds: what sort of character each code point is, as one byte of flags, so that a batch is looked up once.

Here lives the table only; the steps that ask it are `disguise` and `words`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifiers.text.codepoints import IS_DIGIT, IS_LETTER, NEWLINE, SEPARATOR, SIZE, SPACE, Codes, Flags, flags_of

Kinds = NDArray[np.uint8]

LETTER, DIGIT, BLANK, STOP, SWAPPED, MASKED, SPACER, VOWEL = (np.uint8(1 << k) for k in range(8))
"""`BLANK`: a space, a line's end or a separator; `STOP` may end a sentence; `SWAPPED` may stand for a letter;
`MASKED` may hide letters; `SPACER` may stand between letters set apart; `VOWEL` is a plain one."""
BODY = LETTER | DIGIT


def _make() -> Kinds:
    flags = {
        LETTER: IS_LETTER,
        DIGIT: IS_DIGIT,
        BLANK: flags_of("".join(map(chr, (SPACE, NEWLINE, SEPARATOR)))),
        STOP: flags_of(".!?…؟۔"),
        SWAPPED: flags_of("013457@$!"),
        MASKED: flags_of("*#•_×%"),
        SPACER: flags_of(" .-_*,/|"),
        VOWEL: flags_of("aeiouy"),
    }
    out = np.zeros(SIZE, np.uint8)
    for bit, flag in flags.items():
        out[flag] |= bit
    return out


KIND: Kinds = _make()
"""The flags of each code point; those above the table are like its last."""


def kinds_of(codes: Codes) -> Kinds:
    """The flags of `codes`."""
    return KIND.take(codes, mode="clip")


def has(kinds: Kinds, bits: np.uint8) -> Flags:
    """True where any of `bits` is set."""
    return np.asarray((kinds & bits) != 0, np.bool_)
