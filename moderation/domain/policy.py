"""The policy of a site as it is stored: from JSON to sound values and back. What it does is in `rules`. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from moderation.domain.errors import InvalidInput
from moderation.domain.goals import Goal, GoalKind
from moderation.domain.words import Label

DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class Policy:
    """What a site does with scores.

    `thresholds`: label to the score from which it is flagged. `goals`: label to the goal that its threshold
    was found from; absent where it is a plain number. `reject_from`: label to the score from which a comment
    is rejected without a person; absent (the default) means never. `reject_goals`: label to the goal that its
    `reject_from` was found from: how much of what is rejected without a person has to be right; while nothing
    reaches it, nothing of that label is rejected so. `reject_banned`: a banned word rejects without a person, too.
    `shadow`: score, never flag. `audit_share`: share (0–1) of clear comments that a person sees anyway.
    `learn_share`: share (0–1) of what is held that is chosen because its answer teaches the models most.
    """

    thresholds: Mapping[Label, float] = field(default_factory=lambda: dict.fromkeys(Label, DEFAULT_THRESHOLD))
    reject_from: Mapping[Label, float] = field(default_factory=dict)
    shadow: bool = False
    audit_share: float = 0.0
    reject_banned: bool = False
    goals: Mapping[Label, Goal] = field(default_factory=dict)
    reject_goals: Mapping[Label, Goal] = field(default_factory=dict)
    learn_share: float = 0.0

    @property
    def stamp(self) -> str:
        """Return what tells this policy from any other: a hash of all its values."""
        return sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Policy":
        """Read a stored policy; what it leaves out keeps its default.

        Raises InvalidInput naming the field that is unknown or outside its range.
        """
        for name in stored:
            if name not in _FIELDS:
                raise InvalidInput(f"policy.{name}", "is unknown.", f"Use one of {', '.join(_FIELDS)}.")
        return cls(
            thresholds=dict.fromkeys(Label, DEFAULT_THRESHOLD) | _shares(stored, "thresholds"),
            reject_from=_shares(stored, "reject_from"),
            shadow=_switch(stored.get("shadow", False), "policy.shadow"),
            audit_share=_share(stored.get("audit_share", 0.0), "policy.audit_share"),
            reject_banned=_switch(stored.get("reject_banned", False), "policy.reject_banned"),
            goals=_goals(stored),
            reject_goals=_reject_goals(stored),
            learn_share=_share(stored.get("learn_share", 0.0), "policy.learn_share"),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the policy as JSON values, complete."""
        return {
            "thresholds": {str(k): v for k, v in self.thresholds.items()},
            "reject_from": {str(k): v for k, v in self.reject_from.items()},
            "shadow": self.shadow,
            "audit_share": self.audit_share,
            "reject_banned": self.reject_banned,
            "goals": _written(self.goals),
            "reject_goals": _written(self.reject_goals),
            "learn_share": self.learn_share,
        }


def _shares(stored: Mapping[str, Any], name: str) -> dict[Label, float]:
    return {Label(k): _share(v, f"policy.{name}.{k}") for k, v in _by_label(stored, name, '{"incivility": 0.6}')}


def _goals(stored: Mapping[str, Any]) -> dict[Label, Goal]:
    example = '{"incivility": {"catch": 0.9}}'
    return {Label(k): _goal(v, f"policy.goals.{k}") for k, v in _by_label(stored, "goals", example)}


def _reject_goals(stored: Mapping[str, Any]) -> dict[Label, Goal]:
    """Read the goals of rejecting without a person: only how much of it has to be right can be asked."""
    example = '{"incivility": {"precision": 0.98}}'
    found = {}
    for name, value in _by_label(stored, "reject_goals", example):
        field_name = f"policy.reject_goals.{name}"
        goal = found[Label(name)] = _goal(value, field_name, [GoalKind.PRECISION], '{"precision": 0.98}')
        if not LEAST_PRECISION <= goal.value < 1:
            says = f"must be at least {LEAST_PRECISION} and below 1."
            raise InvalidInput(f"{field_name}.precision", says, "For example 0.98; no number of decisions proves 1.")
    return found


def _written(goals: Mapping[Label, Goal]) -> dict[str, Any]:
    return {str(label): {str(goal.kind): goal.value} for label, goal in goals.items()}


def _by_label(stored: Mapping[str, Any], name: str, example: str) -> list[tuple[str, Any]]:
    """Return the parts of one field by label; a part that is null is left out."""
    values = stored.get(name, {})
    if not isinstance(values, Mapping):
        raise InvalidInput(f"policy.{name}", "must be an object.", f"For example {example}.")
    unknown = set(values) - set(Label)
    if unknown:
        raise InvalidInput(f"policy.{name}.{min(unknown)}", "is no label.", f"Use one of {', '.join(Label)}.")
    return [(k, v) for k, v in values.items() if v is not None]


def _goal(
    value: object, field_name: str, kinds: Sequence[GoalKind] = tuple(GoalKind), example: str = '{"catch": 0.9}'
) -> Goal:
    if not isinstance(value, Mapping) or len(value) != 1 or not set(value) <= set(kinds):
        cure = f"Use one of {', '.join(kinds)}, for example {example}."
        raise InvalidInput(field_name, "must name one goal and its value.", cure)
    kind, wanted = next(iter(value.items()))
    if GoalKind(kind) is not GoalKind.HOLD:
        return Goal(GoalKind(kind), _share(wanted, f"{field_name}.{kind}"))
    if not isinstance(wanted, int | float) or isinstance(wanted, bool) or not 0 <= wanted <= MOST_HELD:
        raise InvalidInput(f"{field_name}.{kind}", "must be a number of comments a day.", "For example 50.")
    return Goal(GoalKind.HOLD, float(wanted))


def _switch(value: object, field_name: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(field_name, "must be true or false.", "Write it without quotes.")
    return value


def _share(value: object, field_name: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise InvalidInput(field_name, "must be a number from 0 to 1.", "For example 0.5.")
    return float(value)


MOST_HELD = 1_000_000
LEAST_PRECISION = 0.5
_FIELDS = (
    "thresholds",
    "reject_from",
    "shadow",
    "audit_share",
    "reject_banned",
    "goals",
    "reject_goals",
    "learn_share",
)
