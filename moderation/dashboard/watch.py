"""The watch: what the models do on one site, what it warns of, and what to do. Reports are made by the workers."""

from collections.abc import Sequence

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard import sheets, spreadsheet, watch_people_sheets, watch_sheets
from moderation.dashboard.access import need, readable
from moderation.dashboard.language import chosen
from moderation.dashboard.sheets import Sheet
from moderation.dashboard.watch_sheets import Make
from moderation.dashboard.watch_words import told
from moderation.domain.errors import NotFound
from moderation.domain.permissions import Permission
from moderation.domain.words import Label
from moderation.services import watch
from moderation.storage.sites import SiteRecord, all_sites
from moderation.storage.watch_reports import WatchReportRecord
from moderation.web import context

blueprint = Blueprint("watch", __name__)

DAYS = 30
SHEETS: dict[str, Make] = {
    **{f"scores-{label}": watch_sheets.scores(label) for label in Label},
    "course": watch_sheets.course,
    **{f"calibration-{label}": watch_sheets.calibration(label) for label in Label},
    "confirmed": watch_sheets.confirmed,
    "missed": watch_sheets.missed,
    "people": watch_people_sheets.overall,
    "people-weeks": watch_people_sheets.by_week,
    "languages": watch_sheets.languages,
}


@blueprint.get("/watch")
def index() -> str:
    """Show the newest report about one site: its warnings first, then its figures."""
    need(Permission.READ)
    with context().database.session() as database:
        sites = _sites(database)
        reports = {one.site_id: one for one in watch.latest_of(database, [site.id for site in sites])}
        site = _chosen(sites, reports)
        report = reports.get(site.id) if site else None
        made = _sheets(database, report) if report else {}
    return render_template(
        "dashboard/watch.html",
        sites=sites,
        site=site,
        report=report,
        warnings=[words for warning in (report.warnings if report else []) if (words := told(warning))],
        elsewhere=[
            (other, len(reports[other.id].warnings))
            for other in sites
            if other is not site and other.id in reports and reports[other.id].warnings
        ],
        versions={label: found["version"] for label, found in report.figures["labels"].items()} if report else {},
        sheets=[sheet for sheet in made.values() if sheet.rows],
        silent=[sheet for sheet in made.values() if not sheet.rows],
        shown=sheets.shown,
        address_args={"site": site.slug if site else None},
    )


@blueprint.get("/watch/<key>.csv")
def download(key: str) -> Response:
    """Send one table as a file."""
    need(Permission.READ)
    if key not in SHEETS:
        abort(404)
    with context().database.session() as database:
        sites = _sites(database)
        reports = {one.site_id: one for one in watch.latest_of(database, [site.id for site in sites])}
        site = _chosen(sites, reports)
        report = reports.get(site.id) if site else None
        made = _sheets(database, report) if report else {}
    rows = list(sheets.lines(made.get(key) or abort(404)))
    separator = ";" if chosen() == "fr" else ","
    response = Response(spreadsheet.lines(rows, separator), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{gettext('Watch').lower()}-{key}.csv")
    return response


def _sites(database: Session) -> Sequence[SiteRecord]:
    """Return the sites that the account that asks may read."""
    mine = readable()
    return [site for site in all_sites(database) if mine is None or site.id in mine]


def _chosen(sites: Sequence[SiteRecord], reports: dict[int, WatchReportRecord]) -> SiteRecord | None:
    """Return the site that the address names; else the first with a warning, else the first. Raises NotFound."""
    slug = request.args.get("site")
    if slug:
        named = [site for site in sites if site.slug == slug]
        if not named:
            raise NotFound("site", slug)
        return named[0]
    warned = [site for site in sites if site.id in reports and reports[site.id].warnings]
    return next(iter([*warned, *sites]), None)


def _sheets(database: Session, report: WatchReportRecord) -> dict[str, Sheet]:
    history = watch.history(database, report.site_id, DAYS)
    made = {key: make(report.figures, history) for key, make in SHEETS.items()}
    return {key: sheet for key, sheet in made.items() if sheet}
