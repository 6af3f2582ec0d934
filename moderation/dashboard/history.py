"""The history: every decision, who took it, when and why, undone or not; and the same as a file for spreadsheets."""

from flask import Blueprint, render_template, request, stream_with_context
from flask_babel import gettext
from werkzeug import Response

from moderation.dashboard import asking, spreadsheet
from moderation.dashboard.access import may, moderator, need, readable
from moderation.dashboard.language import ORIGIN_NAMES, VERDICT_NAMES, chosen
from moderation.dashboard.queue import cursor
from moderation.domain.acts import Act
from moderation.domain.permissions import Permission
from moderation.domain.words import CommentStatus
from moderation.services import audit, history, search
from moderation.storage.history import Entry
from moderation.storage.people import LARGEST_ID
from moderation.web import context

blueprint = Blueprint("history", __name__)

PAGE_SIZE = 50


@blueprint.get("/history")
def index() -> str:
    """Show one page of decisions, newest first."""
    need(Permission.READ)
    with context().database.session() as database:
        choices = search.choices(database, readable())
        asked = asking.history(request.args, choices.sites)
        before = cursor(request.args.get("before")) or LARGEST_ID
        page = history.page(database, asked, readable(), before, PAGE_SIZE)
    return render_template(
        "dashboard/history.html",
        asked=asking.given(request.args, asking.HISTORY),
        choices=choices,
        page=page,
        may_undo=_may_undo,
        verdict_names=list(VERDICT_NAMES.items()),
        origin_names=list(ORIGIN_NAMES.items()),
        reasons_of=spreadsheet.reasons,
    )


@blueprint.get("/history.csv")
def download() -> Response:
    """Send all decisions as asked, row by row; who took the file away is written down."""
    need(Permission.READ)
    with context().database.session() as database:
        asked = asking.history(request.args, search.choices(database, readable()).sites)
        kept = asking.given(request.args, asking.HISTORY)
        audit.record(database, moderator(), Act.EXPORT_MADE, site_id=asked.site_id, what="history", asked=kept)
    rows = spreadsheet.rows(history.everything(context().database, asked, readable(), LARGEST_ID))
    separator = ";" if chosen() == "fr" else ","  # what a spreadsheet of that language takes for a new cell
    response = Response(stream_with_context(spreadsheet.lines(rows, separator)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{gettext('decisions')}.csv")
    return response


def _may_undo(entry: Entry) -> bool:
    """Say whether the account that asks may take this decision back, as far as is known from the list."""
    decision, comment = entry.decision, entry.comment
    if decision.moderator_id is None or decision.undoes_id or comment.decision_id != decision.id:
        return False
    if comment.status == CommentStatus.DELETED or comment.current_revision != entry.revision.number:
        return False
    own = decision.moderator_id == moderator().id and may(Permission.DECIDE, decision.site_id)
    return own or may(Permission.DECIDE_MANY, decision.site_id)
