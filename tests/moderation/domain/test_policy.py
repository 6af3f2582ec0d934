"""The policy: from three scores to one verdict, and from a stored policy to a sound one."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.errors import InvalidInput
from moderation.domain.policy import Judgement, Policy, judge
from moderation.domain.words import Label, Verdict

SHARE = st.floats(0, 1)
CHANCE = st.floats(0, 1, exclude_max=True)
SCORES = st.fixed_dictionaries({label: st.none() | SHARE for label in Label})
POLICIES = st.builds(
    Policy,
    thresholds=st.fixed_dictionaries(dict.fromkeys(Label, SHARE)),
    reject_from=st.dictionaries(st.sampled_from(Label), SHARE),
    shadow=st.booleans(),
    audit_share=SHARE,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.sampled_from(Label), inner),
    max_leaves=5,
)
FIELDS = st.sampled_from(["thresholds", "reject_from", "shadow", "audit_share", "other"])

CLEAR = dict.fromkeys(Label, 0.1)
RUDE = CLEAR | {Label.INCIVILITY: 0.9}


@pytest.mark.parametrize(
    ("score", "verdict"), [(0.5, Verdict.REVIEW), (0.499999, Verdict.PUBLISH), (1.0, Verdict.REVIEW)]
)
def test_a_comment_is_flagged_from_its_threshold_on(score: float, verdict: Verdict) -> None:
    """By default a score of 0.5 is flagged and goes to a person, and one just below is published."""
    judgement = judge(CLEAR | {Label.SHOUTING: score}, Policy(), chance=0.5)
    assert judgement.verdict is verdict
    assert (judgement.flags == (Label.SHOUTING,)) is (verdict is Verdict.REVIEW)


def test_nothing_is_rejected_without_a_person_by_default() -> None:
    """With the default policy the highest scores go to review."""
    assert judge(dict.fromkeys(Label, 1.0), Policy(), 0.0) == Judgement(Verdict.REVIEW, tuple(Label))


def test_rejecting_is_by_label() -> None:
    """A label with reject_from is rejected from there on, and others still go to review."""
    policy = Policy(reject_from={Label.INCIVILITY: 0.9})
    assert judge(RUDE, policy, 0.5) == Judgement(Verdict.REJECT, (Label.INCIVILITY,))
    assert judge(CLEAR | {Label.INCIVILITY: 0.89}, policy, 0.5).verdict is Verdict.REVIEW
    assert judge(CLEAR | {Label.SHOUTING: 1.0}, policy, 0.5).verdict is Verdict.REVIEW


def test_a_score_that_is_missing_never_flags() -> None:
    """None, or a label that has no score, reaches no threshold, not even 0."""
    policy = Policy(thresholds=dict.fromkeys(Label, 0.0), reject_from=dict.fromkeys(Label, 0.0))
    assert judge(dict.fromkeys(Label, None), policy, 0.5) == Judgement(Verdict.PUBLISH)
    assert judge({}, policy, 0.5) == Judgement(Verdict.PUBLISH)


@given(SCORES, POLICIES, CHANCE)
def test_the_rules_hold_for_all_scores_and_policies(
    scores: dict[Label, float | None], policy: Policy, chance: float
) -> None:
    """Flags are the labels from their threshold on; the verdict follows shadow, reject, flags, audit in this order."""
    judgement = judge(scores, policy, chance)
    reached = [(label, score) for label in Label if (score := scores[label]) is not None]
    flags = tuple(label for label, score in reached if score >= policy.thresholds[label])
    rejected = any(score >= policy.reject_from.get(label, math.inf) for label, score in reached)
    audit = chance < policy.audit_share and not (policy.shadow or rejected or flags)
    assert judgement.flags == flags
    assert judgement.audit is audit
    assert judgement.shadow is policy.shadow
    expected = Verdict.PUBLISH
    if not policy.shadow:
        expected = Verdict.REJECT if rejected else Verdict.REVIEW if flags or audit else Verdict.PUBLISH
    assert judgement.verdict is expected


@given(SCORES, POLICIES, CHANCE)
def test_the_shadow_holds_nothing_back(scores: dict[Label, float | None], policy: Policy, chance: float) -> None:
    """In shadow mode every comment is published, whatever its scores, and its flags are still told."""
    shadow = Policy(policy.thresholds, policy.reject_from, True, policy.audit_share)
    judgement = judge(scores, shadow, chance)
    assert judgement.verdict is Verdict.PUBLISH
    assert judgement.flags == judge(scores, policy, chance).flags


@given(POLICIES, CHANCE, st.sampled_from(Label), SHARE, SHARE)
def test_a_higher_score_is_never_judged_more_mildly(
    policy: Policy, chance: float, label: Label, one: float, other: float
) -> None:
    """When one score rises the verdict stays or becomes stricter, an audit sample apart."""
    strictness = [Verdict.PUBLISH, Verdict.REVIEW, Verdict.REJECT]
    low, high = (judge(CLEAR | {label: score}, policy, chance) for score in sorted((one, other)))
    assert strictness.index(low.verdict) <= strictness.index(high.verdict)


@pytest.mark.parametrize(
    ("share", "chance", "audit"), [(0.0, 0.0, False), (1.0, 0.999, True), (0.02, 0.019, True), (0.02, 0.02, False)]
)
def test_the_audit_sample_has_its_share(share: float, chance: float, audit: bool) -> None:
    """A clear comment is sampled when chance falls below the share: never at 0, always at 1."""
    judgement = judge(CLEAR, Policy(audit_share=share), chance)
    assert judgement == (Judgement(Verdict.REVIEW, audit=True) if audit else Judgement(Verdict.PUBLISH))


def test_the_audit_sample_is_of_clear_comments_only() -> None:
    """A flagged comment is in review for its flags, not as a sample."""
    assert judge(RUDE, Policy(audit_share=1.0), 0.0) == Judgement(Verdict.REVIEW, (Label.INCIVILITY,))


@given(POLICIES)
def test_a_policy_survives_storage(policy: Policy) -> None:
    """Written as JSON text and read again a policy is the same."""
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy


@pytest.mark.parametrize("stored", [{}, {"thresholds": {}}, {"thresholds": {"shouting": None}}])
def test_what_is_left_out_takes_its_default(stored: dict[str, Any]) -> None:
    """An empty policy, and one with empty parts, is the default one."""
    assert Policy.from_json(stored) == Policy()


@pytest.mark.parametrize(
    ("stored", "field"),
    [
        ({"thresholds": {"shouting": 1.01}}, "policy.thresholds.shouting"),
        ({"thresholds": {"shouting": -0.01}}, "policy.thresholds.shouting"),
        ({"thresholds": {"shouting": math.nan}}, "policy.thresholds.shouting"),
        ({"thresholds": {"shouting": "0.5"}}, "policy.thresholds.shouting"),
        ({"thresholds": {"shouting": True}}, "policy.thresholds.shouting"),
        ({"thresholds": {"rude": 0.5}}, "policy.thresholds.rude"),
        ({"thresholds": None}, "policy.thresholds"),
        ({"thresholds": 0.5}, "policy.thresholds"),
        ({"reject_from": [["shouting", 0.9]]}, "policy.reject_from"),
        ({"reject_from": {"shouting": math.inf}}, "policy.reject_from.shouting"),
        ({"shadow": "false"}, "policy.shadow"),
        ({"shadow": 1}, "policy.shadow"),
        ({"shadow": None}, "policy.shadow"),
        ({"audit_share": None}, "policy.audit_share"),
        ({"audit_share": 2}, "policy.audit_share"),
        ({"audit": 0.1}, "policy.audit"),
    ],
)
def test_a_wrong_value_is_refused_by_field(stored: dict[str, Any], field: str) -> None:
    """A value of a wrong type or outside 0 to 1, and an unknown name, is refused with the path of the field."""
    with pytest.raises(InvalidInput) as refused:
        Policy.from_json(stored)
    assert refused.value.field == field
    assert refused.value.cure


@given(st.dictionaries(FIELDS, JSON))
def test_any_json_is_a_sound_policy_or_refused(stored: dict[str, Any]) -> None:
    """Whatever JSON is stored, reading it gives shares from 0 to 1 for each label, or a refusal; nothing else."""
    try:
        policy = Policy.from_json(stored)
    except InvalidInput as refused:
        field = refused.field
    else:
        field = "policy."
        assert_sound(policy)
    assert field.startswith("policy.")


def assert_sound(policy: Policy) -> None:
    """Check that each label has a threshold and that every share is one."""
    shares = [*policy.thresholds.values(), *policy.reject_from.values(), policy.audit_share]
    assert set(policy.thresholds) == set(Label)
    assert all(0 <= share <= 1 for share in shares)
    assert isinstance(policy.shadow, bool)
