"""Finding many words in one pass over a text (Aho and Corasick, 1975), however long the list of words is."""

from collections import deque
from collections.abc import Iterator, Sequence


class Automaton:
    """Finds where any of these words ends; a word that is empty is never found."""

    def __init__(self, words: Sequence[str]) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._found: list[tuple[int, ...]] = [()]
        self._lengths = [len(word) for word in words]
        for number, word in enumerate(words):
            if word:
                end = self._grow(word)
                self._found[end] = (*self._found[end], number)
        self._fail = [0] * len(self._next)
        self._link()

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield (begin, end, number of the word) of every occurrence, overlapping ones too, by their end."""
        following, fail, found = self._next, self._fail, self._found
        state = 0
        for place, character in enumerate(text, 1):
            while state and character not in following[state]:
                state = fail[state]
            state = following[state].get(character, 0)
            for number in found[state]:
                yield place - self._lengths[number], place, number

    def _grow(self, word: str) -> int:
        state = 0
        for character in word:
            state = self._next[state].setdefault(character, len(self._next))
            if state == len(self._next):
                self._next.append({})
                self._found.append(())
        return state

    def _link(self) -> None:
        """Give each state the longest other one whose word it ends with, and what is found there."""
        waiting = deque(self._next[0].values())
        while waiting:
            state = waiting.popleft()
            for character, child in self._next[state].items():
                back = self._fail[state]
                while back and character not in self._next[back]:
                    back = self._fail[back]
                self._fail[child] = self._next[back].get(character, 0)
                self._found[child] += self._found[self._fail[child]]
                waiting.append(child)
