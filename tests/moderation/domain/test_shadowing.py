"""Whether a challenger runs wild in the shadow."""

import pytest

from moderation.domain.shadowing import ShadowTally


@pytest.mark.parametrize(
    ("counted", "flagged", "floods"),
    [
        (0, 50, False),
        (0, 51, True),
        (20, 50, False),
        (20, 51, True),
        (40, 80, False),
        (40, 81, True),
        (300, 400, False),
        (300, 401, True),
        (500, 0, False),
    ],
)
def test_a_flood_is_more_than_twice_as_much_or_ten_points_more(counted: int, flagged: int, floods: bool) -> None:
    """Of 1,000 comments at most twice as many may be flagged and at most 100 more; up to 50 are never a flood."""
    assert ShadowTally(1000, 0, counted, flagged).floods is floods


@pytest.mark.parametrize(("unjudged", "silent"), [(0, False), (50, False), (51, True)])
def test_falling_silent_is_leaving_more_than_one_in_twenty_unjudged(unjudged: int, silent: bool) -> None:
    """Of 1,000 comments that what counts judged, a challenger may leave 50 without a score."""
    assert ShadowTally(1000, unjudged, 100, 100).falls_silent is silent


def test_nothing_scored_is_no_flood() -> None:
    """Without a comment nothing is divided, and all shares are zero."""
    nothing = ShadowTally(0, 0, 0, 0)
    assert (nothing.floods, nothing.falls_silent) == (False, False)
    assert nothing.figures() == {
        "comments": 0,
        "counted_share": 0.0,
        "shadow_share": 0.0,
        "limit": 0.05,
        "unjudged_share": 0.0,
    }
