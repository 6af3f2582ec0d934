"""Encoder: texts cut into sentences in, unit vectors for each text and each sentence out.

Here lives the forward pass. The token features are computed once for a text; the text and each of its
sentences are pooled from the same features, so that sentences cost next to nothing. What a judgement looks for in
single tokens (`Detectors`) is pooled beside, from the same features.
Shapes: n texts, m sentences over all texts, 512 dimensions, float32, length 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sentencepiece
from numpy.typing import NDArray
from scipy.sparse import csr_array

from classifiers.embedding.convolution import STRIDE, Convolution
from classifiers.embedding.layout import GAP, MOST_TOKENS, NOTHING, Index, Layout, lay
from classifiers.embedding.sums import Sums, added, joined, spread
from classifiers.embedding.tokens import TokenStore, normalised
from classifiers.embedding.weights import BRANCH, ORDERS, WIDTH, Floats, folder, load

BUDGET = 1024
"""Tokens of one round: enough to fill the processor, few enough for its cache."""
ROUNDS = 8
"""Rounds whose tokens are made ready together."""
FEATURES = WIDTH + len(ORDERS) * BRANCH
"""Numbers that describe a token in its surroundings: its own vector and what three convolutions see."""


@dataclass(frozen=True)
class Detectors:
    """k linear detectors over token features, cut off at zero: `weight` (1280, k), `bias` (k,)."""

    weight: Floats
    bias: Floats


@dataclass(frozen=True)
class Inner:
    """What lies under the vectors, (n, 512 + 2k) for texts and (m, 512 + 2k) for sentences.

    The mean of the token features projected to 512, then each detector's sum over the tokens, divided by the
    square root of their number, then its maximum.
    """

    text: Floats
    sentence: Floats


@dataclass(frozen=True)
class Means:
    """The mean of the token features projected to 512, before the last layers: texts (n, 512), sentences (m, 512)."""

    text: Floats
    sentence: Floats


@dataclass(frozen=True)
class Encoded:
    """`text` (n, 512); `sentence` (m, 512) with `owner` (m,), the number of the text of each sentence.

    `inner` is there when the encoder was given detectors; `means` whenever an encoder made it.
    """

    text: Floats
    sentence: Floats
    owner: NDArray[np.int64]
    inner: Inner | None = None
    means: Means | None = None


class Encoder:
    """Universal Sentence Encoder multilingual v3 on one core. Not safe for two threads at once.

    `rows`: tokens whose own part is kept; `detectors`: what to look for in the features, if anything.
    """

    def __init__(self, rows: int = 4096, detectors: Detectors | None = None) -> None:
        self._weights = load()
        self._store = TokenStore(self._weights, rows)
        self.detectors = detectors
        self._second = [Convolution.of(weight) for weight in self._weights.second]
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder() / "sp.model"))

    @property
    def detectors(self) -> Detectors | None:
        """What is looked for in the features; to be set to something else, not to be changed."""
        return self._detectors

    @detectors.setter
    def detectors(self, detectors: Detectors | None) -> None:
        self._detectors = detectors
        if detectors is not None:
            gain, shift = self._weights.gain[:, None], self._weights.shift
            self._before = Detectors(gain * detectors.weight, shift @ detectors.weight + detectors.bias)
            self._columns = self._before.weight.sum(axis=0)
            self._store.watch(self._before.weight[:WIDTH])

    def encode(self, texts: Sequence[str]) -> Floats:
        """The vectors (n, 512) of whole texts."""
        return self.encode_sentences([[text] for text in texts]).text

    def encode_sentences(self, texts: Sequence[Sequence[str]]) -> Encoded:
        """The vectors of texts given as lists of sentences (at least one each, which may be empty)."""
        sums: list[Sums] = []
        rounds = self.layouts(texts)
        while some := list(itertools.islice(rounds, ROUNDS)):
            tokens = np.concatenate([laid.tokens for laid in some])
            self._store.prepare(tokens[tokens != NOTHING])
            sums += [self._summed(laid) for laid in some]
        return self._headed(sums) if sums else self._nothing()

    def layouts(self, texts: Sequence[Sequence[str]]) -> Iterator[Layout]:
        """The texts' tokens in rounds of about `BUDGET`."""
        pieces = (self._pieces.encode(sentence) for text in texts for sentence in text)  # a list would start a thread
        batch: list[list[list[int]]] = []
        tokens = 0
        for text in texts:
            ids = list(itertools.islice(pieces, len(text)))
            size = min(2 + sum(map(len, ids)), MOST_TOKENS)
            if batch and tokens + size > BUDGET:
                yield lay(batch)
                batch, tokens = [], 0
            batch.append(ids)
            tokens += size
        if batch:
            yield lay(batch)

    def pooled(self, features: Floats, laid: Layout) -> Encoded:
        """The vectors of texts and sentences from the features (t, 1280) of their tokens."""
        found = None
        if self._detectors is not None:
            found = features @ self._detectors.weight + self._detectors.bias
        return self._headed([added(_each(laid) @ features, found, laid)])

    def _summed(self, laid: Layout) -> Sums:
        """Token features summed by text and by sentence, normalised on the way, without a copy.

        What hangs on single tokens alone, their vectors and what detectors find in these, comes from the store.
        """
        w, store = self._weights, self._store
        slots = self._slots(laid)
        seen, own = self._seen(slots), slots[GAP:-GAP]
        center, scale = spread(seen, np.take(store.moments, own, axis=0, mode="clip"), w.eps)
        each = _each(laid, scale)
        alone = csr_array((scale, own, each.indptr), shape=(each.shape[0], len(store.vector))) @ store.vector
        sums = np.concatenate([alone, each @ seen], axis=1) - (each @ center)[:, None]
        sums[::2] = sums[::2] * w.gain + laid.size.astype(np.float32)[:, None] * w.shift
        found = None
        if self._detectors is not None:
            found = seen @ self._before.weight[WIDTH:]
            found += np.take(store.found, own, axis=0, mode="clip")
            found -= np.outer(center, self._columns)
            found *= scale[:, None]
            found += self._before.bias
        return added(sums, found, laid)

    def _headed(self, rounds: Sequence[Sums]) -> Encoded:
        """The vectors of all rounds, with one product for all their texts and sentences."""
        sums = joined(rounds)
        every, length = np.concatenate([sums.text, sums.part]), np.append(sums.length, sums.size)
        means_of, vectors = self._head(every[:, :FEATURES], length)
        mean, part_mean = np.split(means_of, [len(sums.text)])
        whole, part = np.split(vectors, [len(sums.text)])
        inner = None
        if self.detectors is not None:
            text = np.concatenate([mean, sums.text[:, FEATURES:]], axis=1)
            below = np.concatenate([part_mean, sums.part[:, FEATURES:]], axis=1)
            inner = Inner(text, _spread(text, sums.owner, sums.apart, below))
        means = Means(mean, _spread(mean, sums.owner, sums.apart, part_mean))
        return Encoded(whole, _spread(whole, sums.owner, sums.apart, part), sums.owner, inner, means)

    def _nothing(self) -> Encoded:
        width = WIDTH + 2 * self.detectors.weight.shape[1] if self.detectors is not None else 0
        none, empty = np.zeros((0, width), np.float32), np.zeros((0, WIDTH), np.float32)
        inner = Inner(none, none) if self.detectors is not None else None
        return Encoded(empty, empty, np.zeros(0, np.int64), inner, Means(empty, empty))

    def features(self, laid: Layout) -> Floats:
        """The features (t, 1280) of the tokens of one round: each token's vector and what the convolutions see."""
        w, slots = self._weights, self._slots(laid)
        vectors = np.take(self._store.vector, slots[GAP:-GAP], axis=0, mode="clip")
        return normalised(np.concatenate([vectors, self._seen(slots)], axis=1), w.gain, w.shift, w.eps)

    def _slots(self, laid: Layout) -> Index:
        """The store's rows of the tokens, with `GAP` empty places before and behind."""
        real = np.flatnonzero(laid.tokens != NOTHING)
        slots = np.full(len(laid.tokens) + 2 * GAP, self._store.nothing, np.int64)
        slots[GAP + real] = self._store.slots(laid.tokens[real])
        return slots

    def _seen(self, slots: Index) -> Floats:
        """What the convolutions see (t, 768), before the features' normalisation."""
        w, store, own_slots = self._weights, self._store, slots[GAP:-GAP]
        count, empty = len(own_slots), np.flatnonzero(own_slots == store.nothing)
        features = np.empty((count, len(ORDERS) * BRANCH), np.float32)
        state = np.take(store.state, own_slots, axis=0, mode="clip")
        padded = np.zeros((2 * GAP + count + STRIDE, BRANCH), np.float32)
        hidden = padded[GAP : GAP + count]
        for branch, (_, before) in enumerate(ORDERS):
            begin, own = GAP - before, slice(branch * BRANCH, (branch + 1) * BRANCH)
            np.add(store.first(branch, slots[begin:], count), w.first_bias[branch], out=hidden)
            np.maximum(hidden, 0, out=hidden)
            hidden += state[:, own]
            hidden[empty] = 0
            out = self._second[branch](padded[begin:], count)
            out += w.second_bias[branch]
            np.maximum(out, 0, out=out)
            np.add(out, hidden, out=features[:, own])
        return features

    def _head(self, sums: Floats, length: Index) -> tuple[Floats, Floats]:
        """Mean features, and unit vectors, from summed token features and the number of tokens in each sum."""
        w, d = self._weights, self._weights.dense
        size = length.astype(np.float32)[:, None]
        mean = np.asarray((sums @ w.pool + size * w.pool_bias) / np.sqrt(size), np.float32)
        second = np.maximum(mean @ d["p1"] + np.maximum(mean @ d["d0"], 0) @ d["d1"], 0)
        z = np.tanh(second @ d["p3"] + np.maximum(second @ d["d2"], 0) @ d["d3"])
        norm = np.sqrt(np.maximum(np.einsum("ij,ij->i", z, z), w.eps))
        return mean, np.asarray(z / norm[:, None], np.float32)


def stacked(parts: Sequence[Encoded]) -> Encoded:
    """Several batches' vectors as one."""
    offsets = np.cumsum([0, *[len(p.text) for p in parts[:-1]]])
    owner = np.concatenate([p.owner + o for p, o in zip(parts, offsets.tolist(), strict=True)])
    deep = [p.inner for p in parts if p.inner is not None]
    inner = Inner(*(np.concatenate([getattr(d, n) for d in deep]) for n in ("text", "sentence"))) if deep else None
    plain = [p.means for p in parts if p.means is not None]
    means = Means(*(np.concatenate([getattr(m, n) for m in plain]) for n in ("text", "sentence"))) if plain else None
    text, sentence = np.concatenate([p.text for p in parts]), np.concatenate([p.sentence for p in parts])
    return Encoded(text, sentence, owner, inner, means)


def _spread(whole: Floats, text_of: Index, apart: Index, part: Floats) -> Floats:
    """One row a sentence: its text's, but for those that stand apart."""
    out = whole[text_of]
    out[apart] = part
    return out


def _each(laid: Layout, scale: Floats | None = None) -> csr_array:
    """What sums tokens, each times its `scale`, between every two edges: by turns a segment and what follows it."""
    count = len(laid.tokens)
    scale = np.ones(count, np.float32) if scale is None else scale
    return csr_array((scale, np.arange(count), np.append(laid.edges, count)), shape=(len(laid.edges), count))
