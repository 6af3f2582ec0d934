"""Encoder: texts cut into sentences in, unit vectors for each text and each sentence out.

Here lives the forward pass. The token features are computed once for a text; the text and each of its
sentences are pooled from the same features, so that sentences cost next to nothing.
Shapes: n texts, m sentences over all texts, 512 dimensions, float32, length 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sentencepiece
from numpy.typing import NDArray

from classifiers.embedding.tokens import TokenStore, normalised
from classifiers.embedding.weights import BRANCH, ORDERS, WIDTH, Floats, folder, load

BEGIN, END = 1, 2
BUDGET = 1024
"""Tokens of one round: enough to fill the processor, few enough for its cache."""
MOST_TOKENS = 4000
"""Tokens of one text that are read; what follows is left to the n-grams, which read everything."""
_FEATURES = WIDTH + len(ORDERS) * BRANCH


@dataclass(frozen=True)
class Encoded:
    """`text` (n, 512); `sentence` (m, 512) with `owner` (m,), the number of the text of each sentence."""

    text: Floats
    sentence: Floats
    owner: NDArray[np.int64]


class Encoder:
    """Universal Sentence Encoder multilingual v3 on one core. Not safe for two threads at once."""

    def __init__(self, rows: int = 6144) -> None:
        self._weights = load()
        self._store = TokenStore(self._weights, rows)
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder() / "sp.model"))

    def encode(self, texts: Sequence[str]) -> Floats:
        """The vectors (n, 512) of whole texts."""
        return self.encode_sentences([[text] for text in texts]).text

    def encode_sentences(self, texts: Sequence[Sequence[str]]) -> Encoded:
        """The vectors of texts given as lists of sentences (at least one each, which may be empty)."""
        counts = np.fromiter(map(len, texts), np.int64, len(texts))
        flat = [sentence for text in texts for sentence in text]
        pieces = self._pieces.encode(flat) if flat else []
        whole = np.empty((len(texts), WIDTH), np.float32)
        parts = np.empty((len(flat), WIDTH), np.float32)
        first = np.concatenate([[0], np.cumsum(counts)])
        begin, tokens = 0, 0
        sizes = [2 + sum(map(len, pieces[a:b])) for a, b in zip(first[:-1], first[1:], strict=True)]
        for i, size in enumerate(sizes):
            if i > begin and tokens + min(size, MOST_TOKENS) > BUDGET:
                self._round(pieces, first[begin : i + 1], whole[begin:i], parts)
                begin, tokens = i, 0
            tokens += min(size, MOST_TOKENS)
        if len(texts) > begin:
            self._round(pieces, first[begin:], whole[begin:], parts)
        return Encoded(whole, parts, np.repeat(np.arange(len(texts)), counts))

    def _round(self, pieces: list[list[int]], first: NDArray[np.int64], whole: Floats, parts: Floats) -> None:
        """Encode the texts whose sentences are `pieces[first[i]:first[i+1]]`."""
        tokens: list[int] = []
        text_at, text_len, part_at, part_len = [], [], [], []
        for a, b in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
            text_at.append(len(tokens))
            tokens.append(BEGIN)
            for ids in pieces[a:b]:
                room = MOST_TOKENS - (len(tokens) - text_at[-1])
                part_at.append(len(tokens))
                tokens.extend(ids[: max(room, 0)])
                part_len.append(len(tokens) - part_at[-1])
            tokens.append(END)
            text_len.append(len(tokens) - text_at[-1])
        at, length = np.array(text_at), np.array(text_len)
        features = self._features(np.array(tokens, np.int64), at, length)
        running = np.add.reduceat(features, at, axis=0)
        whole[:] = self._head(running, length)
        lo, hi = int(first[0]), int(first[-1])
        sizes = np.array(part_len)
        same = np.repeat(np.diff(first) == 1, np.diff(first))  # a text of one sentence is that sentence
        owner = np.repeat(np.arange(len(at)), np.diff(first))
        parts[lo:hi][same] = whole[owner[same]]
        others = np.flatnonzero(~same & (sizes > 0))
        parts[lo:hi][~same] = whole[owner[~same]]
        if len(others):
            begins = np.array(part_at)[others]
            edges = np.stack([begins, begins + sizes[others]], axis=1).ravel()
            padded = np.concatenate([features, np.zeros((1, _FEATURES), np.float32)])
            sums = np.add.reduceat(padded, edges, axis=0)[::2]
            parts[lo + others] = self._head(sums, sizes[others])

    def _features(self, tokens: NDArray[np.int64], at: NDArray[np.int64], length: NDArray[np.int64]) -> Floats:
        """Token features (tokens, 1280): the token's vector and what three convolutions see around it."""
        w, store, count = self._weights, self._store, len(tokens)
        slots = store.slots(tokens)
        features = np.empty((count, _FEATURES), np.float32)
        np.take(store.vector, slots, axis=0, out=features[:, :WIDTH])
        state = store.state[slots]
        begins, ends = np.repeat(at, length), np.repeat(at + length, length)
        place = np.arange(count)
        padded = np.zeros((count + 1, BRANCH), np.float32)
        tap = 0
        for branch, (width, before) in enumerate(ORDERS):
            own = state[:, branch * BRANCH : (branch + 1) * BRANCH]
            seen = np.empty((count, width), np.int64)
            hidden = np.broadcast_to(w.first_bias[branch], (count, BRANCH)).copy()
            for k in range(width):
                other = place + (k - before)
                inside = (other >= begins) & (other < ends)
                seen[:, k] = np.where(inside, other, count)
                if inside.all():
                    hidden += store.taps[tap][slots[other]]
                else:
                    hidden[inside] += store.taps[tap][slots[other[inside]]]
                tap += 1
            np.maximum(hidden, 0, out=hidden)
            hidden += own
            padded[:count] = hidden
            out = padded[seen].reshape(count, width * BRANCH) @ w.second[branch]
            out += w.second_bias[branch]
            np.maximum(out, 0, out=out)
            out += hidden
            features[:, WIDTH + branch * BRANCH : WIDTH + (branch + 1) * BRANCH] = out
        return normalised(features, w.gain, w.shift, w.eps)

    def _head(self, sums: Floats, length: NDArray[np.int64]) -> Floats:
        """Unit vectors from summed token features and the number of tokens in each sum."""
        w, d = self._weights, self._weights.dense
        size = length.astype(np.float32)[:, None]
        mean = (sums @ w.pool + size * w.pool_bias) / np.sqrt(size)
        second = np.maximum(mean @ d["p1"] + np.maximum(mean @ d["d0"], 0) @ d["d1"], 0)
        z = np.tanh(second @ d["p3"] + np.maximum(second @ d["d2"], 0) @ d["d3"])
        norm = np.sqrt(np.maximum(np.einsum("ij,ij->i", z, z), w.eps))
        return np.asarray(z / norm[:, None], np.float32)
