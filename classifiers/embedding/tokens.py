"""What depends on one token alone, computed once and kept: its vector and its part of the first convolutions.

Here lives a bounded store. Language is Zipfian, so a few thousand rows serve most of a newspaper's
tokens; when the store is full it starts anew, and no result depends on what it holds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.weights import BRANCH, CHUNKS, ORDERS, WIDTH, Floats, Weights

TAPS = sum(n for n, _ in ORDERS)
_ROUND = 256


class TokenStore:
    """Rows of `vector` (512), `state` (768) and `taps` (10 x 256) for the tokens seen lately.

    `taps` holds, branch by branch and place by place, the state times the first convolution's weights.
    About 15 KB a row. The last row, `nothing`, is zero: it stands where there is no token.
    """

    def __init__(self, weights: Weights, rows: int = 4096) -> None:
        self._weights = weights
        self._rows = rows
        self._slot = np.full(len(weights.table), -1, np.int32)
        self._used = 0
        self.vector = np.zeros((rows + 1, WIDTH), np.float32)
        self.state = np.zeros((rows + 1, len(ORDERS) * BRANCH), np.float32)
        self.taps = np.zeros((TAPS, rows + 1, BRANCH), np.float32)

    @property
    def nothing(self) -> int:
        """The row of no token."""
        return self._rows

    def slots(self, tokens: NDArray[np.int64]) -> NDArray[np.int32]:
        """The rows of `tokens` (at most half the store's rows may be distinct), filled where missing."""
        missing = np.unique(tokens[self._slot[tokens] < 0])
        if len(missing):
            if self._used + len(missing) > self._rows:
                self._slot[:] = -1
                self._used = 0
                missing = np.unique(tokens)
            for at in range(0, len(missing), _ROUND):
                self._fill(missing[at : at + _ROUND])
        return self._slot[tokens]

    def _fill(self, tokens: NDArray[np.int64]) -> None:
        w = self._weights
        rows = slice(self._used, self._used + len(tokens))
        # Always the same number of rows in the product, so that a token's numbers do not depend on its company.
        padded = np.zeros(_ROUND, np.int64)
        padded[: len(tokens)] = tokens
        chunk = padded % CHUNKS
        vector = w.table[padded] * w.scale[chunk, None] + w.low[chunk, None]
        state = normalised(
            np.asarray(vector @ w.project + w.project_bias, np.float32), w.project_gain, w.project_shift, w.eps
        )
        count = len(tokens)
        self.vector[rows], self.state[rows] = vector[:count], state[:count]
        tap = 0
        for branch, (width, _) in enumerate(ORDERS):
            part = np.ascontiguousarray(state[:, branch * BRANCH : (branch + 1) * BRANCH])
            for place in range(width):
                matrix = w.first[branch][place * BRANCH : (place + 1) * BRANCH]
                self.taps[tap, rows] = (part @ matrix)[:count]
                tap += 1
        self._slot[tokens] = np.arange(self._used, self._used + count, dtype=np.int32)
        self._used += count


def normalised(x: Floats, gain: Floats, shift: Floats, eps: float) -> Floats:
    """Layer normalisation of the rows of `x` (Ba et al. 2016), in place."""
    x -= x.mean(axis=-1, keepdims=True)
    variance = np.einsum("ij,ij->i", x, x) / x.shape[-1]
    x *= np.reciprocal(np.sqrt(variance + np.float32(eps)))[:, None]
    x *= gain
    x += shift
    return x
