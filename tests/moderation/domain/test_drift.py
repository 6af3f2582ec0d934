"""The population stability index, and what chance makes of it."""

from math import log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.drift import BINS, LEAST_COMMENTS, MOST_LANGUAGES, OTHERS, Drift, measure, mix, psi

counts = st.lists(st.integers(0, 5_000), min_size=BINS, max_size=BINS)


@given(counts, counts)
def test_the_index_is_symmetric_and_never_negative(before: list[int], now: list[int]) -> None:
    """Whichever side is called the first, the index is the same, and it is 0 or more."""
    assert psi(before, now) == pytest.approx(psi(now, before))
    assert psi(before, now) >= 0


@given(counts, st.integers(1, 5))
def test_the_same_counts_have_not_moved(before: list[int], times: int) -> None:
    """The same counts give 0; more of the same gives next to nothing."""
    assert psi(before, before) == 0
    many = [1_000 * count for count in before]
    assert psi(many, [times * count for count in many]) == pytest.approx(0, abs=1e-3)


@given(counts, counts, st.permutations(range(BINS)))
def test_the_order_of_bins_does_not_matter(before: list[int], now: list[int], order: list[int]) -> None:
    """The index sums over bins; bins that are empty on both sides add nothing."""
    shuffled = psi([before[place] for place in order], [now[place] for place in order])
    assert shuffled == pytest.approx(psi(before, now))
    assert psi([*before, 0, 0], [*now, 0, 0]) == psi(before, now)


def test_the_index_is_that_of_the_textbook() -> None:
    """On large counts it is the sum of (p - q) · ln(p / q)."""
    shares = [(0.5, 0.3), (0.3, 0.3), (0.2, 0.4)]
    expected = sum((new - old) * log(new / old) for old, new in shares)
    assert psi(*([int(10_000_000 * share[side]) for share in shares] for side in (0, 1))) == pytest.approx(expected)


@given(st.integers(0, 300), st.integers(0, 300))
def test_too_few_comments_say_nothing(before: int, now: int) -> None:
    """Below the least number on either side there is no index, only the counts."""
    found = measure([before, 0], [0, now])
    assert found.enough is (min(before, now) >= LEAST_COMMENTS)
    if not found.enough:
        assert found == Drift(before, now)


def test_chance_stays_below_its_bound() -> None:
    """Of pairs of samples from the same scores, about one in a hundred is above the bound, and not one in twenty."""
    chance, above = Random(3), 0
    for _ in range(400):
        sides = []
        for size in (300, 900):
            found = [0] * BINS
            for _ in range(size):
                found[min(int(chance.betavariate(1, 2) * BINS), BINS - 1)] += 1
            sides.append(found)
        drift = measure(sides[0], sides[1])
        above += drift.psi is not None and drift.by_chance is not None and drift.psi > drift.by_chance
    assert above <= 12


@given(st.dictionaries(st.text("abcdefgh", min_size=2, max_size=2), st.integers(1, 50)), st.integers(0, 30))
def test_no_comment_is_lost_in_the_mix_of_languages(before: dict[str, int], other: int) -> None:
    """The mix holds every comment once; no more languages than may be named, and the rest last."""
    found = mix(before, {"zz": other} if other else {})
    assert sum(old for old, _ in found.values()) == sum(before.values())
    assert sum(new for _, new in found.values()) == other
    assert len(found) <= MOST_LANGUAGES + 1
    assert OTHERS not in list(found)[:-1]


def test_a_language_that_comes_up_is_drift() -> None:
    """Where one comment in five is suddenly in another language, the index passes every bound; the same does not."""
    before, same = {"fr": 900, "en": 100}, {"fr": 270, "en": 30}
    moved = mix(before, {"fr": 216, "en": 24, "de": 60})
    drift = measure([old for old, _ in moved.values()], [new for _, new in moved.values()])
    assert drift.psi is not None
    assert drift.by_chance is not None
    assert drift.psi > max(0.25, drift.by_chance)
    alike = mix(before, same).values()
    still = measure([old for old, _ in alike], [new for _, new in alike])
    assert still.psi == pytest.approx(0, abs=1e-3)
