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
    words, bounds, origin = reading.words, reading.hard.bounds, reading.hard.origin
    mine = slice(*np.searchsorted(words.text, [number, number + 1]).tolist())
    begin, end = words.begin[mine], words.end[mine]
    low, start = int(bounds[number]), int(reading.hard.joined.starts[number])
    own = parts[low : int(bounds[number + 1]) + 1]  # from border to border
    edges = np.stack([begin, end], axis=1).ravel() - low
    weight = np.add.reduceat(own, edges)[::2] if len(edges) else np.zeros(0)
    places = zip((origin[begin] - start).tolist(), (origin[end - 1] - start + 1).tolist(), weight.tolist(), strict=True)
    return list(places), float(own[1:-1].sum() - weight.sum())


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
