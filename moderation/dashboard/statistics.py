"""Statistics: the figures of a period as pictures, each with its table, and each table as a file for spreadsheets."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flask import Blueprint, abort, g, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard import comment_sheets, decision_sheets, sheets, spreadsheet
from moderation.dashboard.access import need, readable
from moderation.dashboard.language import chosen, zone
from moderation.dashboard.sheets import Sheet
from moderation.domain.errors import NotFound
from moderation.domain.permissions import Permission
from moderation.services.statistics import PERIODS, Figures, window_of
from moderation.storage.sites import SiteRecord, all_sites
from moderation.web import context

blueprint = Blueprint("statistics", __name__)

USUAL = 30
SHEETS: dict[str, Callable[[Figures], Sheet]] = {
    "statuses": comment_sheets.statuses,
    "labels": comment_sheets.labels,
    "waiting": comment_sheets.waiting,
    "times": decision_sheets.times,
    "machine": decision_sheets.machine,
    "hours": comment_sheets.hours,
    "audit": decision_sheets.audit,
    "appeals": decision_sheets.appeals,
    "agreement": decision_sheets.agreement,
    "articles": comment_sheets.busiest,
    "held": comment_sheets.held,
    "people": decision_sheets.people,
}
PERSONAL = {"people"}  # these name moderators: for editors and administrators only


@blueprint.get("/statistics")
def index() -> str:
    """Show every sheet that the account may see."""
    need(Permission.READ)
    with context().database.session() as database:
        sites = _sites(database)
        site = _named(sites)
        figures = _figures(database, sites, site)
        made = [make(figures) for key, make in SHEETS.items() if key not in PERSONAL or figures.leads]
    return render_template(
        "dashboard/statistics/index.html",
        sheets=made,
        sites=sites,
        site=site,
        days=len(figures.days),
        periods=PERIODS,
        shown=sheets.shown,
        address_args={"site": site.slug if site else None, "days": len(figures.days)},
    )


@blueprint.get("/statistics/<key>.csv")
def download(key: str) -> Response:
    """Send one table as a file."""
    need(Permission.READ)
    make = SHEETS.get(key) or abort(404)
    with context().database.session() as database:
        sites = _sites(database)
        site = _named(sites)
        if key in PERSONAL:
            need(Permission.SET_POLICY, site.id if site else None)
        figures = _figures(database, sites, site)
        rows = list(sheets.lines(make(figures)))
    separator = ";" if chosen() == "fr" else ","
    response = Response(spreadsheet.lines(rows, separator), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{gettext('statistics')}-{key}.csv")
    return response


def _sites(database: Session) -> Sequence[SiteRecord]:
    """Return the sites that the account that asks may read."""
    mine = readable()
    return [site for site in all_sites(database) if mine is None or site.id in mine]


def _named(sites: Sequence[SiteRecord]) -> SiteRecord | None:
    """Return the site that the address names; None for all of them."""
    slug = request.args.get("site")
    if not slug:
        return None
    named = [site for site in sites if site.slug == slug]
    if not named:
        raise NotFound("site", slug)
    return named[0]


def _figures(database: Session, sites: Sequence[SiteRecord], site: SiteRecord | None) -> Figures:
    looked_at = [one.id for one in ([site] if site else sites)]
    led = g.access.sites(Permission.SET_POLICY)
    asked = request.args.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else USUAL
    now = datetime.now(UTC)
    leads = [site_id for site_id in looked_at if led is None or site_id in led]
    return Figures(database, window_of(looked_at, days, zone(), now), leads, now)
