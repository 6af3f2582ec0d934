"""Convolution over a row of token states with fewer products (Toom 1963, Cook 1966; Winograd 1980).

Here lives arithmetic only. `STRIDE` neighbouring results of a window of r places take STRIDE + r - 1 products by a
matrix instead of STRIDE * r; what comes before and after is a small matrix for each tile of the row. The results are
those of the plain convolution but for rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from classifiers.embedding.weights import BRANCH, Floats

STRIDE = 4
"""Results of one tile. More would save little and round worse."""
_POINTS = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5)


@dataclass(frozen=True)
class Convolution:
    """`ahead` (p, p) and `back` (STRIDE, p) are the same for all channels; `matrices` (p, 256, 256)."""

    ahead: Floats
    matrices: Floats
    back: Floats

    @classmethod
    def of(cls, weight: Floats) -> Self:
        """The convolution whose window is `weight` (r * 256, 256)."""
        ahead, window, back = bilinear(len(weight) // BRANCH)
        places = weight.reshape(-1, BRANCH, BRANCH).astype(np.float64)
        matrices = np.tensordot(window, places, axes=1)
        return cls(ahead.astype(np.float32), matrices.astype(np.float32), back.astype(np.float32))

    def rows(self, count: int) -> int:
        """How many rows of states `count` results ask for."""
        return -(-count // STRIDE) * STRIDE + len(self.ahead) - STRIDE

    def __call__(self, states: Floats, count: int) -> Floats:
        """Results (count, 256); the window of the first begins at the first of `states`, contiguous, `rows(count)`."""
        tiles, points = -(-count // STRIDE), len(self.ahead)
        step, item = states.strides
        tiled = as_strided(states, (tiles, points, BRANCH), (STRIDE * step, step, item), writeable=False)
        product = np.empty((tiles, points, BRANCH), np.float32)
        np.matmul(np.matmul(self.ahead, tiled).transpose(1, 0, 2), self.matrices, out=product.transpose(1, 0, 2))
        return np.asarray(np.matmul(self.back, product).reshape(-1, BRANCH)[:count], np.float32)


def bilinear(width: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Three matrices: what is done to p states, to the window's places, and to their p products.

    A polynomial of degree p - 1 is told by its values at p - 1 points and its leading coefficient; read backwards,
    this multiplies a window with STRIDE shifted rows.
    """
    count = STRIDE + width - 1
    points = np.array(_POINTS[: count - 1])
    ahead, window, back = np.zeros((count, count)), np.zeros((count, width)), np.zeros((STRIDE, count))
    for i, point in enumerate(points):
        others = np.delete(points, i)
        ahead[i, : count - 1] = np.poly(others)[::-1]
        window[i] = point ** np.arange(width) / np.prod(point - others)
        back[:, i] = point ** np.arange(STRIDE)
    ahead[-1], window[-1, -1], back[-1, -1] = np.poly(points)[::-1], 1, 1
    return ahead, window, back
