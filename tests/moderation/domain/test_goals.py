"""Goals: thresholds found from what moderators decided."""

import random
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from moderation.domain.goals import FEWEST_DECISIONS, FEWEST_HELD, Goal, GoalKind, Judged, Unsolvable, solve

SHARE = st.floats(0, 1)
STEP = 0.0001


def past(seed: int) -> list[Judged]:
    """Return comments whose scores say something about what was decided, drawn from a seed."""
    chance = random.Random(seed)
    found = []
    for _ in range(chance.randint(60, 160)):
        score = round(chance.random(), chance.choice([1, 2, 6]))
        found.append(Judged(score, chance.choice([chance.random() < score, None])))
    return found


COMMENTS = st.builds(past, st.integers(0, 10**6))


def down(score: float) -> float:
    """Return a score rounded down to four decimals, as it is written."""
    return int(Decimal(repr(score)) * 10_000) / 10_000


def rejected(comments: list[Judged]) -> list[float]:
    """Return the scores of what was rejected."""
    return [comment.score for comment in comments if comment.rejected]


@given(COMMENTS, SHARE)
def test_a_catch_goal_is_reached_and_holds_no_more_than_it_must(comments: list[Judged], share: float) -> None:
    """At the threshold the share is caught; a hundredth of a percent higher it is no longer, or nothing is asked."""
    scores = rejected(comments)
    assume(len(scores) >= FEWEST_DECISIONS)
    threshold = solve(Goal(GoalKind.CATCH, share), comments, 1)
    needed = max(1, share * len(scores) - 1e-9)
    assert sum(score >= threshold for score in scores) >= needed
    assert sum(score >= threshold + 2 * STEP for score in scores) < needed or threshold > 1 - 2 * STEP


@given(COMMENTS, st.floats(0, 200), st.floats(0.5, 20))
def test_a_hold_goal_holds_as_many_as_allowed_and_no_more(comments: list[Judged], a_day: float, days: float) -> None:
    """At the threshold no more than the wanted number a day is held; a little lower it would be, unless it is 0."""
    try:
        threshold = solve(Goal(GoalKind.HOLD, a_day), comments, days)
    except Unsolvable:
        assert sum(comment.score > 1 - STEP for comment in comments) > a_day * days
        return
    assert sum(comment.score >= threshold for comment in comments) <= a_day * days + 1e-9
    lower = threshold - 2 * STEP
    assert threshold == 0 or sum(comment.score >= lower for comment in comments) > a_day * days - 1e-6


@given(COMMENTS, SHARE)
def test_a_precision_goal_is_reached_by_the_lowest_threshold_that_does(comments: list[Judged], share: float) -> None:
    """Of what is held and was decided at least the share was rejected, and no lower score would do."""
    decided = [comment for comment in comments if comment.rejected is not None]
    assume(len(decided) >= FEWEST_DECISIONS)

    def good(threshold: float) -> bool:
        held = [comment for comment in decided if comment.score >= threshold]
        return len(held) >= FEWEST_HELD and len(rejected(held)) + 1e-9 >= share * len(held)

    try:
        threshold = solve(Goal(GoalKind.PRECISION, share), comments, 1)
    except Unsolvable:
        assert not any(good(down(comment.score)) for comment in decided)
        return
    assert good(threshold)
    assert not any(good(floor) for c in decided if (floor := down(c.score)) < threshold)


def test_ninety_percent_of_ten_times_ten_is_exactly_that() -> None:
    """Catching 90 % of 100 rejections, one at each hundredth, takes the threshold to the tenth of them."""
    comments = [Judged(score / 100, rejected=True) for score in range(100)]
    assert solve(Goal(GoalKind.CATCH, 0.9), comments, 1) == 0.1


@pytest.mark.parametrize("kind", [GoalKind.CATCH, GoalKind.PRECISION])
def test_few_decisions_make_no_goal(kind: GoalKind) -> None:
    """Below twenty decisions the answer is how many there are, not a number found by chance."""
    comments = [Judged(0.9, rejected=True)] * (FEWEST_DECISIONS - 1) + [Judged(0.1)] * 500
    with pytest.raises(Unsolvable) as refused:
        solve(Goal(kind, 0.5), comments, 1)
    assert refused.value.decisions == FEWEST_DECISIONS - 1


def test_a_goal_beyond_every_threshold_says_so() -> None:
    """When even the highest threshold holds too many, or too few were right, nothing is stored in its place."""
    certain = [Judged(1.0, rejected=False)] * 40
    for goal in (Goal(GoalKind.HOLD, 5), Goal(GoalKind.PRECISION, 0.5)):
        with pytest.raises(Unsolvable) as refused:
            solve(goal, certain, 1)
        assert refused.value.decisions is None
