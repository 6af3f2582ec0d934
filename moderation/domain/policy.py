"""The policy of a site: from three scores to one verdict. Pure; chance comes in as an argument."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.domain.errors import InvalidInput
from moderation.domain.words import Label, Verdict

DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class Policy:
    """What a site does with scores.

    `thresholds`: label to the score from which it is flagged. `reject_from`: label to the score from
    which a comment is rejected without a person; absent (the default) means never. `shadow`: score,
    never flag. `audit_share`: share (0–1) of clear comments that a person sees anyway.
    """

    thresholds: Mapping[Label, float] = field(default_factory=lambda: dict.fromkeys(Label, DEFAULT_THRESHOLD))
    reject_from: Mapping[Label, float] = field(default_factory=dict)
    shadow: bool = False
    audit_share: float = 0.0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Policy":
        """Read a stored policy; what it leaves out keeps its default.

        Raises InvalidInput naming the field that is unknown or outside 0–1.
        """
        for name in stored:
            if name not in _FIELDS:
                raise InvalidInput(f"policy.{name}", "is unknown.", f"Use one of {', '.join(_FIELDS)}.")
        return cls(
            thresholds=dict.fromkeys(Label, DEFAULT_THRESHOLD) | _shares(stored, "thresholds"),
            reject_from=_shares(stored, "reject_from"),
            shadow=_switch(stored.get("shadow", False), "policy.shadow"),
            audit_share=_share(stored.get("audit_share", 0.0), "policy.audit_share"),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the policy as JSON values, complete."""
        return {
            "thresholds": {str(k): v for k, v in self.thresholds.items()},
            "reject_from": {str(k): v for k, v in self.reject_from.items()},
            "shadow": self.shadow,
            "audit_share": self.audit_share,
        }


@dataclass(frozen=True)
class Judgement:
    """What the policy answers for one comment: the verdict, the flags, and whether it is an audit sample."""

    verdict: Verdict
    flags: tuple[Label, ...] = ()
    audit: bool = False
    shadow: bool = False


def judge(scores: Mapping[Label, float | None], policy: Policy, chance: float) -> Judgement:
    """Judge one scored comment. `chance` is uniform in [0, 1); a score of None never flags."""
    flags = tuple(label for label in Label if _reaches(scores.get(label), policy.thresholds[label]))
    if policy.shadow:
        return Judgement(Verdict.PUBLISH, flags, shadow=True)
    if any(_reaches(scores.get(label), limit) for label, limit in policy.reject_from.items()):
        return Judgement(Verdict.REJECT, flags)
    if flags:
        return Judgement(Verdict.REVIEW, flags)
    if chance < policy.audit_share:
        return Judgement(Verdict.REVIEW, audit=True)
    return Judgement(Verdict.PUBLISH)


def _reaches(score: float | None, limit: float) -> bool:
    return score is not None and score >= limit


def _shares(stored: Mapping[str, Any], name: str) -> dict[Label, float]:
    values = stored.get(name, {})
    if not isinstance(values, Mapping):
        raise InvalidInput(f"policy.{name}", "must be an object.", 'For example {"incivility": 0.6}.')
    unknown = set(values) - set(Label)
    if unknown:
        raise InvalidInput(f"policy.{name}.{min(unknown)}", "is no label.", f"Use one of {', '.join(Label)}.")
    return {Label(k): _share(v, f"policy.{name}.{k}") for k, v in values.items() if v is not None}


def _switch(value: object, field_name: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(field_name, "must be true or false.", "Write it without quotes.")
    return value


def _share(value: object, field_name: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise InvalidInput(field_name, "must be a number from 0 to 1.", "For example 0.5.")
    return float(value)


_FIELDS = ("thresholds", "reject_from", "shadow", "audit_share")
