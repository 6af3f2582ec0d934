"""What depends on one token alone, computed once and kept: its vector and its part of the first convolutions.

Here lives a bounded store. Language is Zipfian, so a few thousand rows serve most of a newspaper's tokens; when
the store is full, the tokens that were asked for longest ago make room. No result depends on what it holds.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from classifiers.embedding.weights import BRANCH, CHUNKS, ORDERS, WIDTH, Floats, Weights

TAPS = sum(n for n, _ in ORDERS)
_FIRST = tuple(itertools.accumulate((n for n, _ in ORDERS), initial=0))
_ROUND = 16
"""Tokens of one product: a single comment brings few new ones, and a batch fills several times as many."""
Index = NDArray[np.int64]


class TokenStore:
    """Rows of `vector` (512), `state` (768) and taps (10 x 256) for the tokens seen lately.

    The taps are, branch by branch and place by place, the state times the first convolution's weights. `moments` (2):
    sum and sum of squares of the vector; `found` (k): the vector times what is watched.
    About 16 KB a row. The last row, `nothing`, is zero: it stands where there is no token.
    """

    def __init__(self, weights: Weights, rows: int = 4096) -> None:
        self._weights = weights
        self._rows = rows
        self._slot = np.full(len(weights.table), -1, np.int32)
        self._token = np.full(rows, -1, np.int64)
        self._asked = np.zeros(rows, np.int64)
        self._round = 0
        self.vector = np.zeros((rows + 1, WIDTH), np.float32)
        self.state = np.zeros((rows + 1, len(ORDERS) * BRANCH), np.float32)
        self._taps = np.zeros((TAPS, rows + 1, BRANCH), np.float32)
        self.moments = np.zeros((rows + 1, 2), np.float32)
        self.watch(np.zeros((WIDTH, 0), np.float32))

    def watch(self, weight: Floats) -> None:
        """From now on `found` is each vector times `weight` (512, k); the rows filled so far are forgotten."""
        self._watched = weight
        self.found = np.zeros((self._rows + 1, weight.shape[1]), np.float32)
        self._slot[:], self._token[:], self._asked[:] = -1, -1, 0

    @property
    def nothing(self) -> int:
        """The row of no token."""
        return self._rows

    def prepare(self, tokens: Index) -> None:
        """Fill the rows of tokens that will be asked for soon, as many at once as there is room for."""
        distinct = np.unique(tokens)
        if len(distinct) <= self._rows:
            self.slots(distinct)

    def slots(self, tokens: Index) -> NDArray[np.int32]:
        """The rows of `tokens` (at most as many distinct ones as the store has rows), filled where missing."""
        found = self._slot[tokens]
        self._round += 1
        self._asked[found[found >= 0]] = self._round
        missing = np.unique(tokens[found < 0])
        if len(missing):
            free = np.argsort(self._asked, kind="stable")[: len(missing)]
            gone = self._token[free]
            self._slot[gone[gone >= 0]] = -1
            self._token[free], self._asked[free], self._slot[missing] = missing, self._round, free
            for at in range(0, len(missing), _ROUND):
                self._fill(missing[at : at + _ROUND], free[at : at + _ROUND])
            found = self._slot[tokens]
        return found

    def first(self, branch: int, slots: Index, count: int) -> Floats:
        """The first convolution of one branch (count, 256), less its bias; its windows begin at `slots[0]` and on."""
        width, begin = ORDERS[branch][0], _FIRST[branch]
        size = self._rows + 1
        places = np.stack([slots[k : k + count] + (k * size) for k in range(width)], axis=1)
        ends = np.arange(0, count * width + 1, width)
        ones = np.ones(count * width, np.float32)
        chosen = csr_array((ones, places.ravel(), ends), shape=(count, width * size))
        return np.asarray(chosen @ self._taps[begin : begin + width].reshape(-1, BRANCH))

    def _fill(self, tokens: Index, rows: Index) -> None:
        w, count = self._weights, len(tokens)
        # Always the same number of rows in the product, so that a token's numbers do not depend on its company.
        padded = np.zeros(_ROUND, np.int64)
        padded[:count] = tokens
        chunk = padded % CHUNKS
        vector = w.table[padded] * w.scale[chunk, None] + w.low[chunk, None]
        state = normalised(
            np.asarray(vector @ w.project + w.project_bias, np.float32), w.project_gain, w.project_shift, w.eps
        )
        self.vector[rows], self.state[rows] = vector[:count], state[:count]
        self.found[rows] = (vector @ self._watched)[:count]
        self.moments[rows] = np.stack([vector.sum(axis=1), np.einsum("ij,ij->i", vector, vector)], axis=1)[:count]
        for branch, (width, _) in enumerate(ORDERS):
            part = np.ascontiguousarray(state[:, branch * BRANCH : (branch + 1) * BRANCH])
            for place in range(width):
                matrix = w.first[branch][place * BRANCH : (place + 1) * BRANCH]
                self._taps[_FIRST[branch] + place, rows] = (part @ matrix)[:count]


def normalised(x: Floats, gain: Floats, shift: Floats, eps: float) -> Floats:
    """Layer normalisation of the rows of `x` (Ba et al. 2016), in place."""
    x -= x.mean(axis=-1, keepdims=True)
    variance = np.einsum("ij,ij->i", x, x) / x.shape[-1]
    x *= np.reciprocal(np.sqrt(variance + np.float32(eps)))[:, None]
    x *= gain
    x += shift
    return x
