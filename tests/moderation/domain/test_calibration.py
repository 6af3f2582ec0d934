"""Whether scores mean what they say, against counting by hand and against chance."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.domain.calibration import (
    LARGEST_WEIGHT,
    LEAST_ANSWERS,
    LEAST_OF_A_KIND,
    MOST_ANSWERS,
    Answer,
    bins,
    error,
    measure,
    weight_of,
)

answers = st.lists(
    st.builds(Answer, st.floats(0, 1), st.booleans(), st.floats(0.5, 50)),
    max_size=60,
)


def asked(size: int, bent: float, seed: int, weight: float = 1.0) -> list[Answer]:
    """Draw answers; with `bent` 0 a score is the very probability of a yes."""
    chance = Random(seed)
    scores = [chance.random() for _ in range(size)]
    return [Answer(score, chance.random() < min(max(score + bent, 0), 1), weight) for score in scores]


@given(answers)
def test_the_error_is_a_share(found: list[Answer]) -> None:
    """Whatever was answered, the error is between 0 and 1, and the order of the answers does not matter."""
    assert 0 <= error(found) <= 1
    assert error(found) == pytest.approx(error(found[::-1]))


@given(answers, st.integers(2, 4))
def test_a_weight_is_as_many_answers(found: list[Answer], times: int) -> None:
    """An answer that speaks for three counts as three that say the same."""
    heavy = [Answer(one.score, one.true, times * one.weight) for one in found]
    assert error(heavy) == pytest.approx(error(found * times))


@given(answers)
def test_bins_hold_every_answer_once(found: list[Answer]) -> None:
    """The tenths hold all answers; in each the mean score lies in the tenth."""
    tenths = bins(found)
    assert sum(one.answers for one in tenths) == len(found)
    for place, one in enumerate(tenths):
        if one.answers:
            assert one.score is not None
            assert place / 10 - 1e-9 <= one.score <= (place + 1) / 10 + 1e-9


def test_the_error_by_hand() -> None:
    """Two tenths: 0.9 off in one, weighted 1; 0.15 off in the other, weighted 3."""
    found = [Answer(0.9, True, 1.0), Answer(0.15, False, 3.0)]
    assert error(found) == pytest.approx((1 * 0.1 + 3 * 0.15) / 4)


@given(st.integers(0, 250), st.integers(0, 250))
@settings(max_examples=25)
def test_too_few_answers_say_nothing(yes: int, no: int) -> None:
    """Without enough answers, or enough of each kind, there is no figure."""
    found = measure([Answer(0.6, True)] * yes + [Answer(0.4, False)] * no, seed=1)
    enough = yes + no >= LEAST_ANSWERS and min(yes, no) >= LEAST_OF_A_KIND
    assert found.enough is enough
    assert found.answers == yes + no
    if not enough:
        assert (found.ece, found.by_chance, found.bins) == (None, None, ())


def test_right_scores_stay_below_what_chance_gives() -> None:
    """Where a score is the very probability, the error is below the bound nearly always; where it is off, above."""
    right = [measure(asked(250, 0.0, seed), seed=7) for seed in range(12)]
    wrong = [measure(asked(250, 0.25, seed), seed=7) for seed in range(5)]
    assert sum((one.ece or 0) > (one.by_chance or 0) for one in right) <= 2
    assert all((one.ece or 0) > (one.by_chance or 1) for one in wrong)
    assert all((one.low or 0) < 0.22 < (one.high or 0) for one in wrong)


def test_the_same_answers_give_the_same_figures() -> None:
    """The draws are seeded; only the newest answers count."""
    found = asked(300, 0.1, 1)
    assert measure(found, seed=7) == measure(found, seed=7)
    many = [Answer(0.9, False)] * 50 + asked(MOST_ANSWERS, 0.0, 2)
    assert measure(many, seed=7) == measure(many[50:], seed=7)


@given(st.floats(1e-6, 1))
def test_a_weight_is_the_inverse_of_the_probability_within_bounds(sampling: float) -> None:
    """A comment shown by one chance in twenty speaks for twenty; nothing speaks for more than the bound."""
    assert weight_of(sampling) == min(1 / sampling, LARGEST_WEIGHT)
    assert weight_of(None) == 1
