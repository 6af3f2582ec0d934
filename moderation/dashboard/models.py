"""Models: what judges on a site, what runs in its shadow, what waits with its reasons; and the training under way."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug import Response

from moderation.dashboard import model_acts, model_overview, model_places, model_versions, model_words
from moderation.dashboard.access import need
from moderation.domain.errors import NotFound
from moderation.domain.permissions import Permission
from moderation.web import context

blueprint = Blueprint("models", __name__)
for _screen in (model_acts, model_versions):
    blueprint.register_blueprint(_screen.blueprint)

SHARED = "*"
"""What the switch of sites sends for the models that all sites share; no slug is like it."""


@blueprint.get("/models")
def index() -> Response:
    """Go to the chosen site, else to the first one; without any, to what is shared."""
    need(Permission.READ)
    with context().database.session() as database:
        sites = model_places.open_to_me(database)
        wanted = request.args.get("site") or (sites[0].slug if sites else SHARED)
        if wanted != SHARED and wanted not in {site.slug for site in sites}:
            raise NotFound("site", wanted)
        address = model_places.of_slug(database, None if wanted == SHARED else wanted).address()
    return redirect(address, 303)


@blueprint.get("/sites/<slug>/models")
def site(slug: str) -> str:
    """Show the models of one site."""
    return _page(slug)


@blueprint.get("/models/shared")
def shared() -> str:
    """Show the models that all sites share."""
    return _page(None)


@blueprint.get("/sites/<slug>/models/progress")
def progress(slug: str) -> Response:
    """Return how far the training and the scoring of what waits are, as a part of the page."""
    return _progress(slug)


@blueprint.get("/models/shared/progress")
def shared_progress() -> Response:
    """Return the same of the shared models."""
    return _progress(None)


def _page(slug: str | None) -> str:
    with context().database.session() as database:
        place = model_places.of_slug(database, slug)
        sites = model_places.open_to_me(database)
        overview = model_overview.of_place(database, place)
    return render_template(
        "dashboard/models/index.html", place=place, sites=sites, shared=SHARED, overview=overview, **model_words.ALL
    )


def _progress(slug: str | None) -> Response:
    """Answer with the part of the page; once nothing is under way any more, have the browser read the whole page."""
    with context().database.session() as database:
        place = model_places.of_slug(database, slug)
        work = model_overview.work_of(database, place)
    page = render_template("dashboard/models/progress.html", place=place, work=work, **model_words.ALL)
    response = make_response(page)
    if "HX-Request" in request.headers and not work.under_way:
        response.headers["HX-Refresh"] = "true"
    return response
