"""Curves as PNG pictures, drawn with NumPy and the standard library alone.

Here lives a very small plotter (axes, grid, lines), so that no drawing library is needed. What is drawn
comes from `evaluation.curves`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIZE, MARGIN = 480, 30
_COLOURS = ((31, 119, 180), (214, 39, 40), (44, 160, 44), (148, 103, 189))
Picture = NDArray[np.uint8]


def curve(lines: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> bytes:
    """A square PNG with one line for each entry (x and y between 0 and 1), in the order of a fixed palette."""
    picture = np.full((SIZE, SIZE, 3), 255, np.uint8)
    inner = SIZE - 2 * MARGIN
    for tick in np.linspace(0, 1, 11):
        at = MARGIN + round(float(tick) * inner)
        shade = 0 if tick in (0.0, 1.0) else 225
        picture[at, MARGIN : SIZE - MARGIN + 1] = shade
        picture[MARGIN : SIZE - MARGIN + 1, at] = shade
    for (xs, ys), colour in zip(lines.values(), _COLOURS * (len(lines) // len(_COLOURS) + 1), strict=False):
        _line(picture, np.asarray(xs, np.float64), np.asarray(ys, np.float64), colour, inner)
    return _png(picture)


def _line(
    picture: Picture, xs: NDArray[np.float64], ys: NDArray[np.float64], colour: tuple[int, int, int], inner: int
) -> None:
    steps = np.linspace(0, 1, 400)
    for x0, y0, x1, y1 in zip(xs[:-1], ys[:-1], xs[1:], ys[1:], strict=True):
        columns = (MARGIN + (x0 + (x1 - x0) * steps) * inner).round().astype(int)
        rows = (SIZE - MARGIN - (y0 + (y1 - y0) * steps) * inner).round().astype(int)
        for shift in (0, 1):
            picture[np.clip(rows + shift, 0, SIZE - 1), np.clip(columns, 0, SIZE - 1)] = colour


def _png(picture: Picture) -> bytes:
    """The bytes of an 8-bit RGB PNG (ISO/IEC 15948)."""
    height, width, _ = picture.shape
    raw = b"".join(b"\x00" + picture[row].tobytes() for row in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


def write(path: Path, curves: Mapping[str, Sequence[float]]) -> None:
    """Draw precision over recall, and recall over false alarms, into two files beside `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(path.stem + "-precision.png").write_bytes(
        curve({"precision": (curves["recall"], curves["precision"])})
    )
    path.with_name(path.stem + "-roc.png").write_bytes(curve({"roc": (curves["false_alarms"], curves["recall"])}))
