"""Encoder: texts cut into sentences in, unit vectors for each text and each sentence out.

Here lives the forward pass. The token features are computed once for a text; the text and each of its
sentences are pooled from the same features, so that sentences cost next to nothing.
Shapes: n texts, m sentences over all texts, 512 dimensions, float32, length 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sentencepiece
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from classifiers.embedding.tokens import TokenStore, normalised
from classifiers.embedding.weights import BRANCH, ORDERS, WIDTH, Floats, folder, load

BEGIN, END, NOTHING = 1, 2, -1
GAP = 2
"""Empty places between texts: as far as the widest window reaches to either side."""
BUDGET = 1024
"""Tokens of one round: enough to fill the processor, few enough for its cache."""
MOST_TOKENS = 4000
"""Tokens of one text that are read; what follows is left to the n-grams, which read everything."""
Index = NDArray[np.int64]
_FEATURES = WIDTH + len(ORDERS) * BRANCH


@dataclass(frozen=True)
class Encoded:
    """`text` (n, 512); `sentence` (m, 512) with `owner` (m,), the number of the text of each sentence."""

    text: Floats
    sentence: Floats
    owner: NDArray[np.int64]


class Encoder:
    """Universal Sentence Encoder multilingual v3 on one core. Not safe for two threads at once."""

    def __init__(self, rows: int = 4096) -> None:
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
        sizes = [2 + sum(map(len, pieces[a:b])) for a, b in itertools.pairwise(first)]
        for i, size in enumerate(sizes):
            if i > begin and tokens + min(size, MOST_TOKENS) > BUDGET:
                self._round(pieces, first[begin : i + 1], whole[begin:i], parts)
                begin, tokens = i, 0
            tokens += min(size, MOST_TOKENS)
        if len(texts) > begin:
            self._round(pieces, first[begin:], whole[begin:], parts)
        return Encoded(whole, parts, np.repeat(np.arange(len(texts)), counts))

    def _round(self, pieces: list[list[int]], first: Index, whole: Floats, parts: Floats) -> None:
        """Encode the texts whose sentences are `pieces[first[i]:first[i+1]]`.

        Texts are laid one after the other with `GAP` empty places between, so that no window sees two texts.
        """
        tokens: list[int] = []
        begins: list[int] = []  # of every segment: the sign that begins a text, its sentences, the sign that ends it
        sizes: list[int] = []
        owner: list[int] = []
        part_size = np.zeros(int(first[-1] - first[0]), np.int64)
        part_segment = np.zeros(len(part_size), np.int64)
        for text, (a, b) in enumerate(itertools.pairwise(first.tolist())):
            room = MOST_TOKENS
            for sentence in (None, *range(a, b), -1):
                ids = [BEGIN] if sentence is None else [END] if sentence == -1 else pieces[sentence][:room]
                if sentence is not None and sentence >= 0:
                    part_segment[sentence - int(first[0])], part_size[sentence - int(first[0])] = len(begins), len(ids)
                    room -= len(ids)
                if ids:
                    begins.append(len(tokens))
                    sizes.append(len(ids))
                    owner.append(text)
                    tokens += ids
            tokens += [NOTHING] * GAP
        features = self._features(np.array(tokens, np.int64))
        edges = np.stack([np.array(begins), np.array(begins) + np.array(sizes)], axis=1).ravel()
        sums = np.add.reduceat(features, edges, axis=0)[::2]
        lead = np.searchsorted(np.array(owner), np.arange(len(first) - 1))
        length = np.add.reduceat(np.array(sizes), lead)
        whole[:] = self._head(np.add.reduceat(sums, lead, axis=0), length)
        lo, hi = int(first[0]), int(first[-1])
        count = np.diff(first)
        alone = np.repeat(count == 1, count) | (part_size == 0)  # a text of one sentence is that sentence
        parts[lo:hi] = whole[np.repeat(np.arange(len(count)), count)]
        others = np.flatnonzero(~alone)
        if len(others):
            parts[lo + others] = self._head(sums[part_segment[others]], part_size[others])

    def _features(self, tokens: Index) -> Floats:
        """Token features (tokens, 1280): the token's vector and what three convolutions see around it."""
        w, store, count = self._weights, self._store, len(tokens)
        empty = tokens == NOTHING
        slots = np.full(count + 2 * GAP, store.nothing, np.int64)
        slots[GAP:-GAP][~empty] = store.slots(tokens[~empty])
        own_slots = slots[GAP:-GAP]
        features = np.empty((count, _FEATURES), np.float32)
        features[:, :WIDTH] = np.take(store.vector, own_slots, axis=0, mode="clip")
        state = np.take(store.state, own_slots, axis=0, mode="clip")
        seen = np.empty((count, BRANCH), np.float32)
        padded = np.zeros((count + 2 * GAP, BRANCH), np.float32)
        step = padded.strides
        tap = 0
        for branch, (width, before) in enumerate(ORDERS):
            hidden = padded[GAP:-GAP]
            hidden[:] = w.first_bias[branch]
            for k in range(width):
                begin = GAP - before + k
                hidden += np.take(store.taps[tap], slots[begin : begin + count], axis=0, out=seen, mode="clip")
                tap += 1
            np.maximum(hidden, 0, out=hidden)
            hidden += state[:, branch * BRANCH : (branch + 1) * BRANCH]
            hidden[empty] = 0
            windows = as_strided(padded[GAP - before :], (count, width * BRANCH), step, writeable=False)
            out = np.ascontiguousarray(windows) @ w.second[branch]
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
