"""What of a text is not its running words: links, addresses, mentions, hashtags, and quotations.

Here lives finding them; what is done about them is for others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from classifiers.text.codepoints import LIGHT, NEWLINE, SPACE, Codes, Flags, clipped, flags_of
from classifiers.text.folding import Joined

_MASK = "\x01"
_QUOTED = re.compile(r"«[^»\x01]{1,400}»|“[^”\x01]{1,400}”|\"[^\"\x01]{1,400}\"")
_OPENING = flags_of("(«\"'.,;:!?")


def skipped(texts: Sequence[str], joined: Joined) -> tuple[Flags, Flags]:
    """Two masks over the code points of `joined`, which joins `texts`: links and the like; quotations."""
    return _links(joined), _quotations(texts, len(joined.codes))


def _links(joined: Joined) -> Flags:
    """Whole words that hold a link, an address, or begin with a mention or a hashtag."""
    codes = joined.codes
    none = np.zeros(len(codes), np.bool_)
    at, hash_sign, slash = codes == ord("@"), codes == ord("#"), codes == ord("/")
    www = _follows(codes | np.uint32(0x20), "www") & _shifted(codes == ord("."), 3)
    link = (codes == ord(":")) & _shifted(slash, 1) & _shifted(slash, 2)
    if not (at.any() or hash_sign.any() or link.any() or www.any()):
        return none
    blank = LIGHT[clipped(codes)]
    edge = (blank == SPACE) | (blank == NEWLINE)
    begins = edge.copy()
    begins[joined.starts[:-1][joined.starts[:-1] < len(codes)]] = True
    begins[0] = True
    first = np.flatnonzero(begins)
    after = np.zeros(len(codes), np.bool_)
    after[1:] = edge[:-1] | _OPENING[clipped(codes[:-1])]
    opened = (after & ~edge) | (begins & ~edge)
    address = np.logical_or.reduceat(at, first) & np.logical_or.reduceat(codes == ord("."), first)
    address &= ~np.logical_or.reduceat(at & opened, first)
    named = np.logical_or.reduceat((at | hash_sign) & opened & _shifted(~edge, 1), first)
    linked = np.logical_or.reduceat(link | www, first)
    size = np.diff(np.append(first, len(codes)))
    return np.asarray(np.repeat(address | named | linked, size) & ~edge, np.bool_)


def _shifted(flags: Flags, by: int) -> Flags:
    out = np.zeros_like(flags)
    out[:-by] = flags[by:]
    return np.asarray(out, np.bool_)


def _follows(codes: Codes, word: str) -> Flags:
    out = codes == ord(word[0])
    for k, sign in enumerate(word[1:], 1):
        out &= _shifted(codes == ord(sign), k)
    return np.asarray(out, np.bool_)


def _quotations(texts: Sequence[str], length: int) -> Flags:
    joined = _MASK.join(texts)
    if not any(sign in joined for sign in '«“"'):
        return np.zeros(length, np.bool_)
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    real = np.ones(len(joined), np.bool_)
    real[(np.cumsum(sizes) + np.arange(len(texts)))[:-1]] = False
    mask = np.zeros(len(joined), np.bool_)
    for match in _QUOTED.finditer(joined):
        mask[match.start() : match.end()] = True
    return np.asarray(mask[real], np.bool_)
