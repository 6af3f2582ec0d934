"""Texts written by strangers, made safe to look at: escaped, marked, with nothing invisible left in them.

Every text of a comment, a writer, an article or a note goes through here. Invisible characters and floods
of combining marks are shown as small signs instead of acting. No request and no record is known here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

MARKS_DRAWN = 6  # combining marks on one letter; no language needs more
STRENGTHS = 3

_SHORT_NAMES = {
    0x00AD: "SHY", 0x061C: "ALM", 0x180E: "MVS", 0x200B: "ZWSP", 0x200C: "ZWNJ", 0x200D: "ZWJ", 0x200E: "LRM",
    0x200F: "RLM", 0x2028: "LS", 0x2029: "PS", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO",
    0x202E: "RLO", 0x2060: "WJ", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI", 0xFEFF: "BOM",
}  # fmt: skip
_LOOK_EMPTY = (0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0)
_KEPT = "\n\t"
_QUOTATION = re.compile(r"([«“])(.*?)([»”])", re.DOTALL)


def _ranges(points: Iterable[int]) -> str:
    """Write code points as the inside of a regular expression's character class."""
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in runs)


def _is_invisible(point: int) -> bool:
    character = chr(point)
    return (unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} and character not in _KEPT) or (
        point in _LOOK_EMPTY
    )


_ALL = (*range(0x20000), *range(0xE0000, 0xE1000))  # the planes that hold such characters
_INVISIBLE = _ranges(p for p in _ALL if _is_invisible(p))
_COMBINING = _ranges(p for p in _ALL if unicodedata.category(chr(p)) in {"Mn", "Me"})
_SPECIAL = re.compile(f"(?P<unseen>[{_INVISIBLE}]+)|(?<=[{_COMBINING}]{{{MARKS_DRAWN}}})(?P<flood>[{_COMBINING}]+)")


def visible(text: str) -> Markup:
    """Return the text escaped, with a small sign for every run of characters that cannot be seen."""
    return Markup("").join(_visible(text))


def _visible(text: str) -> Iterator[Markup]:
    done = 0
    for found in _SPECIAL.finditer(text):
        if found["unseen"] and _joins_letters(found):
            continue
        yield escape(text[done : found.start()])
        yield _sign_for_unseen(found["unseen"]) if found["unseen"] else _sign_for_flood(found["flood"])
        done = found.end()
    yield escape(text[done:])


def _joins_letters(found: re.Match[str]) -> bool:
    """Say whether this is one joiner inside an emoji or between letters of a script that needs joiners."""
    text, start, end = found.string, found.start(), found.end()
    inside = start > 0 and end < len(text)
    return found[0] in "\u200c\u200d" and inside and min(text[start - 1], text[end]) > "\u02ff"


def _sign_for_unseen(run: str) -> Markup:
    first = ord(run[0])
    if set(run) != {run[0]}:
        count = len(run)
        return _sign(f"×{count}", ngettext("%(num)d invisible character", "%(num)d invisible characters", count))
    name = unicodedata.name(run[0], gettext("control character"))
    short = _SHORT_NAMES.get(first, f"U+{first:04X}") + (f" ×{len(run)}" if len(run) > 1 else "")
    return _sign(short, f"U+{first:04X} {name}")


def _sign_for_flood(run: str) -> Markup:
    count = len(run)
    told = ngettext("%(num)d more accent, not drawn", "%(num)d more accents, not drawn", count)
    return _sign(f"◌ ×{count}", told)


def _sign(short: str, told: str) -> Markup:
    return Markup('<span class="unseen" title="{}">{}</span>').format(told, short)


def sentence(text: str) -> Markup:
    """Return a sentence of ours that quotes foreign words: each quotation keeps its own direction and its marks."""
    pieces, end = [], 0
    for found in _QUOTATION.finditer(text):
        opening, inner, closing = found.groups()
        gap = "\N{NO-BREAK SPACE}" if opening == "«" else ""
        quoted = Markup("{}{}<bdi>{}</bdi>{}{}").format(opening, gap, visible(inner.strip()), gap, closing)
        pieces += [visible(text[end : found.start()]), quoted]
        end = found.end()
    return Markup("").join([*pieces, visible(text[end:])])


def marked(text: str, spans: Mapping[str, Sequence[Any]], start: int = 0, end: int | None = None) -> Markup:
    """Return text[start:end] with the spans that moved each score in nested <mark>s, stronger ones deeper in tint.

    Spans are [start, end, weight] in code points of the whole text; those of different labels may overlap.
    """
    end = len(text) if end is None else end
    pieces = [
        (max(a, start), min(b, end), label, strength)
        for label, of_label in spans.items()
        for a, b, strength in _strengths(of_label)
        if a < end and b > start and a < b
    ]
    edges = sorted({start, end, *(p[0] for p in pieces), *(p[1] for p in pieces)})
    return Markup("").join(
        _in_marks(visible(text[a:b]), {(label, s) for pa, pb, label, s in pieces if pa <= a and b <= pb})
        for a, b in pairwise(edges)
    )


def _strengths(of_label: Sequence[Any]) -> Iterator[tuple[int, int, int]]:
    most = max((abs(w) for _, _, w in of_label), default=0) or 1
    for a, b, weight in of_label:
        yield int(a), int(b), max(1, min(STRENGTHS, round(STRENGTHS * abs(weight) / most)))


def _in_marks(piece: Markup, around: set[tuple[str, int]]) -> Markup:
    for label, strength in sorted(around):
        piece = Markup('<mark class="mark {} s{}">{}</mark>').format(label, strength, piece)
    return piece


def fold(text: str, most: int, most_lines: int = 14) -> int | None:
    """Return where a long text is folded, at a space where there is one near; None when it is short enough."""
    lines = [found.end() for found in re.finditer("\n", text[:most])]
    limit = min(most, lines[most_lines - 1]) if len(lines) >= most_lines else most
    if len(text) <= limit + limit // 4 and text.count("\n", limit) < most_lines:
        return None
    space = max(text.rfind(" ", limit - 80, limit), text.rfind("\n", limit - 80, limit))
    return space + 1 if space > 0 else limit
