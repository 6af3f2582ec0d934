"""Folding and disguises: what is read, and where it came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.text.folding import fold, join
from classifiers.text.reading import read

ANY = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("C0nnard", "connard"),
        ("c.o.n", "con"),
        ("p u t e", "pute"),
        ("s@lope", "salope"),
        ("ｆｕｌｌ", "full"),
        ("сonnard", "connard"),
        ("meeeeerde", "merde"),
        ("œuvre", "oeuvre"),
        ("É\u200bT\u00adAT", "etat"),
        ("m***de", "m*de"),
        ("COVID-19", "covid-19"),
        ("10h30", "10h30"),
        ("🅰🅱", "ab"),
    ],
)
def test_a_disguise_is_read_through(typed: str, folded: str) -> None:
    """Look-alikes, leet, spacing, masking and stretching fold to the plain word; honest digits stay."""
    assert read([typed]).hard.strings() == [folded]


def test_a_span_found_after_folding_covers_what_was_typed() -> None:
    """The origin of a folded word leads back to the disguised word in the original text."""
    text = "Espèce de s @ l o p e !"
    reading = read([text])
    words = reading.words
    last = len(words) - 1
    begin, end = int(reading.hard.origin[words.begin[last]]), int(reading.hard.origin[words.end[last] - 1]) + 1
    assert text[begin:end].startswith("l o p e") or text[begin:end].startswith("s @ l o p e")


@given(st.lists(ANY, max_size=5))
def test_every_text_keeps_its_own_place_in_a_batch(texts: list[str]) -> None:
    """Whatever the characters, folding a batch gives the same strings as folding each text alone."""
    together = read(texts).hard.strings() if texts else []
    assert together == [read([text]).hard.strings()[0] for text in texts]


@given(st.lists(ANY, min_size=1, max_size=4))
def test_origins_stay_inside_their_text(texts: list[str]) -> None:
    """Each folded character comes from a place of its own text, and places never go back."""
    joined = join(texts)
    folded = fold(joined)
    for number in range(len(texts)):
        places = folded.origin[folded.bounds[number] + 1 : folded.bounds[number + 1]]
        assert all(joined.starts[number] <= p < joined.starts[number + 1] for p in places.tolist())
        assert (places[1:] >= places[:-1]).all()


@given(st.lists(ANY, min_size=1, max_size=4))
def test_sentences_cover_every_text_once(texts: list[str]) -> None:
    """The sentences of a text, put together, are the text (but for a leading blank cut)."""
    reading = read(texts)
    strings = reading.sentence_strings()
    assert all(parts for parts in strings)
    assert ["".join(parts) for parts in strings] == reading.light.strings()
