"""By which way, and with which chance, the automatic rules put a comment before a person."""

from dataclasses import replace

import pytest
from hypothesis import given

from moderation.domain.goals import Goal, GoalKind
from moderation.domain.policy import Policy
from moderation.domain.rules import Circumstances, Rule, judge
from moderation.domain.words import Label, Route, Verdict
from tests.moderation.domain.test_rules import AROUND, CHANCE, CLEAR, POLICIES, RUDE, SCORES, SHARE


@pytest.mark.parametrize(
    ("chance", "rule", "route"),
    [
        (0.019, Rule.AUDIT, Route.AUDIT),
        (0.02, Rule.LEARNING, Route.LEARNING),
        (0.509, Rule.LEARNING, Route.LEARNING),
        (0.51, Rule.PUBLISH, None),
    ],
)
def test_learning_chooses_among_what_the_audit_sample_left(chance: float, rule: Rule, route: Route | None) -> None:
    """With 2 % audit and a probability of 50 %, a clear comment is shown with 51 %, by whichever of the two."""
    judgement = judge(CLEAR, Policy(audit_share=0.02), chance, teaching=0.5)
    assert (judgement.rule, judgement.route, judgement.flags) == (rule, route, ())
    assert judgement.audit is (rule is Rule.AUDIT)
    assert judgement.sampling == (pytest.approx(0.51) if route else None)


@given(SCORES, POLICIES, CHANCE, AROUND, SHARE)
def test_learning_takes_nothing_from_the_rules_before_it(
    scores: dict[Label, float | None], policy: Policy, chance: float, around: Circumstances, teaching: float
) -> None:
    """Choosing for learning changes only what would have been published as clear, and never flags it."""
    plain, chosen = (judge(scores, policy, chance, around, probability) for probability in (0.0, teaching))
    if chosen.rule is Rule.LEARNING:
        assert (plain.rule, chosen.verdict, chosen.flags) == (Rule.PUBLISH, Verdict.REVIEW, ())
    elif chosen.rule is not Rule.AUDIT:
        assert chosen == plain


@given(SCORES, POLICIES, CHANCE, AROUND, SHARE)
def test_what_a_person_is_shown_has_a_chance_and_a_way(
    scores: dict[Label, float | None], policy: Policy, chance: float, around: Circumstances, teaching: float
) -> None:
    """Every comment that is held says by which way and with which chance, above 0; what is not held says neither."""
    judgement = judge(scores, policy, chance, around, teaching)
    held = judgement.verdict is Verdict.REVIEW
    assert (judgement.route is not None) is (judgement.sampling is not None) is held
    assert not held or 0 < (judgement.sampling or 0) <= 1


@pytest.mark.parametrize(("audit", "checked"), [(0.0, 0.02), (0.1, 0.1)])
def test_a_share_of_what_a_goal_rejects_is_decided_by_a_person(audit: float, checked: float) -> None:
    """Behind a goal at least 2 % go to a person and say so; a number that an editor set rejects all."""
    number = Policy(reject_from={Label.INCIVILITY: 0.8}, audit_share=audit)
    goal = replace(number, reject_goals={Label.INCIVILITY: Goal(GoalKind.PRECISION, 0.98)})
    assert judge(RUDE, goal, checked) == judge(RUDE, number, 0.0)
    shown = judge(RUDE, goal, checked - 1e-6)
    assert (shown.verdict, shown.rule, shown.sampling) == (Verdict.REVIEW, Rule.REJECT_FROM, checked)
    assert (shown.flags, shown.route) == ((Label.INCIVILITY,), Route.QUEUE)
