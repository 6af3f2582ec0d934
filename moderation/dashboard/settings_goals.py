"""The form of the policy: read into a policy, its goals solved, and said again in the fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext

from moderation.domain.goals import FEWEST_DECISIONS, Goal, GoalKind, Unsolvable
from moderation.domain.policy import LEAST_PRECISION, MOST_HELD, Policy
from moderation.domain.rejecting import fewest
from moderation.domain.replay import Past
from moderation.domain.words import Label

GOAL_NAMES: dict[str, Any] = {
    "": lazy_gettext("at this number"),
    GoalKind.CATCH: lazy_gettext("so that this share of what moderators reject is held (%)"),
    GoalKind.HOLD: lazy_gettext("so that at most this many comments a day are held"),
    GoalKind.PRECISION: lazy_gettext("so that this share of what is held deserves it (%)"),
}
_DECIMALS = 2


@dataclass
class Form:
    """The fields as they are shown, the policy that they mean, what is wrong with them and what they wait for."""

    fields: dict[str, str]
    policy: Policy
    problems: dict[str, str] = field(default_factory=dict)
    waits: dict[str, str] = field(default_factory=dict)


def of_policy(policy: Policy, past: Past) -> Form:
    """Return the form of a stored policy; of a goal that nothing proves it says what is missing."""
    fields = {"audit": percent(policy.audit_share), "learn": percent(policy.learn_share)}
    fields |= {"shadow": "on"} if policy.shadow else {}
    fields |= {"reject_banned": "on"} if policy.reject_banned else {}
    for label in Label:
        goal = policy.goals.get(label)
        fields[f"threshold-{label}"] = percent(policy.thresholds[label])
        fields[f"reject-{label}"] = percent(policy.reject_from[label]) if label in policy.reject_from else ""
        surely = policy.reject_goals.get(label)
        fields[f"surely-{label}"] = percent(surely.value) if surely else ""
        fields[f"goal-{label}"] = goal.kind if goal else ""
        fields[f"value-{label}"] = _goal_value(goal) if goal else ""
    form = Form(fields, policy)
    for label, goal in policy.reject_goals.items():
        if label not in policy.reject_from:
            _proven(form, past, label, goal, policy.thresholds[label])
            form.fields[f"reject-{label}"] = ""  # what could be found now is not what is stored
    return form


def of_request(given: Mapping[str, str], past: Past, stored: Policy) -> Form:
    """Read the form, and find the thresholds of its goals; a field that is wrong keeps what is stored."""
    names = ["audit", "learn", "shadow", "reject_banned"]
    names += [f"{part}-{label}" for part in ("threshold", "reject", "surely", "goal", "value") for label in Label]
    form = Form({name: given.get(name, "").strip()[:20] for name in names}, stored)
    thresholds, goals, reject_goals = dict(stored.thresholds), {}, {}
    rejects: dict[Label, float] = {}
    for label in Label:
        if (goal := _goal(form, label)) is not None:
            goals[label] = goal
            thresholds[label] = _solved(form, past, label, goal, thresholds[label])
        elif not form.fields[f"goal-{label}"]:
            thresholds[label] = _share(form, f"threshold-{label}", stored.thresholds[label]) or 0.0
        if (surely := _surely(form, label)) is not None:
            reject_goals[label] = surely
            limit = _proven(form, past, label, surely, thresholds[label])
        else:
            limit = _share(form, f"reject-{label}", None)
        rejects |= {label: limit} if limit is not None else {}
    form.policy = Policy(
        thresholds=thresholds,
        reject_from=rejects,
        shadow=form.fields["shadow"] == "on",
        audit_share=_share(form, "audit", 0.0) or 0.0,
        reject_banned=form.fields["reject_banned"] == "on",
        goals=goals,
        reject_goals=reject_goals,
        learn_share=_share(form, "learn", 0.0) or 0.0,
    )
    return form


def percent(share: float) -> str:
    """Write a share as the number in a percent field."""
    return f"{share * 100:.{_DECIMALS}f}".rstrip("0").rstrip(".")


def _goal_value(goal: Goal) -> str:
    return f"{goal.value:g}" if goal.kind is GoalKind.HOLD else percent(goal.value)


def _goal(form: Form, label: Label) -> Goal | None:
    """Return the goal that is chosen for a label; None when it is a number, or a goal without a good value."""
    kind, name = form.fields[f"goal-{label}"], f"value-{label}"
    if kind not in set(GoalKind):
        form.fields[f"goal-{label}"] = ""
        return None
    number = _number(form.fields[name])
    most = MOST_HELD if kind == GoalKind.HOLD else 100
    if number is None or not 0 <= number <= most:
        form.problems[name] = gettext("Say how much, as a number from 0 to %(most)d.", most=most)
        return None
    return Goal(GoalKind(kind), number if kind == GoalKind.HOLD else number / 100)


def _solved(form: Form, past: Past, label: Label, goal: Goal, otherwise: float) -> float:
    try:
        threshold = past.solve(label, goal)
    except Unsolvable as problem:
        form.problems[f"value-{label}"] = str(_why(problem, goal))
        return otherwise
    form.fields[f"threshold-{label}"] = percent(threshold)
    return threshold


def _surely(form: Form, label: Label) -> Goal | None:
    """Return how much of what is rejected without a person has to be right; None when that is not asked."""
    name = f"surely-{label}"
    share = _share(form, name, None)
    if share is None:
        return None
    if not LEAST_PRECISION <= share < 1:
        form.problems[name] = gettext(
            "Say a percentage from %(least)s to below 100: no number of decisions proves 100.",
            least=percent(LEAST_PRECISION),
        )
        return None
    return Goal(GoalKind.PRECISION, share)


def _proven(form: Form, past: Past, label: Label, goal: Goal, least: float) -> float | None:
    """Return the score from which rejecting is surely right often enough; None, and why, while nothing proves it."""
    try:
        limit = past.solve_rejecting(label, goal, least)
    except Unsolvable as problem:
        form.fields[f"reject-{label}"] = ""
        form.waits[f"surely-{label}"] = _not_proven(problem, goal)
        return None
    form.fields[f"reject-{label}"] = percent(limit)
    return limit


def _not_proven(problem: Unsolvable, goal: Goal) -> str:
    if problem.decisions is None:
        return str(gettext("Nothing is rejected: from no score on was so much rightly held, for sure."))
    words = ngettext(
        "Nothing is rejected yet: %(num)d decision from the threshold on; this goal needs at least %(least)d.",
        "Nothing is rejected yet: %(num)d decisions from the threshold on; this goal needs at least %(least)d.",
        problem.decisions,
        least=fewest(goal.value),
    )
    return str(words)


def _why(problem: Unsolvable, goal: Goal) -> Any:
    if problem.decisions is None:
        return gettext("No threshold reaches this goal on the last comments. Ask for less.")
    if goal.kind is GoalKind.HOLD:
        return gettext("There are no comments to find it from yet. Use a number for now.")
    return ngettext(
        "Moderators decided %(num)d such comment so far; a goal needs %(least)d. Use a number for now.",
        "Moderators decided %(num)d such comments so far; a goal needs %(least)d. Use a number for now.",
        problem.decisions,
        least=FEWEST_DECISIONS,
    )


def _share(form: Form, name: str, empty: float | None) -> float | None:
    given = form.fields[name]
    number = _number(given)
    if number is None and not given:
        return empty
    if number is None or not 0 <= number <= 100:
        form.problems[name] = gettext("This is no percentage from 0 to 100.")
        return empty
    return round(number / 100, 6)


def _number(given: str) -> float | None:
    try:
        number = float(given.replace(",", ".").replace("\u202f", ""))
    except ValueError:
        return None
    return number if number == number else None  # what is not a number is none
