"""The settings of sites: the way in, and the screens put together."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from moderation.dashboard import (
    settings_callback,
    settings_keys,
    settings_learning,
    settings_messages,
    settings_policy,
    settings_retention,
    settings_words,
)
from moderation.dashboard.access import need
from moderation.dashboard.settings_frame import PREFIX, open_to_me
from moderation.domain.permissions import Permission
from moderation.web import context

blueprint = Blueprint("settings", __name__)


@blueprint.get("/settings")
def index() -> str | Response:
    """Show the sites to choose from; with one alone, or one named, go there."""
    need(Permission.SET_POLICY)
    with context().database.session() as database:
        sites = open_to_me(database)
    named = [site for site in sites if len(sites) == 1 or site.slug == request.args.get("site")]
    if named:
        return redirect(url_for(".policy.show", slug=named[0].slug), 303)
    return render_template("dashboard/settings/index.html", sites=sites)


for _screen in (
    settings_policy,
    settings_words,
    settings_messages,
    settings_learning,
    settings_keys,
    settings_callback,
    settings_retention,
):
    blueprint.register_blueprint(_screen.blueprint, url_prefix=PREFIX + _screen.PLACE)
