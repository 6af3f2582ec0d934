"""Choosing what teaches: near a threshold and typical, a share of what is held and never more."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.lessons import FEWEST_ALIKE, Chooser, Lately, Scored
from moderation.domain.policy import Policy
from moderation.domain.rules import Rule, judge
from moderation.domain.uncertainty import MARGIN
from moderation.domain.words import Label, Verdict

THRESHOLDS = dict.fromkeys(Label, 0.5)
SHARE = st.floats(0, 1)
SCORES = st.fixed_dictionaries({label: st.none() | SHARE for label in Label})


def scored(incivility: float, other: float = 0.1) -> Scored:
    """Return the scores of a comment that is clear but for incivility."""
    return {Label.SHOUTING: other, Label.OFF_TOPIC: None, Label.INCIVILITY: incivility}


def busy() -> Lately:
    """Return a site that held 300 of 1,300 comments, twenty of the clear ones near the threshold."""
    clear = [scored(0.47 + number / 2000) for number in range(20)] + [scored(number / 1000) for number in range(380)]
    return Lately(held=300, free=1000, clear=clear)


@given(SCORES, st.lists(SCORES, max_size=12), st.integers(0, 50), st.floats(0.001, 1))
def test_only_what_is_clear_near_a_threshold_and_typical_teaches(
    scores: Scored, clear: list[Scored], held: int, share: float
) -> None:
    """A comment that is flagged, far from every threshold, or like no other is never chosen."""
    lesson = Chooser(Lately(held, 0, 100, clear), THRESHOLDS, share).lesson(scores)
    if lesson is None:
        return
    strongest = max(score - THRESHOLDS[label] for label, score in scores.items() if score is not None)
    assert -MARGIN <= strongest < 0
    assert lesson.alike >= FEWEST_ALIKE
    assert 0 < lesson.worth < 1
    assert 0 < lesson.probability <= 1
    assert scores[lesson.label] == pytest.approx(lesson.score)


def test_nearer_and_more_typical_teach_more() -> None:
    """Of two alike the one nearer to the threshold, of two as near the more typical one, is chosen more often."""
    chooser = Chooser(busy(), THRESHOLDS, 0.02)
    near, far = chooser.lesson(scored(0.48)), chooser.lesson(scored(0.44))
    assert near
    assert far
    assert near.probability > far.probability
    crowd = Chooser(Lately(300, 0, 1000, [scored(0.47)] * 9 + [scored(0.47, 0.3)] * 3), THRESHOLDS, 0.02)
    typical, single = crowd.lesson(scored(0.47)), crowd.lesson(scored(0.47, 0.3))
    assert typical
    assert single
    assert typical.probability > single.probability
    assert (typical.alike, single.alike, typical.among) == (9, 3, 12)


def test_a_one_off_teaches_nothing() -> None:
    """What no comment of late was scored like is left alone, however near it is."""
    assert Chooser(busy(), THRESHOLDS, 0.5).lesson(scored(0.49, other=0.4)) is None


def test_nothing_is_chosen_unless_it_is_asked_for() -> None:
    """By default the share is 0, and before anything was held there is nothing to be a share of."""
    assert Policy().learn_share == 0
    assert Chooser(busy(), THRESHOLDS, 0.0).lesson(scored(0.49)) is None
    assert Chooser(Lately(0, 0, 500, [scored(0.47)] * 50), THRESHOLDS, 0.5).lesson(scored(0.49)) is None


@given(st.floats(0, 1), st.integers(0, 2000), st.integers(0, 400))
def test_never_more_than_the_share_is_chosen(share: float, held: int, chosen: int) -> None:
    """Where one more would make chosen comments more than the share of what is held, nothing is chosen."""
    chooser = Chooser(Lately(held, chosen, 1000, [scored(0.47)] * 50), THRESHOLDS, share)
    if chooser.lesson(scored(0.49)) is not None:
        assert chosen + 1 <= share * (held + chosen + 1) + 1e-6


def arrive(chance: random.Random) -> Scored:
    """Return the scores of a comment as sites receive them: most are clear, one in eight is flagged."""
    loud = chance.random() < 0.12
    return scored(0.5 + chance.random() / 2 if loud else chance.random() ** 3 / 2, 0.1 * chance.random())


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_in_the_long_run_the_share_is_what_was_asked(share: float) -> None:
    """Over 20,000 comments chosen ones are nearly the share of what is held, and at no moment more."""
    chance, policy = random.Random(3), Policy(learn_share=share)
    recent = [arrive(chance) for _ in range(500)]
    held = chosen = near = 0
    weight = 0.0
    chooser = Chooser(Lately(clear=[one for one in recent if judge(one, policy, 0.5).flags == ()]), THRESHOLDS, share)
    for _ in range(20_000):
        scores = arrive(chance)
        lesson = chooser.lesson(scores)
        judgement = judge(scores, policy, chance.random(), teaching=lesson.probability if lesson else 0.0)
        learning, held_now = judgement.rule is Rule.LEARNING, judgement.verdict is Verdict.REVIEW
        chooser.count(held=held_now and not learning, chosen=learning)
        held, chosen, near = held + held_now, chosen + learning, near + (lesson is not None)
        weight += 1 / (judgement.sampling or 1) if learning else 0
        assert chosen <= share * held
    assert chosen >= 0.85 * share * held
    assert 0.6 * near < weight < 1.4 * near
