"""A threshold that follows a change of models by the share of comments that it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.following import FEWEST_PAIRS, SMALLEST_CHANGE, Pair, moved, same_share

SCORES = st.floats(0, 1)
PAIRS = st.lists(st.builds(Pair, SCORES, SCORES), min_size=FEWEST_PAIRS, max_size=120)


@given(PAIRS, SCORES)
def test_the_same_number_is_held_as_before(pairs: list[Pair], threshold: float) -> None:
    """As many comments reach the new threshold as reached the old one, ties apart, which are all held."""
    held = sum(pair.before >= threshold for pair in pairs)
    found = same_share(threshold, pairs)
    if found is None:
        assert held < 5 or held > len(pairs) - 5
        return
    after = sorted((pair.after for pair in pairs), reverse=True)
    tied = after[held - 1] == after[held]
    now = sum(score >= found for score in after)
    assert now >= held if tied else now == held
    assert 0 <= found <= 1


@given(st.floats(0.1, 0.9))
def test_a_scale_that_is_stretched_stretches_the_threshold(threshold: float) -> None:
    """When the new model halves every score, the threshold is halved, to the gap between two comments."""
    pairs = [Pair(score / 200, score / 400) for score in range(200)]
    assert same_share(threshold, pairs) == pytest.approx(threshold / 2, abs=0.005)


def test_few_comments_place_nothing() -> None:
    """Fewer than fifty, or fewer than five on one side of the threshold, are no sample."""
    rising = [Pair(score / 100, score / 100) for score in range(100)]
    assert same_share(0.5, rising[:49]) is None
    assert same_share(0.96, rising) is None
    assert same_share(0.95, rising) is not None
    assert same_share(0.04, rising) is None


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        (0.5, 0.5 + SMALLEST_CHANGE, True),
        (0.5, 0.5049, False),
        (None, 0.9, True),
        (0.9, None, True),
        (None, None, False),
    ],
)
def test_small_changes_are_left_alone(before: float | None, after: float | None, written: bool) -> None:
    """Half a hundredth is a change; less is the sample moving. Beginning and ceasing to reject always is one."""
    assert moved(before, after) is written
