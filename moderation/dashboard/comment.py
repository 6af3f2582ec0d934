"""One comment in its context, and the decision about it."""

from collections.abc import Collection
from datetime import UTC

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup, escape
from werkzeug import Response

from moderation.dashboard.access import moderator
from moderation.dashboard.cards import LONG, card, quotation, web_link
from moderation.dashboard.passages import visible
from moderation.dashboard.queue import cursor, part_args, rail, wanted_part
from moderation.domain.errors import AlreadyDecided, Conflict, Superseded
from moderation.domain.words import Label, Verdict
from moderation.services import decisions, review
from moderation.services.review import InContext
from moderation.web import context

blueprint = Blueprint("comment", __name__)

MOST_NOTE = 2_000
_ID = "<int(max=9223372036854775807):comment_id>"


@blueprint.get(f"/comments/{_ID}")
def show(comment_id: int) -> str:
    """Show one comment with everything needed to judge it."""
    return _page(comment_id)


@blueprint.post(f"/comments/{_ID}/decision")
def decide(comment_id: int) -> Response | tuple[str, int]:
    """Store the decision and go on to the next comment; on a conflict show why, with what was typed."""
    verdict, labels, note = _decision()
    try:
        with context().database.session() as database:
            part = wanted_part(database, request.form)
            decisions.by_moderator(
                database, moderator(), comment_id, cursor(request.form.get("revision")), verdict, labels, note
            )
            following = review.next_to_read(database, part, comment_id)
    except Conflict as conflict:
        return _page(comment_id, conflict, note or "", labels), 409
    flash(_done(comment_id, verdict))
    if following and request.form.get("from") != "queue":
        return redirect(url_for(".show", comment_id=following, **part_args(part)), 303)
    after = cursor(request.form.get("after")) or None
    here = f"c{following}" if following else None
    return redirect(url_for("dashboard.queue.index", after=after, _anchor=here, **part_args(part)), 303)


def _decision() -> tuple[Verdict, list[Label], str | None]:
    """Read the form: only a rejection names labels."""
    form = request.form
    if form.get("verdict") not in (Verdict.PUBLISH, Verdict.REJECT) or not set(form.getlist("label")) <= set(Label):
        abort(400)
    verdict = Verdict(form["verdict"])
    chosen = [label for label in Label if label in form.getlist("label")] if verdict is Verdict.REJECT else []
    return verdict, chosen, form.get("note", "").replace("\0", "").strip()[:MOST_NOTE] or None


def _page(
    comment_id: int, conflict: Conflict | None = None, note: str = "", labels: Collection[Label] | None = None
) -> str:
    with context().database.session() as database:
        part = wanted_part(database, request.values)
        around = review.surroundings(database, part)
        found = review.in_context(database, comment_id, part)
    shown = card(found.row, LONG)
    return render_template(
        "dashboard/comment.html",
        card=shown,
        found=found,
        quotation=quotation,
        web_link=web_link,
        conflict=_told(conflict),
        note=note,
        chosen=shown.flags if labels is None else labels,
        decided_by=_decided_by_another(found),
        **rail(part, around),
    )


def _told(conflict: Conflict | None) -> Markup:
    if isinstance(conflict, AlreadyDecided):
        words = escape(gettext("%(name)s decided this comment first, at %(time)s UTC."))
        return words % {"name": visible(conflict.by), "time": f"{conflict.at.astimezone(UTC):%H:%M}"}
    if isinstance(conflict, Superseded):
        return escape(gettext("The writer edited this comment while you were reading. Here is the new text."))
    return escape(conflict or "")


def _decided_by_another(found: InContext) -> str | None:
    """Return who decided about this text, when it was somebody else: their decision stands."""
    last = found.row.decision
    if not last or last.revision_id != found.row.revision.id or last.moderator_id in (None, moderator().id):
        return None
    return found.moderators.get(last.moderator_id or 0)


def _done(comment_id: int, verdict: Verdict) -> Markup:
    words = gettext("Published.") if verdict is Verdict.PUBLISH else gettext("Rejected.")
    link = Markup('<a href="{}">{}</a>').format(url_for(".show", comment_id=comment_id), gettext("Look at it again"))
    return Markup("{} {}").format(words, link)
