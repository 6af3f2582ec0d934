"""Which characters moved a linear score, exactly.

Here lives the sharing-out of a weighted sum over the characters of a text: the characters' parts add up
to the logit less its intercept. Nothing here knows a label.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifiers.features.ngrams import Grams
from classifiers.text.codepoints import SEPARATOR, Codes
from classifiers.text.reading import Reading

Floats = NDArray[np.float64]
Span = tuple[int, int, float]


def per_place(values: NDArray[np.floating], found: Grams, codes: Codes) -> Floats:
    """Each gram's part shared equally over the folded places it covers: (len(codes),), the same sum as `values`.

    The border of a text belongs to no text, so a gram that touches it puts all of its part on its other places.
    """
    begin = found.begin + (codes[found.begin] == SEPARATOR)
    end = found.end - (codes[found.end - 1] == SEPARATOR)
    share, size = values / (end - begin), len(codes)
    steps = np.bincount(begin, weights=share, minlength=size + 1) - np.bincount(end, weights=share, minlength=size + 1)
    return np.cumsum(steps)[:size]


def per_word(parts: Floats, reading: Reading, number: int) -> tuple[list[Span], float]:
    """The parts of text `number` by word, as spans in its original code points, and what fell between words."""
    words = reading.words
    mine = np.flatnonzero(words.text == number)
    bounds = reading.hard.bounds
    whole = float(parts[bounds[number] + 1 : bounds[number + 1]].sum())
    start, origin = int(reading.hard.joined.starts[number]), reading.hard.origin
    spans = []
    for word in mine.tolist():
        begin, end = int(words.begin[word]), int(words.end[word])
        spans.append((int(origin[begin]) - start, int(origin[end - 1]) - start + 1, float(parts[begin:end].sum())))
    return spans, whole - sum(s[2] for s in spans)


def strongest(spans: list[Span], most: int = 8, share: float = 0.2, short: float = 0.6) -> tuple[Span, ...]:
    """The spans that raise the score most, in order: each at least `share` of the strongest.

    A span of fewer than four characters is mostly grammar; it must reach the share `short`.
    """
    top = max((weight for _, _, weight in spans), default=0.0)
    if top <= 0:
        return ()
    kept = [s for s in spans if s[2] >= (short if s[1] - s[0] < 4 else share) * top]
    kept = sorted(sorted(kept, key=lambda s: -s[2])[:most])
    return tuple((a, b, round(w, 6)) for a, b, w in kept)
