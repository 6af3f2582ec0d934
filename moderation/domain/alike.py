"""Fingerprints of texts, by which the same text is known again though a word, an accent or a sign differs.

Pure. A text is folded to bare letters, cut into overlapping pieces, and described by a few small numbers
(min-hashes): the more pieces two texts share, the more of these numbers are equal.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

BANDS = 12
NEAR_ENOUGH = 4  # bands that two fingerprints share when about three pieces in four are the same

_ROWS = 3  # with fewer, two texts of one language share a band by chance
_BINS = BANDS * _ROWS
_PIECE = 5
_MOST = 4_000  # characters looked at: a long text is known by its beginning
_WORD = 0xFFFFFFFF


@dataclass(frozen=True)
class Fingerprint:
    """`whole` is equal for texts that fold to the same letters; `bands` are shared by those that are near."""

    whole: int
    bands: tuple[int, ...]


def fold(text: str) -> str:
    """Return the letters and digits of a text in lower case without accents, runs of anything else as one space."""
    decomposed = unicodedata.normalize("NFKD", text[: 4 * _MOST]).casefold()
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split()) or " ".join(text.split())  # signs alone stay as they are


def fingerprint(text: str) -> Fingerprint | None:
    """Return the fingerprint of a text; None when nothing is in it."""
    folded = fold(text)
    if not folded:
        return None
    smallest = _smallest(folded[:_MOST])
    return Fingerprint(_number(folded), tuple(_number(f"{b}:{smallest[b::BANDS]}") for b in range(BANDS)))


def shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Count the bands that two fingerprints share."""
    return len(set(one) & set(other))


def _smallest(folded: str) -> list[int]:
    """Return the smallest hash in each bin; an empty bin borrows from the next one that is not."""
    bins: list[int | None] = [None] * _BINS
    for piece in {folded[i : i + _PIECE] for i in range(max(1, len(folded) - _PIECE + 1))}:
        value, place = divmod(_mixed(crc32(piece.encode())), _BINS)
        held = bins[place]
        if held is None or value < held:
            bins[place] = value
    filled = [place for place, value in enumerate(bins) if value is not None]
    return [_borrowed(bins, place, filled) for place in range(_BINS)]


def _borrowed(bins: Sequence[int | None], place: int, filled: Sequence[int]) -> int:
    away = min((source - place) % _BINS for source in filled)
    return (bins[(place + away) % _BINS] or 0) + (away << 32)


def _mixed(value: int) -> int:
    """Spread a checksum's bits, so that the smallest of many is a fair draw."""
    value = ((value ^ (value >> 16)) * 0x85EBCA6B) & _WORD
    value = ((value ^ (value >> 13)) * 0xC2B2AE35) & _WORD
    return value ^ (value >> 16)


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)
