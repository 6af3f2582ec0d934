"""A small picture of how well each version of one label's model does, drawn on the server."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from moderation.dashboard import model_proof
from moderation.storage.models import ModelVersionRecord

MOST = 12
"""Versions in a picture: the newest ones."""
WIDTH, HEIGHT = 320, 132
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 306, 10, 116
_STEP = 0.05


@dataclass(frozen=True)
class Point:
    """One version: where it is drawn, what judged before on the same decisions, and the words of its figure."""

    x: float
    y: float
    before: float
    name: str
    state: str
    auc: float


@dataclass(frozen=True)
class Picture:
    """The points from the oldest to the newest, the line through them, and the rungs of the ladder beside them."""

    points: Sequence[Point]
    line: str
    rungs: Sequence[tuple[float, float]]
    width: int = WIDTH
    height: int = HEIGHT


def of_versions(newest_first: Sequence[ModelVersionRecord]) -> Picture | None:
    """Draw the AUC of the versions that were proven; None where fewer than two do."""
    measured = [(one, found) for one in newest_first if (found := model_proof.auc(one.findings))][:MOST][::-1]
    if len(measured) < 2:
        return None
    figures = [figure for _, found in measured for figure in (found.before, found.after)]
    low = max(0.0, math.floor(min(figures) / _STEP - 0.2) * _STEP)
    high = min(1.0, math.ceil(max(figures) / _STEP + 0.2) * _STEP)

    def height(figure: float) -> float:
        return round(_BOTTOM - (figure - low) / (high - low) * (_BOTTOM - _TOP), 1)

    apart = (_RIGHT - _LEFT - 20) / (len(measured) - 1)
    points = [
        Point(
            round(_LEFT + 10 + apart * place, 1),
            height(found.after),
            height(found.before),
            one.name,
            one.state,
            found.after,
        )
        for place, (one, found) in enumerate(measured)
    ]
    line = " ".join(f"{point.x:g},{point.y:g}" for point in points)
    rungs = [low, (low + high) / 2, high]
    return Picture(points, line, [(height(rung), rung) for rung in rungs])
