"""Finding a site's words in comments, whatever they are disguised as: accents, capitals, look-alikes, masks.

Words and texts are folded in the same way, so that what differs only by disguise is equal. No database here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.text.codepoints import SEPARATOR
from classifiers.text.disguise import undisguised
from classifiers.text.folding import Folded, fold, join
from moderation.domain.automaton import Automaton
from moderation.domain.words import WordKind

UNKNOWN_LANGUAGE = "und"
_MASKS = "*#•×"
_MASKED = re.compile(rf"[^\W_{_MASKS}][\w{_MASKS}]*[{_MASKS}][\w{_MASKS}]*")


@dataclass(frozen=True)
class ListedWord:
    """One word of a site's list; an empty `language` stands for all."""

    text: str
    kind: WordKind
    language: str = ""
    whole_word: bool = True


@dataclass(frozen=True)
class Hit:
    """One listed word found in a text, at [begin, end) in code points of the text as it was written."""

    word: ListedWord
    begin: int
    end: int


class Matcher:
    """Knows one site's words, folded once; finds them in any number of texts."""

    def __init__(self, words: Sequence[ListedWord]) -> None:
        self._words = list(words)
        self._automaton = Automaton(folded_words([word.text for word in words]))
        self._by_length: dict[int, list[tuple[str, ListedWord]]] = defaultdict(list)
        plain = fold(join([word.text for word in words])).hard().strings()
        for text, word in zip(plain, words, strict=True):
            self._by_length[len(text)].append((text, word))

    def find(self, texts: Sequence[str], languages: Sequence[str]) -> list[list[Hit]]:
        """Return what each text holds, in its order; a text of unknown language is searched for every word."""
        plain = fold(join(texts)).hard()
        short = _unstretched(plain)
        bare = [plain] if len(short.codes) == len(plain.codes) else [plain, short]
        ways = [(way, way.strings(), self._spelled) for way in map(undisguised, bare)]
        ways.append((plain, plain.strings(), self._masked))
        found = []
        for number, language in enumerate(languages):
            hits = {hit for way, strings, look in ways for hit in _hits(way, number, look(strings[number]))}
            speaking = (hit for hit in hits if _speaks(hit.word, language))
            found.append(sorted(speaking, key=lambda hit: (hit.begin, hit.end, hit.word.text)))
        return found

    def _spelled(self, text: str) -> Iterator[tuple[int, int, ListedWord]]:
        for begin, end, number in self._automaton.find(text.replace("\n", " ")):
            word = self._words[number]
            if not word.whole_word or _stands_alone(text, begin, end):
                yield begin, end, word

    def _masked(self, text: str) -> Iterator[tuple[int, int, ListedWord]]:
        """Yield words of which some letters, at most half, are written as signs."""
        for found in _MASKED.finditer(text):
            token = found[0]
            if sum(sign in _MASKS for sign in token) * 2 > len(token):
                continue
            for spelling, word in self._by_length.get(len(token), ()):
                if all(a in (b, *_MASKS) for a, b in zip(token, spelling, strict=True)):
                    yield found.start(), found.end(), word


def folded_words(words: Sequence[str]) -> list[str]:
    """Return the words as they are compared: two that are equal here are the same word."""
    return [word.replace("\n", " ").strip() for word in undisguised(fold(join(words)).hard()).strings()]


def _unstretched(folded: Folded) -> Folded:
    """Return the texts with each run of three or more equal characters as one of them."""
    codes = folded.codes
    same = np.zeros(len(codes), np.bool_)
    same[1:] = (codes[1:] == codes[:-1]) & (codes[1:] != SEPARATOR)
    begins = np.flatnonzero(~same)
    length = np.diff(np.append(begins, len(codes)))
    kept = ~(same & np.repeat(length >= 3, length))
    codes = codes[kept]
    return Folded(codes, folded.origin[kept], np.flatnonzero(codes == SEPARATOR), folded.joined)


def _hits(folded: Folded, number: int, found: Iterable[tuple[int, int, ListedWord]]) -> Iterator[Hit]:
    """Give folded places their place in the text as it was written."""
    first, start = int(folded.bounds[number]) + 1, int(folded.joined.starts[number])
    for begin, end, word in found:
        yield Hit(word, int(folded.origin[first + begin]) - start, int(folded.origin[first + end - 1]) - start + 1)


def _stands_alone(text: str, begin: int, end: int) -> bool:
    return not (text[begin - 1 : begin].isalnum() or text[end : end + 1].isalnum())


def _speaks(word: ListedWord, language: str) -> bool:
    return word.language in ("", language) or language == UNKNOWN_LANGUAGE
