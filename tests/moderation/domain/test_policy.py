"""The policy: from a stored policy to a sound one."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.errors import InvalidInput
from moderation.domain.goals import Goal, GoalKind
from moderation.domain.policy import Policy
from moderation.domain.words import Label

SHARE = st.floats(0, 1)
GOALS = st.builds(Goal, st.sampled_from(GoalKind), SHARE)
POLICIES = st.builds(
    Policy,
    thresholds=st.fixed_dictionaries(dict.fromkeys(Label, SHARE)),
    reject_from=st.dictionaries(st.sampled_from(Label), SHARE),
    shadow=st.booleans(),
    audit_share=SHARE,
    reject_banned=st.booleans(),
    goals=st.dictionaries(st.sampled_from(Label), GOALS),
    reject_goals=st.dictionaries(
        st.sampled_from(Label), st.builds(Goal, st.just(GoalKind.PRECISION), st.floats(0.5, 0.999))
    ),
    learn_share=SHARE,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.sampled_from(Label), inner),
    max_leaves=5,
)
FIELDS = st.sampled_from([*Policy().to_json(), "other"])


@given(POLICIES)
def test_a_policy_survives_storage(policy: Policy) -> None:
    """Written as JSON text and read again a policy is the same."""
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy


def test_a_policy_from_before_goals_and_words_is_read_as_it_was_meant() -> None:
    """What an older version stored keeps its meaning: no goal, and a banned word rejects nothing by itself."""
    old = {"thresholds": {"incivility": 0.6}, "reject_from": {"shouting": 0.9}, "shadow": False, "audit_share": 0.02}
    policy = Policy.from_json(old)
    assert (policy.thresholds[Label.INCIVILITY], policy.reject_from, policy.audit_share) == (
        0.6,
        {"shouting": 0.9},
        0.02,
    )
    assert (policy.reject_banned, policy.goals, policy.reject_goals, policy.learn_share) == (False, {}, {}, 0.0)


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
        ({"reject_banned": "yes"}, "policy.reject_banned"),
        ({"goals": ["catch"]}, "policy.goals"),
        ({"goals": {"rude": {"catch": 0.9}}}, "policy.goals.rude"),
        ({"goals": {"incivility": 0.9}}, "policy.goals.incivility"),
        ({"goals": {"incivility": {"catch": 0.9, "hold": 5}}}, "policy.goals.incivility"),
        ({"goals": {"incivility": {"win": 1}}}, "policy.goals.incivility"),
        ({"goals": {"incivility": {"catch": 1.2}}}, "policy.goals.incivility.catch"),
        ({"goals": {"incivility": {"hold": -1}}}, "policy.goals.incivility.hold"),
        ({"reject_goals": {"incivility": {"catch": 0.9}}}, "policy.reject_goals.incivility"),
        ({"reject_goals": {"incivility": {"precision": 1}}}, "policy.reject_goals.incivility.precision"),
        ({"reject_goals": {"incivility": {"precision": 0.3}}}, "policy.reject_goals.incivility.precision"),
        ({"learn_share": 1.1}, "policy.learn_share"),
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
    shares = [*policy.thresholds.values(), *policy.reject_from.values(), policy.audit_share, policy.learn_share]
    assert set(policy.thresholds) == set(Label)
    assert all(0 <= share <= 1 for share in shares)
    assert isinstance(policy.shadow, bool)
