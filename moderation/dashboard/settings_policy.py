"""The policy of a site: thresholds replayed on the last comments, goals, and the automatic rules in their order."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response

from moderation.dashboard import settings_goals, settings_rules
from moderation.dashboard.settings_frame import Frame, settings_of
from moderation.dashboard.settings_goals import GOAL_NAMES, Form
from moderation.domain.acts import Act
from moderation.domain.lessons import SUGGESTED_SHARE
from moderation.domain.permissions import Permission
from moderation.domain.policy import Policy
from moderation.domain.rejecting import CHECKED
from moderation.domain.replay import LabelFigures, Past, Rejecting
from moderation.domain.words import Label
from moderation.services import replay, sites

PLACE = "/policy"
blueprint = Blueprint("policy", __name__)


@dataclass(frozen=True)
class Drawing:
    """The trade-off of one label: its points, and its lines as the points of a picture of 100 by 100.

    `right` breaks off where nothing was decided. `rejecting` is the trade-off of rejecting without a person.
    """

    points: list[LabelFigures]
    most: int
    held: str
    caught: str
    right: str
    rejecting: list[Rejecting]


@blueprint.get("")
def show(slug: str) -> str:
    """Show the policy and what its thresholds do to the last comments."""
    with settings_of(slug, Permission.SET_POLICY) as frame:
        past = replay.past(frame.session, frame.site.id)
        return _page(frame, past, settings_goals.of_policy(Policy.from_json(frame.site.policy), past))


@blueprint.post("")
def save(slug: str) -> str | Response:
    """Store the policy; comments scored from now on follow it.

    A preview, a wrong field, or another policy than the page had shown (`seen`) stores nothing: one person's change,
    or what a goal found at night, is not undone by a page that was opened before.
    """
    with settings_of(slug, Permission.SET_POLICY) as frame:
        past = replay.past(frame.session, frame.site.id)
        sites.hold(frame.session, frame.site)
        before = Policy.from_json(frame.site.policy)
        form = settings_goals.of_request(request.form, past, before)
        overtaken = request.form.get("seen", before.stamp) != before.stamp
        if form.problems or overtaken or request.form.get("act") == "preview":
            return _page(frame, past, form, preview=not form.problems and not overtaken, overtaken=overtaken)
        sites.set_policy(frame.site, form.policy.to_json())
        frame.record(Act.POLICY_CHANGED, before=before.to_json(), after=form.policy.to_json())
    flash(gettext("Saved. Comments that are scored from now on follow it."))
    return redirect(url_for(".show", slug=slug), 303)


@blueprint.get("/replay")
def figures(slug: str) -> str:
    """Return what thresholds would do to the last comments, as a part of the page."""
    with settings_of(slug, Permission.SET_POLICY) as frame:
        past = replay.past(frame.session, frame.site.id)
        form = settings_goals.of_request(request.args, past, Policy.from_json(frame.site.policy))
    return render_template("dashboard/settings/replay.html", **_replayed(past, form))


def _page(frame: Frame, past: Past, form: Form, *, preview: bool = False, overtaken: bool = False) -> str:
    stored = Policy.from_json(frame.site.policy)
    rules = settings_rules.in_words(settings_rules.known(frame.session, frame.site.id, stored))
    told = {"rules": rules, "goals": GOAL_NAMES, "preview": preview, "overtaken": overtaken, "stored": stored}
    return frame.show("policy.html", **told, **_replayed(past, form))


def _replayed(past: Past, form: Form) -> dict[str, Any]:
    return {
        "form": form,
        "past": past,
        "figures": past.replay(form.policy.thresholds),
        "drawings": {label: _drawing(past, label, form.policy.thresholds[label]) for label in Label},
        "suggested": SUGGESTED_SHARE,
        "least_checked": CHECKED,
        "percent": settings_goals.percent,
    }


def _drawing(past: Past, label: Label, threshold: float) -> Drawing:
    points = past.curve(label)
    most = max((point.held for point in points), default=0)
    rejected = points[0].rejected
    decided = [point for point in points if point.precision is not None]
    return Drawing(
        points,
        most,
        _line(points, [point.held / most if most else 0.0 for point in points]),
        _line(points, [point.caught / rejected for point in points]) if rejected else "",
        _line(decided, [point.precision or 0.0 for point in decided]),
        past.rejecting(label, threshold),
    )


def _line(points: list[LabelFigures], heights: list[float]) -> str:
    pairs = zip(points, heights, strict=True)
    return " ".join(f"{point.threshold * 100:g},{100 - height * 100:.1f}" for point, height in pairs)
