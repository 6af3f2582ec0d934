"""The encoder's short cuts change nothing: fewer products, a small store, sums instead of normalised features."""

from __future__ import annotations

import numpy as np
import pytest

from classifiers.embedding.convolution import Convolution, bilinear
from classifiers.embedding.encoder import Detectors, Encoder
from classifiers.embedding.layout import NOTHING

TEXTS = [
    ["Le conseil a voté le budget hier soir.", " Personne n'en parle !"],
    ["مرحبا يا عالم", "你好，世界", ""],
    [""],
    ["Rien à dire. " * 60],
    ["Prices rise again, and nobody is surprised.", " Éric attend le bus à Beyrouth."],
]


@pytest.mark.parametrize("width", [2, 3, 5])
@pytest.mark.parametrize("count", [1, 4, 61])
def test_fewer_products_give_the_plain_convolution(width: int, count: int) -> None:
    """Every result is the window's places times their matrices, to the precision of its numbers."""
    chance = np.random.default_rng(width)
    weight = (chance.normal(size=(width * 256, 256)) * 0.04).astype(np.float32)
    made = Convolution.of(weight)
    states = chance.normal(size=(made.rows(count), 256)).astype(np.float32)
    plain = np.stack([states[i : i + width].ravel() @ weight for i in range(count)])
    assert np.abs(made(states, count) - plain).max() < 5e-5


@pytest.mark.parametrize("width", [2, 3, 5])
def test_the_small_matrices_are_exact(width: int) -> None:
    """In double precision the scheme is the convolution itself."""
    ahead, window, back = bilinear(width)
    chance = np.random.default_rng(0)
    states, places = chance.normal(size=len(ahead)), chance.normal(size=width)
    plain = [states[i : i + width] @ places for i in range(len(back))]
    assert back @ ((window @ places) * (ahead @ states)) == pytest.approx(plain, abs=1e-12)


def test_a_small_store_gives_the_same_vectors() -> None:
    """Tokens that make room for others are computed again to the same numbers."""
    small, large = Encoder(rows=130), Encoder(rows=600)
    for texts in (TEXTS, TEXTS[::-1], TEXTS):
        for one, other in zip(texts, texts, strict=True):
            found, known = small.encode_sentences([one]), large.encode_sentences([other])
            assert np.abs(found.text - known.text).max() < 1e-6
            assert np.abs(found.sentence - known.sentence).max() < 1e-6


def test_sums_are_those_of_the_normalised_features() -> None:
    """Vectors and detectors from raw sums equal those pooled from the features that training keeps."""
    chance = np.random.default_rng(5)
    seek = Detectors((chance.normal(size=(1280, 8)) * 0.05).astype(np.float32), np.zeros(8, np.float32))
    encoder = Encoder(rows=600, detectors=seek)
    found = encoder.encode_sentences(TEXTS)
    (laid,) = encoder.layouts(TEXTS)
    assert (laid.tokens != NOTHING).sum() == laid.length.sum()
    pooled = encoder.pooled(encoder.features(laid), laid)
    assert found.inner is not None
    assert pooled.inner is not None
    assert np.abs(found.sentence - pooled.sentence).max() < 1e-6
    assert np.abs(found.inner.text - pooled.inner.text).max() < 3e-5
    assert np.abs(found.inner.sentence - pooled.inner.sentence).max() < 3e-5


def test_other_detectors_find_what_they_would_have_found_from_the_start() -> None:
    """What the store keeps of single tokens for some detectors is not taken for what others find."""
    chance = np.random.default_rng(6)
    one, other = (Detectors(chance.normal(size=(1280, k)).astype(np.float32), np.zeros(k, np.float32)) for k in (8, 5))
    encoder, fresh = Encoder(rows=600, detectors=one), Encoder(rows=600, detectors=other)
    encoder.encode_sentences(TEXTS)
    encoder.detectors = other
    found, known = encoder.encode_sentences(TEXTS), fresh.encode_sentences(TEXTS)
    assert found.inner is not None
    assert known.inner is not None
    assert np.array_equal(found.inner.sentence, known.inner.sentence)
