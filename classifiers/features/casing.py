"""Casing: which words of a text are written in capitals once acronyms, links, quotes and signatures are set aside.

Here lives the evidence for shouting, counted word by word over a whole batch. Which share of capitals
is too much is learned in `shouting`; which words are ordinary is learned by `lexicon`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.features.lexicon import CaseLexicon, holds
from classifiers.features.ngrams import word_hashes
from classifiers.features.skipping import skipped
from classifiers.text.codepoints import (
    IS_LOWER,
    IS_MARK,
    IS_UPPER,
    NEWLINE,
    Flags,
    Index,
    flags_of,
)
from classifiers.text.kinds import DIGIT, has
from classifiers.text.reading import Reading, read

FEATURES = (
    "share",
    "share_squared",
    "run",
    "run_log",
    "count",
    "run_of_four",
    "share_of_few",
    "ordinary",
    "words_log",
    "letters",
    "greeting",
)
_ROMAN = re.compile(r"(?=[ivxlcdm])m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", re.IGNORECASE)
_ROMAN_SIGNS, _VOWELS = flags_of("ivxlcdm"), flags_of("aeiouy")
_UPPER, _LOWER, _MARK = np.uint8(1), np.uint8(2), np.uint8(4)
_CASE = IS_UPPER * _UPPER | IS_LOWER * _LOWER | (IS_MARK | flags_of("\u200b\u200d")) * _MARK
_HALF = 32
"""Bits for each of two counts in one number: no batch has so many code points."""
_GREETINGS = np.unique(
    word_hashes(
        read(
            [
                "bonne bon bonjour bonsoir année fête fêtes joyeux joyeuse joyeuses noël pâques ramadan aïd",
                "merci bravo félicitations courage condoléances sincères maman papa tous toutes amis mabrouk",
                "happy merry christmas new year birthday easter eid thanks thank you congratulations good morning luck",
                "anniversaire super génial vive hourra amen alleluia oui non enfin et à de la les mes and all everyone",
            ]
        )
    )
)
_STOPS = flags_of(".!?…")
SIGNATURE = 5
"""A last line of at most this many words under a normal text is a signature."""


@dataclass(frozen=True)
class Casing:
    """`table` (n, len(FEATURES)); `counted` and `shouted` words (n,); per word its state and weight."""

    table: NDArray[np.float64]
    counted: NDArray[np.float64]
    shouted: NDArray[np.float64]
    is_shouted: Flags
    is_acronym: Flags


def _per_word(first: Flags, second: Flags, begin: Index, end: Index) -> tuple[Index, Index]:
    """How many of two sorts of flags are set between `begin` and `end` of each word; both in one sum."""
    both = np.zeros(len(first) + 1, np.int64)
    np.cumsum(first.astype(np.int64) + (second.astype(np.int64) << _HALF), out=both[1:])
    found = both.take(end) - both.take(begin)
    return found & ((1 << _HALF) - 1), found >> _HALF


def _by_text(values: NDArray[np.floating] | Flags, text: Index, count: int) -> NDArray[np.float64]:
    return np.asarray(np.bincount(text, weights=values, minlength=count), np.float64)


def casing(texts: Sequence[str], reading: Reading, lexicon: CaseLexicon) -> Casing:
    """Count what is shouted in each of `texts`, of which `reading` is the reading."""
    count = len(texts)
    words, folded = reading.words, reading.hard
    begin, end, text = words.begin, words.end, words.text
    if not len(words):
        zero = np.zeros(count)
        none = np.zeros(0, np.bool_)
        return Casing(_table(zero, zero, zero, zero, zero, zero, zero), zero, zero, none, none)
    original = folded.joined.codes
    link, quote = skipped(texts, folded.joined)
    origin = np.minimum(folded.origin, len(original) - 1)
    case = _CASE.take(original, mode="clip")
    here = case.take(origin)
    upper, lower = _per_word((here & _UPPER) != 0, (here & _LOWER) != 0, begin, end)
    vowel = _VOWELS.take(folded.codes, mode="clip")
    digits, vowels = _per_word(has(reading.light.kinds, DIGIT), vowel, begin, end)
    letters = upper + lower
    first, last = origin.take(begin), origin.take(end - 1)
    marks = np.concatenate([[0], np.cumsum((case & _MARK) != 0)])
    spread = (last - first + 1 - (marks[last + 1] - marks[first])) > 1.7 * np.maximum(
        end - begin, 1
    )  # letters set apart
    cased = (letters >= 2) & ~link[first]
    outside = cased & ~quote[first]
    # A text that is nothing but a quotation is judged as if it were not quoted.
    few = _by_text(outside, text, count) < 3
    counted = np.where(few[text], cased, outside)
    capital = counted & (upper >= 2) & (upper > 2 * lower)
    loud = np.flatnonzero(capital)  # words are looked up only where they are in capitals
    known = reading.hashes[loud]
    ordinary, listed, greets = (np.zeros(len(capital), np.bool_) for _ in range(3))
    ordinary[loud], listed[loud], greets[loud] = (
        lexicon.is_ordinary(known),
        lexicon.is_acronym(known),
        holds(_GREETINGS, known),
    )
    beside = np.zeros(len(capital), np.bool_)
    same = (text[1:] == text[:-1]) & (begin[1:] - end[:-1] <= 1)  # a comma parts what a list enumerates
    beside[1:] |= capital[:-1] & same
    beside[:-1] |= capital[1:] & same
    rare = ~ordinary & (letters <= 6) & ((vowels == 0) | ~beside) & ~spread
    acronym = capital & (
        listed | (digits > 0) & ~_leet_like(letters, digits, ordinary) | rare | (spread & (letters <= 5))
    )
    acronym |= capital & (letters <= 6) & _roman(reading, capital)
    acronym |= _signature(reading, counted, capital, count)
    shouted = capital & ~acronym
    weigh = np.where(spread, np.maximum(letters / 5, 1), 1.0)
    counted = counted & ~acronym
    n_words = _by_text(np.where(counted, weigh, 0), text, count)
    n_shouted = _by_text(np.where(shouted, weigh, 0), text, count)
    n_ordinary = _by_text(shouted & (ordinary | (letters >= 7)), text, count)
    share_letters = _by_text(np.where(shouted, letters, 0), text, count) / np.maximum(
        _by_text(np.where(counted, letters, 0), text, count), 1
    )
    greeting = (_by_text(shouted & greets, text, count) >= n_shouted) & (n_shouted > 0) & (n_shouted <= 5)
    runs = _longest(shouted, counted, weigh, text, count)
    return Casing(
        _table(n_words, n_shouted, runs, n_ordinary, share_letters, np.log1p(n_words), greeting.astype(np.float64)),
        n_words,
        n_shouted,
        shouted,
        acronym,
    )


def _leet_like(letters: NDArray[np.int64], digits: NDArray[np.int64], ordinary: Flags) -> Flags:
    return ordinary | (letters > 2 * digits + 1)


def _roman(reading: Reading, capital: Flags) -> Flags:
    """Words that are Roman numerals of two letters or more."""
    out = np.zeros(len(capital), np.bool_)
    codes = reading.hard.codes
    short = np.flatnonzero(capital & (reading.words.end - reading.words.begin <= 6))
    begins = _ROMAN_SIGNS.take(codes[reading.words.begin[short]], mode="clip")
    for i in short[begins].tolist():
        word = "".join(map(chr, codes[reading.words.begin[i] : reading.words.end[i]]))
        out[i] = _ROMAN.fullmatch(word) is not None and word not in {
            "mi",
            "di",
            "dix",
            "mil",
            "mix",
            "vil",
            "civil",
            "cil",
            "vi",
            "mm",
        }
    return out


def _signature(reading: Reading, counted: Flags, capital: Flags, count: int) -> Flags:
    """Words in capitals that sign a normal text: a short last line, or last sentence that does not end in a stop."""
    codes, words = reading.hard.codes, reading.words
    stop = _STOPS.take(codes, mode="clip")
    stop[:-1] &= reading.blank[1:]
    line = np.cumsum((codes == NEWLINE) | stop | (codes == ord("—")))
    at = line[words.begin]
    last = np.zeros(count, np.int64)
    first = np.full(count, np.iinfo(np.int64).max)
    np.maximum.at(last, words.text, at)
    np.minimum.at(first, words.text, at)
    ends_open = line[reading.hard.bounds[1:] - 1] == last
    on_last = counted & (at == last[words.text]) & ((last > first) & ends_open)[words.text]
    size = _by_text(on_last, words.text, count)
    loud = _by_text(on_last & capital, words.text, count)
    shouted_above = _by_text(capital & ~on_last, words.text, count)
    above = _by_text(counted & ~on_last, words.text, count)
    signs = (size <= SIGNATURE) & (loud >= size - 1) & (above >= 2) & (shouted_above <= 0.34 * above)
    return np.asarray(on_last & capital & signs[words.text], np.bool_)


def _longest(
    shouted: Flags, counted: Flags, weigh: NDArray[np.float64], text: Index, count: int
) -> NDArray[np.float64]:
    """The longest run of shouted words of each text; words that do not count neither add nor break."""
    keep = np.flatnonzero(counted)
    out = np.zeros(count)
    if not len(keep):
        return out
    loud, owner = shouted[keep], text[keep]
    starts = np.ones(len(keep), np.bool_)
    starts[1:] = (loud[1:] != loud[:-1]) | (owner[1:] != owner[:-1])
    begin = np.flatnonzero(starts)
    length = np.add.reduceat(np.where(loud, weigh[keep], 0), begin)
    np.maximum.at(out, owner[begin], length)
    return out


def _table(
    words: NDArray[np.float64],
    shouted: NDArray[np.float64],
    run: NDArray[np.float64],
    ordinary: NDArray[np.float64],
    letters: NDArray[np.float64],
    words_log: NDArray[np.float64],
    greeting: NDArray[np.float64],
) -> NDArray[np.float64]:
    share = shouted / np.maximum(words, 1)
    few = np.minimum(shouted, 4) / 4
    return np.stack(
        [
            share,
            share**2,
            np.minimum(run, 4) / 4,
            np.log1p(run),
            np.minimum(shouted, 8) / 8,
            (run >= 4).astype(np.float64),
            share * few,
            np.minimum(ordinary, 4) / 4,
            words_log,
            letters,
            greeting,
        ],
        axis=1,
    )
