"""What is read from a text is frozen: the shipped artefacts were trained on exactly these places, hashes and grams."""

from __future__ import annotations

import hashlib
import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.features.ngrams import grams, weigh
from classifiers.text import codepoints, kinds
from classifiers.text.folding import Folded, join
from classifiers.text.reading import read
from classifiers.text.words import Ranges, hashed

TEXTS = [
    "C0nnard, p u t e et c.o.n : s@lope, m***de ##%% meeeeerde !!! Pl4n de P4r1s, G7 et m3c5",
    "LE PRÉSIDENT A DIT « NON » à l'ONU (chapitre XIV) — œuvre, Œdipe, ﬁn, Ǆ\n\n  Jean DUPONT",
    "  \n\r\u2028 deux   blancs \n ici.\u200b Là\u0301 ! http://a.b/c @moi #tag m@x.fr a.b.c.d   ",
    "сonnard привет αbc κόσμε مرحبا بالعالم أنتم لا إلى آخر ـ؟ 日本語。ＡＢＣ ｄｅ 🅰🄱 👍🏽\U000e0061\ufe0f",
    "\ud800\udfff\x00\x01\x02\U0001ffff\U00020000\U0010ffff İıŁø²①½",
    "",
    " ",
    "Une phrase longue " * 40,
    "a" * 500 + " b b b b",
]
FROZEN = "b1726dab10f1b87cc92e9ba2"


def fingerprint() -> str:
    """A hash of everything that is read from `TEXTS`."""
    reading, digest = read(TEXTS), hashlib.sha256()
    found, (_, counts) = grams(reading), weigh(reading, np.zeros(1 << 19, np.float32))
    for array in (
        *(getattr(view, name) for view in (reading.light, reading.hard) for name in ("codes", "origin", "bounds")),
        *(getattr(cut, name) for cut in (reading.words, reading.sentences) for name in ("begin", "end", "text")),
        reading.hashes,
        *(getattr(found, name) for name in ("bucket", "begin", "end")),
        counts,
    ):
        digest.update(np.asarray(array).astype(np.uint64).tobytes())
    return digest.hexdigest()[:24]


def test_reading_and_hashing_have_not_changed() -> None:
    """Places, words, sentences, word hashes and gram buckets are those that the artefacts know; else raise
    FEATURES_VERSION, train again, and record the new fingerprint."""
    assert fingerprint() == FROZEN


def test_both_views_have_the_same_kinds() -> None:
    """Losing accents never makes a letter of what was none, nor a blank or a stop: one look-up serves both views."""
    codes = np.unique(np.concatenate([codepoints.LIGHT, codepoints.SECOND]))
    light, hard = kinds.kinds_of(codes), kinds.kinds_of(codepoints.look(codepoints.HARD, codes))
    assert not ((light ^ hard) & ~kinds.VOWEL).any()


@settings(max_examples=30)
@given(st.lists(st.integers(1, 70), min_size=1, max_size=60), st.integers(-80, 20))
def test_a_hash_depends_on_the_word_alone(sizes: list[int], shift: int) -> None:
    """Wherever a word stands, even across two blocks, its hash is the polynomial of its first 48 code points."""
    begin = (1 << 16) + shift
    codes = np.full(begin + sum(sizes) + 1, 0x61, np.uint32) + np.arange(begin + sum(sizes) + 1, dtype=np.uint32) % 26
    edges = np.cumsum([begin, *sizes])
    folded = Folded(codes, np.arange(len(codes)), np.array([0]), join([""]))
    found = hashed(folded, Ranges(edges[:-1], edges[1:], np.zeros(len(sizes), np.int64)))
    prime, mix = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
    for value, (a, b) in zip(found.tolist(), itertools.pairwise(edges.tolist()), strict=True):
        word = codes[a : min(b, a + 48)].tolist()
        assert value == sum(c * prime**k for k, c in enumerate(word, 1)) * mix % (1 << 64)
