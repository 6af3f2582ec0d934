"""The picture of a band of scores: one dot for each comment that waits, those inside the band apart.

All is drawn by attributes of the SVG: points of one path, a round end for each. Nothing is read here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort

from moderation.dashboard import asking
from moderation.domain.words import CommentStatus, Label
from moderation.storage.sites import SiteRecord

MOST_DOTS = 5_000
WIDTH, HEIGHT = 1_000, 150
_BINS = 100
_LARGEST_STEP = 9.0


@dataclass(frozen=True)
class Picture:
    """Two paths of dots, the size of a dot, and how many comments there are."""

    inside: str
    outside: str
    dot: float
    count: int
    inside_count: int


def asked(values: Mapping[str, str], sites: Sequence[SiteRecord]) -> dict[str, str]:
    """Return the band that an address names as a search: a site, a label and two percentages, each with a default."""
    if not sites:
        abort(404)
    given = asking.given(values, ("site", "label", "least", "most"))
    complete = {"site": sites[0].slug, "label": Label.INCIVILITY.value, "least": "80", "most": "100"} | given
    least, most = sorted((complete["least"], complete["most"]), key=lambda text: (len(text), text))
    return complete | {"least": least, "most": most, "status": CommentStatus.IN_REVIEW.value}


def picture(scores: Sequence[float], least: float, most: float) -> Picture:
    """Draw the scores: along the line by value, upwards where several are alike."""
    bins = [min(int(score * _BINS + 1e-9), _BINS - 1) for score in scores]
    highest = max(Counter(bins).values(), default=1)
    step = min(_LARGEST_STEP, HEIGHT / (highest + 1))
    height: Counter[int] = Counter()
    paths: dict[bool, list[str]] = {True: [], False: []}
    for score, place in zip(scores, bins, strict=True):
        height[place] += 1
        x, y = round(score * WIDTH), HEIGHT - (height[place] - 0.5) * step
        paths[least <= score <= most].append(f"M{x} {y:.1f}h0")
    inside, outside = paths[True], paths[False]
    return Picture("".join(inside), "".join(outside), round(max(2.0, step * 0.8), 1), len(scores), len(inside))
