"""Acts beside the decision: claiming a comment or giving it up, and taking a decision back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup, escape
from werkzeug import Response

from moderation.dashboard.access import local_path, may, moderator, need
from moderation.dashboard.language import clock
from moderation.dashboard.parts import part_args, wanted_part
from moderation.dashboard.passages import visible
from moderation.domain.errors import AlreadyDecided, AlreadyUndone, Conflict, OwnDecision
from moderation.domain.permissions import Permission
from moderation.domain.words import Verdict
from moderation.services import attention, review, undoing
from moderation.services.attention import Claim
from moderation.web import context

blueprint = Blueprint("acts", __name__)

_COMMENT = "<int(max=9223372036854775807):comment_id>"
_DECISION = "<int(max=9223372036854775807):decision_id>"


@blueprint.post(f"/comments/{_COMMENT}/claim")
def claim(comment_id: int) -> Response | str:
    """Take or renew the claim; the heartbeat of an open page comes here, too."""
    with context().database.session() as database:
        need(Permission.DECIDE, review.site_of(database, comment_id))
        found = attention.claim(database, comment_id, moderator().id)
    return _claim(comment_id, found)


@blueprint.post(f"/comments/{_COMMENT}/release")
def release(comment_id: int) -> Response | str:
    """Give up the claim; the page stays open, and nothing claims the comment again by itself."""
    with context().database.session() as database:
        need(Permission.DECIDE, review.site_of(database, comment_id))
        attention.release(database, comment_id, moderator().id)
        found = attention.who_reads(database, comment_id, moderator().id)
    if "HX-Request" not in request.headers:
        return redirect(url_for("dashboard.queue.index", view="list"), 303)
    return _claim(comment_id, found)


@blueprint.post(f"/decisions/{_DECISION}/undo")
def undo(decision_id: int) -> Response:
    """Take a decision back and show the comment again, or say why that is not possible."""
    with context().database.session() as database:
        comment_id = undoing.comment_of(database, decision_id)
        site_id = review.site_of(database, comment_id)
        need(Permission.DECIDE, site_id)
        args = part_args(wanted_part(database, request.form))
    try:
        with context().database.session() as database:
            leads = may(Permission.DECIDE_MANY, site_id)
            undone = undoing.undo(database, moderator(), decision_id, anyone_s=leads)
        flash(_RESTORED[undone.verdict]())
    except Conflict as conflict:
        flash(_told(conflict))
    back = request.form.get("back")
    return redirect(local_path(back) if back else url_for("dashboard.comment.show", comment_id=comment_id, **args), 303)


def _claim(comment_id: int, found: Claim) -> Response | str:
    if "HX-Request" in request.headers:
        return render_template("dashboard/parts/claim.html", claim=found, comment_id=comment_id, may_decide=True)
    return redirect(url_for("dashboard.comment.show", comment_id=comment_id), 303)


_RESTORED = {
    Verdict.REVIEW: lambda: gettext("Taken back: the comment waits for review again."),
    Verdict.PUBLISH: lambda: gettext("Taken back: the comment is published again."),
    Verdict.REJECT: lambda: gettext("Taken back: the comment is rejected again."),
}


def _told(conflict: Conflict) -> Markup:
    if isinstance(conflict, AlreadyUndone):
        words = escape(gettext("%(name)s took this decision back already, at %(time)s."))
    elif isinstance(conflict, AlreadyDecided):
        words = escape(gettext("%(name)s decided again since, at %(time)s; that decision stands."))
    elif isinstance(conflict, OwnDecision):
        return escape(gettext("The writer appeals against your decision; a colleague answers."))
    else:
        return escape(gettext("This decision cannot be taken back any more: the text changed, or the policy took it."))
    return words % {"name": visible(conflict.by), "time": clock(conflict.at)}
