"""The network over tokens: its gradients are right, it finds one harsh word, and the file between changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.embedding.encoder import FEATURES, Detectors, Encoder
from classifiers.embedding.layout import END, GAP, MOST_TOKENS, NOTHING, lay
from classifiers.meaning import Meaning
from classifiers.text.reading import read
from classifiers.training import network, tokens

TEXTS = ["Bonjour. Quel beau temps !", "Non", "", "Une phrase. Une deuxième, plus longue. Et la fin ?"]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """One encoder for these tests."""
    return Encoder(rows=512)


@given(st.lists(st.lists(st.lists(st.integers(3, 90), max_size=6), min_size=1, max_size=4), min_size=1, max_size=5))
def test_a_layout_holds_every_token_once_and_keeps_texts_apart(texts: list[list[list[int]]]) -> None:
    """Segments give back each sentence's tokens, and empty places stand between two texts only."""
    laid = lay(texts)
    flat = [ids for sentences in texts for ids in sentences]
    for ids, segment, size in zip(flat, laid.part_segment, laid.part_size, strict=True):
        begin = laid.begin[segment] if size else 0
        assert laid.tokens[begin : begin + size].tolist() == ids
    assert (laid.tokens == NOTHING).sum() == GAP * len(texts)
    assert laid.length.tolist() == [2 + sum(map(len, sentences)) for sentences in texts]


def test_a_text_without_end_is_cut() -> None:
    """A text of too many tokens keeps its first ones and its last sign."""
    laid = lay([[[7] * (MOST_TOKENS + 50)]])
    assert laid.length.tolist() == [MOST_TOKENS + 2]
    assert laid.tokens[laid.begin[-1]] == END


def test_the_gradients_are_those_of_the_loss() -> None:
    """Each slope agrees with the change of the loss when its parameter moves a little."""
    chance = np.random.default_rng(1)
    state = network._begin(network.Recipe(detectors=3, hidden=4), chance)
    length = np.array([2, 3, 1])
    features = chance.normal(size=(6, FEATURES)).astype(np.float32)
    known = chance.normal(size=(3, network.PLAIN)).astype(np.float32)
    label, weight, head = np.array([1, 0, 1]), np.array([1.0, 2.0, 0.5]), np.array([0, 2, 2])
    state["apart"] = chance.normal(size=state["apart"].shape).astype(np.float32)

    def loss() -> float:
        found = np.maximum(features.astype(np.float64) @ state["seek"] + state["seek_bias"], 0)
        begin = np.cumsum(length) - length
        total = np.add.reduceat(found, begin, axis=0) / np.sqrt(length)[:, None]
        seen = np.concatenate([known, total, np.maximum.reduceat(found, begin, axis=0)], axis=1)
        hidden = np.maximum(seen @ state["first"].astype(np.float64) + state["first_bias"], 0)
        answer = (hidden * (state["second"] + state["apart"][head])).sum(axis=1)
        answer = answer + state["second_bias"] + state["apart_bias"][head]
        return float((weight * (np.logaddexp(0, answer) - label * answer)).mean())

    batch = network.Batch(features, length, known, label, weight, head)
    slopes = network._slopes(state, batch, 0.0, chance)
    for name, place in (
        ("seek", (5, 1)),
        ("seek_bias", (2,)),
        ("first", (1025, 2)),
        ("first", (7, 0)),
        ("second", (1,)),
        ("apart", (2, 1)),
        ("apart_bias", (0,)),
    ):
        kept = state[name][place]
        state[name][place] = kept + np.float32(1e-3)
        above = loss()
        state[name][place] = kept - np.float32(1e-3)
        below = loss()
        state[name][place] = kept
        assert slopes[name][place] == pytest.approx((above - below) / 2e-3, rel=0.05, abs=2e-4)


def _corpus() -> tuple[list[str], np.ndarray]:
    calm = [f"Le conseil a voté le budget numéro {i} hier soir. Les routes seront refaites." for i in range(40)]
    harsh = [text + " Imbécile." for text in calm]
    return calm + harsh, np.repeat([0, 1], 40)


def _fitted(encoder: Encoder, folder: Path, seed: int = 3) -> tuple[Meaning, list[str], np.ndarray, tokens.KeptTokens]:
    texts, label = _corpus()
    kept = tokens.keep(texts, encoder, folder, lambda line: None)
    encoder.detectors = Detectors(np.zeros((FEATURES, 0), np.float32), np.zeros(0, np.float32))
    found = kept.pooled(encoder)
    assert found.inner is not None
    plain = np.concatenate([found.text, found.inner.text], axis=1)
    recipe = network.Recipe(members=1, detectors=8, hidden=8, rate=3e-3, rise=5, epochs=6, batch=16)
    head = np.arange(80) % 2
    return network.fit(kept, plain, np.arange(80), label, np.ones(80), head, recipe, seed), texts, label, kept


def test_one_harsh_word_at_the_end_is_found(encoder: Encoder, tmp_path: Path) -> None:
    """Texts that differ in one word are told apart after training on their labels alone."""
    made, _, label, kept = _fitted(encoder, tmp_path)
    encoder.detectors = made.detectors
    found = kept.pooled(encoder)
    assert found.inner is not None
    assert ((made.read(found.text, found.inner.text) > 0) == label).mean() > 0.95


def test_a_text_teaches_the_common_part_and_its_own_head_only() -> None:
    """The slopes of the other heads are nothing; the common part and the text's head learn the same."""
    chance = np.random.default_rng(2)
    state = network._begin(network.Recipe(detectors=3, hidden=4), chance)
    features = chance.normal(size=(4, FEATURES)).astype(np.float32)
    known = chance.normal(size=(1, network.PLAIN)).astype(np.float32)
    batch = network.Batch(features, np.array([4]), known, np.array([1]), np.ones(1), np.array([2]))
    slopes = network._slopes(state, batch, 0.0, chance)
    assert not slopes["apart"][:2].any()
    assert not slopes["apart_bias"][:2].any()
    assert slopes["apart"][2] == pytest.approx(slopes["second"])
    assert slopes["apart_bias"][2] == pytest.approx(slopes["second_bias"][0])
    assert np.abs(slopes["second"]).max() > 0


def test_the_score_is_what_the_heads_say_by_their_voices() -> None:
    """The scoring form answers with the heads' weighted mean, whatever their answers are."""
    chance = np.random.default_rng(4)
    state = network._begin(network.Recipe(detectors=3, hidden=4), chance)
    state["apart"] = chance.normal(size=state["apart"].shape).astype(np.float32)
    state["apart_bias"] = chance.normal(size=network.HEADS).astype(np.float32)
    seen = chance.normal(size=(5, network.PLAIN + 6)).astype(np.float32)
    center, scale = np.zeros(network.PLAIN, np.float32), np.ones(network.PLAIN, np.float32)

    def said(voices: list[float]) -> np.ndarray:
        made = network._finished(state, center, scale, np.array(voices, np.float32))
        return made.read(seen[:, :512], seen[:, 512:])

    heads = [said(row) for row in np.eye(network.HEADS).tolist()]
    assert np.ptp(heads, axis=0).min() > 0.01
    assert said([0.25, 0.5, 0.25]) == pytest.approx(np.average(heads, axis=0, weights=[1, 2, 1]), abs=1e-4)


def test_the_same_seed_gives_the_same_bytes(encoder: Encoder, tmp_path: Path) -> None:
    """Two fits on one thread agree to the last bit, and another seed does not."""
    first, again, other = (
        _fitted(encoder, tmp_path, seed)[0].arrays()["meaning_first"].tobytes() for seed in (3, 3, 4)
    )
    assert first == again != other


def test_two_members_answer_with_their_mean(encoder: Encoder, tmp_path: Path) -> None:
    """Networks merged into a wider one give the mean of their answers."""
    one, other = _fitted(encoder, tmp_path, 3)[0], _fitted(encoder, tmp_path, 5)[0]
    answers = []
    for made in (one, other, network._averaged([one, other])):
        encoder.detectors = made.detectors
        found = encoder.encode_sentences(read(TEXTS).sentence_strings())
        assert found.inner is not None
        answers.append(made.read(found.text, found.inner.text))
    assert np.allclose((answers[0] + answers[1]) / 2, answers[2], atol=1e-4)


def test_kept_tokens_are_pooled_as_fresh_ones(encoder: Encoder, tmp_path: Path) -> None:
    """What was kept in half precision gives nearly the vectors of scoring time, with and without the file."""
    encoder.detectors = Detectors(np.full((FEATURES, 2), 0.05, np.float32), np.zeros(2, np.float32))
    fresh = encoder.encode_sentences(read(TEXTS).sentence_strings())
    for _ in range(2):
        kept = tokens.keep(TEXTS, encoder, tmp_path, lambda line: None).pooled(encoder)
        assert np.abs(kept.sentence - fresh.sentence).max() < 2e-3
        assert kept.inner is not None
        assert fresh.inner is not None
        assert np.allclose(kept.inner.text, fresh.inner.text, rtol=1e-2, atol=1e-2)


def test_a_network_comes_back_from_its_arrays(encoder: Encoder, tmp_path: Path) -> None:
    """What an artefact holds gives the same answers."""
    made = _fitted(encoder, tmp_path)[0]
    again = Meaning.from_arrays(made.arrays())
    encoder.detectors = made.detectors
    found = encoder.encode_sentences(read(TEXTS).sentence_strings())
    assert found.inner is not None
    assert np.array_equal(made.read(found.text, found.inner.text), again.read(found.text, found.inner.text))
