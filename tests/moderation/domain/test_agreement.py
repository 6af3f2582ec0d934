"""Cohen's kappa and Wilson's interval, against textbooks and against other people's code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from moderation.domain.agreement import agreed, kappa
from moderation.domain.interval import wilson

ANSWERS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=60)


def counted(answers: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Count pairs of answers."""
    return {pair: answers.count(pair) for pair in answers}


def test_kappa_of_the_textbook() -> None:
    """Two readers of fifty grants who agree on thirty-five have a kappa of 0.4."""
    pairs = {("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}
    assert kappa(pairs) == pytest.approx(0.4)
    assert agreed(pairs) == pytest.approx(0.7)


@given(ANSWERS)
def test_kappa_equals_scikit_learn(answers: list[tuple[str, str]]) -> None:
    """For any answers kappa is what scikit-learn finds; where chance leaves no room for agreement it is None."""
    first, second = zip(*answers, strict=True)
    found = kappa(counted(answers))
    if len({*first, *second}) == 1:
        assert found is None
    else:
        assert found == pytest.approx(cohen_kappa_score(first, second))


def test_without_pairs_nothing_is_said() -> None:
    """Nobody read twice: neither a share nor a kappa."""
    assert (agreed({}), kappa({})) == (None, None)


@given(st.integers(1, 500).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))))
def test_the_interval_equals_scipy(sample: tuple[int, int]) -> None:
    """For any sample the interval is what SciPy finds, holds the share, and stays between 0 and 1."""
    hits, size = sample
    found = wilson(hits, size)
    expected = binomtest(hits, size).proportion_ci(0.95, "wilson")
    assert found
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-6)
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_an_empty_sample_measures_nothing() -> None:
    """Without a sample there is no share."""
    assert wilson(0, 0) is None
