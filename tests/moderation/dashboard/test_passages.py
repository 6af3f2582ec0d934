"""Texts of strangers made safe to look at."""

import html
import re
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from moderation.dashboard.passages import fold, marked, sentence, visible

TAGS = re.compile(r'<span class="unseen"[^>]*>[^<]*</span>|<mark class="mark (?:a|b) s[123]">|</mark>')
plain = Flask("plain")
Babel(plain)


@pytest.fixture(autouse=True)
def _in_a_request() -> Iterator[None]:
    with plain.test_request_context():
        yield


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "&lt;b&gt;",
        "</div></article>",
        "' onmouseover='x",
    ],
)
def test_markup_is_text(text: str) -> None:
    """Markup in a comment is shown as the characters that were typed."""
    assert visible(text) == html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    assert "<script" not in visible(text)


@pytest.mark.parametrize(
    ("text", "sign"),
    [("a\u202eb", "RLO"), ("a\u2066b", "LRI"), ("a\u200bb", "ZWSP"), ("a\u00adb", "SHY"), ("a\u200d b", "ZWJ"),
     ("\ufeffa", "BOM"), ("a\u3164b", "U+3164"), ("a\x07b", "U+0007"), ("a\U000e0041b", "U+E0041"),
     ("a" + "\u200b" * 5, "ZWSP ×5"),
     ("a" + "\u200b\u200c" * 5000, "×10000")],
)  # fmt: skip
def test_invisible_characters_are_shown_and_do_not_act(text: str, sign: str) -> None:
    """Bidirectional controls, zero-width characters and fillers become one small sign."""
    shown = visible(text)
    assert f">{sign}</span>" in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\u200c\u200d\u00ad\ufeff\u3164\x07]", shown)


@pytest.mark.parametrize(
    "text", ["مرحبا بكم", "👩\u200d🔬 ❤️", "می\u200cخواهم", "cœur, où ?\n\tfin", "क्\u200dष", "e\u0301te\u0301"]
)
def test_honest_texts_stay_as_they_are(text: str) -> None:
    """Arabic, Persian joiners, emoji, accents and line breaks are not touched."""
    assert visible(text) == text


def test_floods_of_accents_are_cut() -> None:
    """Of 100,000 combining marks six are drawn, the rest is counted, and it takes no time."""
    began = time.perf_counter()
    shown = visible("Z" + "\u0301" * 100_000 + "algo")
    assert shown.count("\u0301") == 6
    assert "×99994" in shown
    assert shown.endswith("algo")
    assert time.perf_counter() - began < 1


def test_overlapping_spans_of_two_labels_nest() -> None:
    """Where two labels meet, the characters carry both marks; offsets are code points of the original text."""
    shown = marked("🙂 abcdef", {"a": [[2, 6, 1.0]], "b": [[4, 8, 0.2], [4, 5, 0.9]]})
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)) == "🙂 abcdef"
    assert '<mark class="mark a s3">ab</mark>' in shown
    assert '<mark class="mark b s3"><mark class="mark b s1"><mark class="mark a s3">c</mark></mark></mark>' in shown


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.floats(-5, 5)), max_size=4)


@given(st.text(max_size=60), spans, spans, st.integers(0, 60))
def test_no_character_is_lost_or_invented(text: str, of_a: list[object], of_b: list[object], cut: int) -> None:
    """Whatever the text and the spans, what is shown is the escaped text, its marks and its signs: nothing else."""
    with plain.test_request_context():
        shown = marked(text, {"a": of_a, "b": of_b}, 0, min(cut, len(text)))
        bare = TAGS.sub("", shown)
        assert "<" not in bare
        assert ">" not in bare
        expected = TAGS.sub("", visible(text[:cut]))
        if not re.search(r"[^ -~\n\t]", text):
            assert html.unescape(bare) == text[:cut] == html.unescape(expected)


@given(st.text(max_size=400))
def test_folding_cuts_inside_the_text(text: str) -> None:
    """A fold is None for a short text, else a place inside it, never at its ends."""
    cut = fold(text, 100)
    assert cut is None or 0 < cut < len(text)


def test_long_texts_and_long_columns_are_folded() -> None:
    """50 kB are folded at a space; a column of a thousand lines is folded too; a little over is not."""
    words = "mot " * 12_500
    cut = fold(words, 700)
    assert cut is not None
    assert words[cut - 1] == " "
    assert cut <= 700
    assert fold("x" * 50_000, 700) == 700
    column = fold("a\n" * 1_000, 700)
    assert column is not None
    assert column <= 28
    assert fold("x" * 750, 700) is None


def test_quotations_in_a_reason_keep_their_own_direction() -> None:
    """Arabic words that a French sentence quotes do not turn the sentence around, and nothing in them acts."""
    shown = sentence("Ont pesé le plus : « عنهم », « <b>x</b> » (“a”).")
    assert shown == (
        "Ont pesé le plus : «\N{NO-BREAK SPACE}<bdi>عنهم</bdi>\N{NO-BREAK SPACE}», "
        "«\N{NO-BREAK SPACE}<bdi>&lt;b&gt;x&lt;/b&gt;</bdi>\N{NO-BREAK SPACE}» (“<bdi>a</bdi>”)."
    )
