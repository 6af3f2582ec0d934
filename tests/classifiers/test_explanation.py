"""Explanations: the parts add up to the score that they explain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import artifact
from classifiers.explanation import per_place, per_word
from classifiers.features.ngrams import BITS, grams, matrix
from classifiers.incivility import GramLogit
from classifiers.text.reading import read

ANY = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.fixture(scope="module")
def gram() -> GramLogit:
    """The shipped n-gram logit."""
    arrays = artifact.load("incivility").arrays
    return GramLogit(arrays["gram_weight"].astype(np.float32), float(arrays["gram_bias"][0]))


@settings(max_examples=60)
@given(st.lists(ANY, min_size=1, max_size=3))
def test_the_parts_and_the_intercept_are_the_logit(gram: GramLogit, texts: list[str]) -> None:
    """Word by word, what moved the n-gram logit adds up to it, exactly."""
    reading = read(texts)
    found, values = gram.parts(reading)
    parts = per_place(values, found, reading.hard.codes)
    logits = gram.read(reading).text
    for number in range(len(texts)):
        words, between = per_word(parts, reading, number)
        assert sum(w for _, _, w in words) + between + gram.bias == pytest.approx(logits[number], abs=1e-6)


@settings(max_examples=40)
@given(st.lists(ANY, min_size=1, max_size=3))
def test_the_gathered_sum_is_scikit_learns_product(gram: GramLogit, texts: list[str]) -> None:
    """Scoring by gathering weights gives what the sparse matrix that trained them gives."""
    reading = read(texts)
    assert gram.read(reading).text == pytest.approx(
        np.asarray(matrix(reading) @ gram.weight).ravel() + gram.bias, abs=1e-3
    )


def test_buckets_stay_inside_the_table() -> None:
    """Every gram's bucket is a row of the table, and every gram covers at least one place."""
    found = grams(read(["Un essai, deux essais…", "", "🙂"]))
    assert found.bucket.max() < 1 << BITS
    assert (found.end > found.begin).all()
