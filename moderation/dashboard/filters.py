"""Filters that a person keeps in the rail: any list of the dashboard, under a name."""

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext
from werkzeug import Response

from moderation.dashboard.access import local_path, moderator, need
from moderation.domain.permissions import Permission
from moderation.storage import filters
from moderation.web import context

blueprint = Blueprint("filters", __name__)

MOST, LONGEST_NAME, LONGEST_ADDRESS = 30, 40, 1_000


@blueprint.post("/filters")
def keep() -> Response:
    """Keep the list that is on the screen under a name."""
    need(Permission.READ)
    back = local_path(request.form.get("back"))
    name = " ".join(request.form.get("name", "").replace("\0", "").split())[:LONGEST_NAME]
    if not name or len(back) > LONGEST_ADDRESS:
        flash(gettext("Give the filter a name."))
        return redirect(back, 303)
    with context().database.session() as database:
        full = filters.count(database, moderator().id) >= MOST
        if not full:
            filters.keep(database, moderator().id, name, back)
    flash(gettext("There are too many filters; remove one first.") if full else gettext("The filter is kept."))
    return redirect(back, 303)


@blueprint.post("/filters/<int(max=9223372036854775807):filter_id>/removal")
def remove(filter_id: int) -> Response:
    """Forget a filter."""
    need(Permission.READ)
    with context().database.session() as database:
        filters.drop(database, moderator().id, filter_id)
    return redirect(local_path(request.form.get("back")), 303)
