"""How long the texts of decided comments are kept, with a preview of what would go."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug import Response

from moderation.dashboard.settings_frame import settings_of
from moderation.domain.acts import Act
from moderation.domain.permissions import Permission
from moderation.services import retention

PLACE = "/retention"
blueprint = Blueprint("retention", __name__)


@blueprint.get("")
def show(slug: str) -> str:
    """Show the days, and how many texts would go now."""
    with settings_of(slug, Permission.ADMINISTER) as frame:
        judged_days, days = frame.site.keep_judged_days, frame.site.keep_days
        going = retention.preview(frame.session, frame.site, judged_days, days)
        return frame.show("retention.html", judged_days=judged_days, days=days, going=going, wrong=False, asked=False)


@blueprint.post("")
def save(slug: str) -> str | Response:
    """Set the days, or, when a preview is asked for, only count."""
    judged_days, days = _days("judged_days"), _days("days")
    with settings_of(slug, Permission.ADMINISTER) as frame:
        wrong = any(value is not None and not 1 <= value <= retention.MOST_DAYS for value in (judged_days, days))
        if wrong or request.form.get("act") == "preview":
            going = None if wrong else retention.preview(frame.session, frame.site, judged_days, days)
            values = {"judged_days": judged_days, "days": days, "going": going, "wrong": wrong, "asked": True}
            return frame.show("retention.html", **values)
        retention.set_days(frame.site, judged_days, days)
        frame.record(Act.RETENTION_CHANGED, judged_days=judged_days, days=days)
    flash(gettext("Saved. Texts are forgotten within the hour."))
    return redirect(url_for(".show", slug=slug), 303)


def _days(name: str) -> int | None:
    """Read a number of days; what is no number counts as one that is refused."""
    given = request.form.get(name, "").strip()
    if not given:
        return None
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
