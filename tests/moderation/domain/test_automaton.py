"""Finding many words at once."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.automaton import Automaton

SHORT = st.text("abc", max_size=4)


@given(st.lists(SHORT, max_size=12), st.text("abc", max_size=40))
def test_it_finds_exactly_what_a_search_for_each_word_finds(words: list[str], text: str) -> None:
    """Every occurrence of every word is found once, overlapping ones too, and nothing else."""
    expected = [
        (begin, begin + len(word), number)
        for number, word in enumerate(words)
        for begin in range(len(text))
        if word and text.startswith(word, begin)
    ]
    assert sorted(Automaton(words).find(text)) == sorted(expected)
