"""How a site learns from its moderators: when it trains, whether a proven model takes over alone, what is checked."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response

from moderation.dashboard.access import moderator
from moderation.dashboard.settings_frame import Frame, settings_of
from moderation.dashboard.settings_goals import percent
from moderation.domain import cron
from moderation.domain.errors import InvalidInput
from moderation.domain.learning_settings import LearningSettings
from moderation.domain.permissions import Permission
from moderation.services import learning_settings
from moderation.web import context

PLACE = "/learning"
blueprint = Blueprint("learning", __name__)

_HOUSE, _OWN = "house", "own"
_NO_NUMBER = -1
_PROBLEMS: dict[str, Any] = {
    "cron": lazy_gettext("This is no schedule. Write five fields such as 30 3 * * * (every night at 3:30 UTC)."),
    "shadow_comments": lazy_gettext("Use a whole number from 0 to 100000."),
    "second_share": lazy_gettext("This is no percentage from 0 to 100."),
}


@blueprint.get("")
def show(slug: str) -> str:
    """Show how the site learns."""
    with settings_of(slug, Permission.SET_POLICY) as frame:
        return _page(frame, _fields(learning_settings.of_site(frame.site)))


@blueprint.post("")
def save(slug: str) -> str | Response:
    """Store it; a wrong field is told and stores nothing."""
    with settings_of(slug, Permission.SET_POLICY) as frame:
        try:
            learning_settings.change(frame.session, moderator(), frame.site, _values(request.form))
        except InvalidInput as wrong:
            return _page(frame, request.form.to_dict(), wrong.field.removeprefix("learning."))
    flash(gettext("Saved."))
    return redirect(url_for(".show", slug=slug), 303)


def _page(frame: Frame, fields: Mapping[str, str], wrong: str | None = None) -> str:
    problems = {wrong: _PROBLEMS[wrong]} if wrong else {}
    house = context().settings.retrain_cron
    return frame.show("learning.html", fields=fields, problems=problems, house=house, never=cron.NEVER)


def _fields(stored: LearningSettings) -> dict[str, str]:
    """Return the settings as the form has them."""
    own = stored.cron not in (None, cron.NEVER)
    return {
        "when": _OWN if own else stored.cron or _HOUSE,
        "cron": stored.cron or "" if own else "",
        "automatic": "on" if stored.automatic else "",
        "shadow_comments": str(stored.shadow_comments),
        "second_share": percent(stored.second_share),
    }


def _values(form: Mapping[str, str]) -> dict[str, Any]:
    """Read the form; what is no number becomes one that is refused."""
    when, own = form.get("when", _HOUSE), " ".join(form.get("cron", "").replace("\0", "").split())
    return {
        "cron": {_HOUSE: None, cron.NEVER: cron.NEVER}.get(when, own),
        "automatic": form.get("automatic") == "on",
        "shadow_comments": _whole(form.get("shadow_comments", "")),
        "second_share": _share(form.get("second_share", "")),
    }


def _whole(given: str) -> int:
    given = given.strip()
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else _NO_NUMBER


def _share(given: str) -> float:
    try:
        number = float(given.strip().replace(",", ".") or "0")
    except ValueError:
        return _NO_NUMBER
    return round(number / 100, 6) if number == number else _NO_NUMBER  # what is not a number is none
