"""Tables over code points: how each character folds, and what kind of character it is.

Here live only look-up tables, made once at import from Python's own Unicode data.
No text is processed here.
"""

from __future__ import annotations

import unicodedata
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Index = NDArray[np.int64]
Flags = NDArray[np.bool_]
Kind = TypeVar("Kind", np.uint32, np.bool_)

SIZE = 0x20000
"""Code points from here on (rare ideographs, tags) are folded to `REST`, or dropped when they are tags."""

SPACE, NEWLINE, SEPARATOR, REST = 0x20, 0x0A, 0x01, 0x1FFFF
"""`SEPARATOR` stands between two texts of a batch; no folded text can hold it."""

_LATIN_OF = dict(
    zip(
        "аеорсухіѕјкмтнвгԁԛԝһαορντεικυχηβγ",
        "aeopcyxisjkmthbrdqwhaopvteikuxnby",
        strict=True,
    )
)
_ARABIC_HARD = dict(zip("أإآٱىةؤئ", "اااايهوي", strict=True))


def _fold_one(code: int) -> tuple[int, int]:
    """The one or two code points that `code` becomes in the light view; (0, 0) drops it."""
    char = chr(code)
    if char in "\n\r\u2028\u2029":
        return NEWLINE, 0
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf"} or char == "\u0640":
        return 0, 0
    if category[0] in "CZ":
        return SPACE, 0
    if 0x1F130 <= code <= 0x1F149 or 0x1F150 <= code <= 0x1F169 or 0x1F170 <= code <= 0x1F189:
        return ord("a") + (code - 0x1F130) % 32, 0
    folded = [ord(c) for c in unicodedata.normalize("NFKC", char).lower() if unicodedata.category(c) != "Mn"]
    if char in "’‘ʼ`´":
        return ord("'"), 0
    if char in "œæ":
        return ord("o" if char == "œ" else "a"), ord("e")
    if not folded or folded[0] == SEPARATOR:
        return SPACE, 0
    if folded[0] in {0x153, 0xE6}:
        return ord("o" if folded[0] == 0x153 else "a"), ord("e")
    return folded[0], folded[1] if len(folded) > 1 else 0


def _make() -> dict[str, NDArray[np.uint32] | Flags]:
    light = np.zeros((2, SIZE), np.uint32)
    hard = np.arange(SIZE, dtype=np.uint32)
    flags = {name: np.zeros(SIZE, np.bool_) for name in ("letter", "upper", "lower", "digit", "mark")}
    latin = np.zeros(SIZE, np.uint32)
    for code in range(SIZE):
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Cn":
            light[0, code] = SPACE
            continue
        light[:, code] = _fold_one(code)
        kind = category[0]
        flags["letter"][code] = kind == "L"
        flags["mark"][code] = kind == "M"
        flags["digit"][code] = kind == "N"
        flags["upper"][code] = category in {"Lu", "Lt"}
        flags["lower"][code] = category == "Ll"
        if (
            kind == "L"
            and (decomposed := unicodedata.normalize("NFKD", char))
            and unicodedata.category(decomposed[0]) == "Ll"
        ):
            hard[code] = ord(decomposed[0])
    for letter, code in ((k, ord(v)) for k, v in _LATIN_OF.items()):
        latin[ord(letter)] = code
    for letter, plain in _ARABIC_HARD.items():
        hard[ord(letter)] = ord(plain)
    hard[ord("ø")], hard[ord("đ")], hard[ord("ł")], hard[ord("ı")] = map(ord, "odli")
    return {"light": light[0], "second": light[1], "hard": hard, "latin": latin, **flags}


_TABLES = _make()
LIGHT: Codes = np.asarray(_TABLES["light"], np.uint32)
"""Lower case, compatibility forms undone, accents kept; 0 where the character disappears."""
SECOND: Codes = np.asarray(_TABLES["second"], np.uint32)
"""The second code point of a ligature, 0 for nearly all."""
HARD: Codes = np.asarray(_TABLES["hard"], np.uint32)
"""From the light view to the hard one: accents lost, Arabic letters reduced to their plain form."""
LATIN: Codes = np.asarray(_TABLES["latin"], np.uint32)
"""The Latin letter that a Cyrillic or Greek one looks like, 0 for the rest."""
IS_LETTER: Flags = np.asarray(_TABLES["letter"], np.bool_)
IS_UPPER: Flags = np.asarray(_TABLES["upper"], np.bool_)
IS_LOWER: Flags = np.asarray(_TABLES["lower"], np.bool_)
IS_DIGIT: Flags = np.asarray(_TABLES["digit"], np.bool_)
IS_MARK: Flags = np.asarray(_TABLES["mark"], np.bool_)


def clipped(codes: Codes) -> Index:
    """`codes` as an index into the tables of this module: what lies above them becomes `REST`."""
    return np.minimum(codes, np.uint32(REST)).astype(np.int64)


def flags_of(signs: str) -> Flags:
    """A table that is true for `signs`, to be indexed with `clipped` codes."""
    out = np.zeros(SIZE, np.bool_)
    out[[ord(sign) for sign in signs]] = True
    return out


def look(table: NDArray[Kind], codes: Codes) -> NDArray[Kind]:
    """`table` at each of `codes`; what lies above the table is looked up as `REST`."""
    return table.take(codes, mode="clip")
