"""WordVectors: one vector for a word alone, from the encoder's table of tokens.

Here lives a bounded store. A word is the sum of its pieces' entries, frequent pieces (endings, mostly) counting
less (Arora et al. 2017, "A Simple but Tough-to-Beat Baseline"), seen through a matrix that the caller learned.
No convolution is run: a word costs a look-up, and translations of a word lie near it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sentencepiece
from numpy.typing import NDArray

from classifiers.embedding.weights import CHUNKS, Floats, folder, load

COMMON = 2e-4
"""Share of running text at which a piece counts half."""
LONGEST = 40
"""Characters of a word that are read."""
_ROUND = 64


class WordVectors:
    """Unit vectors (d,) of words: their raw vectors (512,) less `center`, times `turn` (512, d)."""

    def __init__(self, center: Floats, turn: Floats, rows: int = 16_384) -> None:
        self._center, self._turn = center, turn
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder() / "sp.model"))
        self._row: dict[str, int] = {}
        self._rows = np.zeros((rows, turn.shape[1]), np.float32)

    def of(self, words: Sequence[str]) -> Floats:
        """The vectors (n, d) of words; each is the same whatever stands beside it."""
        missing = [word for word in dict.fromkeys(words) if word not in self._row]
        if missing:
            if len(self._row) + len(missing) > len(self._rows):
                self._row.clear()
                missing = list(dict.fromkeys(words))
                if len(missing) > len(self._rows):
                    self._rows = np.zeros((len(missing), self._rows.shape[1]), np.float32)
            for at in range(0, len(missing), _ROUND):
                self._fill(missing[at : at + _ROUND])
        row = self._row
        return self._rows[np.fromiter((row[word] for word in words), np.int64, len(words))]

    def _fill(self, words: Sequence[str]) -> None:
        # Always the same number of rows in the product, so that a word's numbers do not depend on its company.
        padded = np.zeros((_ROUND, len(self._center)), np.float32)
        padded[: len(words)] = raw(self._pieces, words) - self._center
        seen = (padded @ self._turn)[: len(words)]
        norm = np.sqrt(np.einsum("ij,ij->i", seen, seen))
        first = len(self._row)
        self._rows[first : first + len(words)] = seen / np.maximum(norm, np.float32(1e-6))[:, None]
        self._row.update(zip(words, range(first, first + len(words)), strict=True))


def raw(pieces: sentencepiece.SentencePieceProcessor, words: Sequence[str]) -> Floats:
    """The weighted sums (n, 512) of the table's entries of each word's pieces."""
    weights = load()
    found = [pieces.encode(word[:LONGEST]) or [0] for word in words]  # a list would start a thread
    size = np.fromiter(map(len, found), np.int64, len(found))
    flat: NDArray[np.int64] = np.array([i for ids in found for i in ids], np.int64)
    share = np.exp(np.array([pieces.get_score(i) for i in flat.tolist()]))
    chunk = flat % CHUNKS
    vectors = weights.table[flat] * weights.scale[chunk, None] + weights.low[chunk, None]
    vectors *= (COMMON / (COMMON + share)).astype(np.float32)[:, None]
    return np.asarray(np.add.reduceat(vectors, np.cumsum(size) - size, axis=0), np.float32)
