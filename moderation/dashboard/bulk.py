"""Deciding many comments at once: a band of scores or a search, shown before, and taken back together."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard import asking, band
from moderation.dashboard.access import moderator, need, readable
from moderation.dashboard.cards import card
from moderation.dashboard.queue import cursor
from moderation.domain.errors import NotFound
from moderation.domain.permissions import Permission
from moderation.domain.words import Label, Verdict
from moderation.services import bulk, search
from moderation.services.bulk import Act, Shown
from moderation.web import context

blueprint = Blueprint("bulk", __name__)

MOST_LISTED = 10
_ID = "<int(max=9223372036854775807):bulk_id>"


@blueprint.get("/bulk")
def index() -> str:
    """Show the scores of the review queue of one site, the chosen band of them, and some of its comments."""
    need(Permission.DECIDE_MANY)
    with context().database.session() as database:
        choices = search.choices(database, _sites())
        asked = band.asked(request.args, choices.sites)
        wanted = asking.search(asked, choices.sites)
        found = bulk.preview(database, wanted, _sites())
        scores = bulk.scores(database, wanted.site_id or 0, wanted.label or Label.INCIVILITY, band.MOST_DOTS)
        done = bulk.recent(database, _sites(), MOST_LISTED)
    picture = band.picture(scores, wanted.least or 0.0, 1.0 if wanted.most is None else wanted.most)
    return render_template(
        "dashboard/bulk.html", picture=picture, choices=choices, done=done, **_shown(asked, found, wanted.label)
    )


@blueprint.get("/bulk/search")
def of_search() -> str:
    """Show what a search would decide."""
    need(Permission.DECIDE_MANY)
    with context().database.session() as database:
        choices = search.choices(database, _sites())
        asked = asking.given(request.args, asking.SEARCH)
        wanted = asking.search(asked, choices.sites)
        if not wanted.asks:
            abort(400)
        found = bulk.preview(database, wanted, _sites())
    return render_template("dashboard/bulk_search.html", choices=choices, **_shown(asked, found, wanted.label))


@blueprint.post("/bulk")
def decide() -> Response:
    """Decide what was shown, and go on to what came of it."""
    need(Permission.DECIDE_MANY)
    form = request.form
    if form.get("verdict") not in (Verdict.PUBLISH, Verdict.REJECT) or not set(form.getlist("because")) <= set(Label):
        abort(400)
    verdict = Verdict(form["verdict"])
    labels = [label for label in Label if label in form.getlist("because")] if verdict is Verdict.REJECT else []
    asked = asking.given(form, asking.SEARCH)
    with context().database.session() as database:
        wanted = asking.search(asked, search.choices(database, _sites()).sites)
    if not wanted.asks:
        abort(400)
    upto, expected = cursor(form.get("upto")), cursor(form.get("expected"))
    act = Act(wanted, _sites(), upto, expected, verdict, labels, asked)
    bulk_id = bulk.decide(context().database, moderator(), act)
    if bulk_id is None:
        flash(gettext("Nothing was left to decide: somebody was faster."))
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".show", bulk_id=bulk_id), 303)


@blueprint.get(f"/bulk/{_ID}")
def show(bulk_id: int) -> str:
    """Show one bulk act, and offer to take it back."""
    need(Permission.DECIDE_MANY)
    with context().database.session() as database:
        found = _found(database, bulk_id)
        choices = search.choices(database, _sites())
    return render_template("dashboard/bulk_done.html", found=found, bulk=found.listed.bulk, choices=choices)


@blueprint.post(f"/bulk/{_ID}/undo")
def undo(bulk_id: int) -> Response:
    """Take the decisions of one bulk act back."""
    need(Permission.DECIDE_MANY)
    with context().database.session() as database:
        _found(database, bulk_id)
    undone = bulk.undo(context().database, moderator(), bulk_id)
    flash(ngettext("%(num)d decision was taken back.", "%(num)d decisions were taken back.", undone))
    return redirect(url_for(".show", bulk_id=bulk_id), 303)


def _sites() -> frozenset[int] | None:
    """Return the sites where the account that asks may decide many comments at once; None: every site."""
    found: frozenset[int] | None = g.access.sites(Permission.DECIDE_MANY)
    return found


def _found(database: Session, bulk_id: int) -> Shown:
    """Return a bulk act on sites where this is allowed."""
    found = bulk.show(database, bulk_id)
    allowed = readable()
    if allowed is not None and not set(found.sites) <= allowed:
        raise NotFound("bulk act", str(bulk_id))
    for site_id in found.sites:
        need(Permission.DECIDE_MANY, site_id)
    return found


def _shown(asked: Mapping[str, str], found: bulk.Preview, label: Label | None) -> dict[str, Any]:
    return {
        "asked": asked,
        "found": found,
        "cards": [card(row, 300) for row in found.sample],
        "most": bulk.MOST,
        "chosen": [label] if label else [],
    }
