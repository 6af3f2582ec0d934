"""One comment: shown in focus, decided, put off, escalated, noted."""

from collections.abc import Callable
from random import random
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard import focus
from moderation.dashboard.access import moderator, need
from moderation.dashboard.focus import Typed
from moderation.dashboard.parts import cursor, deciding, part_args, reader, wanted_part
from moderation.domain.errors import Conflict, InvalidInput
from moderation.domain.permissions import Permission
from moderation.domain.words import Label, Verdict
from moderation.services import attention, decisions, messages, review
from moderation.web import context

blueprint = Blueprint("comment", __name__)

MOST_NOTE = 2_000
_ID = "<int(max=9223372036854775807):comment_id>"


@blueprint.get(f"/comments/{_ID}")
def show(comment_id: int) -> str:
    """Show one comment with everything needed to judge it."""
    return focus.page(comment_id)


@blueprint.post(f"/comments/{_ID}/decision")
def decide(comment_id: int) -> Response | tuple[str, int]:
    """Store the decision and go on to the next comment; on a conflict show why, with what was typed."""
    with context().database.session() as database:
        need(Permission.DECIDE, review.site_of(database, comment_id))
    verdict, typed = _decision()
    try:
        with context().database.session() as database:
            wanted_part(database, request.form)
            decided = _decide(database, comment_id, verdict, typed)
            attention.release(database, comment_id, moderator().id)
    except Conflict as conflict:
        return focus.page(comment_id, conflict, typed), 409
    flash(gettext("Published.") if verdict is Verdict.PUBLISH else gettext("Rejected."), f"undo {decided or ''}")
    return _onwards(comment_id)


@blueprint.post(f"/comments/{_ID}/skip")
def skip(comment_id: int) -> Response:
    """Leave the comment to others for an hour and go on."""
    _act(comment_id, lambda database: attention.put_off(database, comment_id, moderator().id))
    flash(gettext("Skipped for an hour; your colleagues still see it."))
    return _onwards(comment_id)


@blueprint.post(f"/comments/{_ID}/escalate")
def escalate(comment_id: int) -> Response:
    """Hand the comment to the editors, with the note, and go on."""
    _act(comment_id, lambda database: attention.escalate(database, comment_id, moderator().id, _note()))
    flash(gettext("Escalated to the editors."))
    return _onwards(comment_id)


@blueprint.post(f"/comments/{_ID}/notes")
def note(comment_id: int) -> Response:
    """Append a note and stay with the comment."""
    try:
        _act(comment_id, lambda database: attention.note(database, comment_id, moderator().id, _note()))
        flash(gettext("The note is kept."))
    except InvalidInput:
        flash(gettext("Write the note first."))
    with context().database.session() as database:
        part = wanted_part(database, request.form)
    return redirect(url_for(".show", comment_id=comment_id, **part_args(part)), 303)


def _act(comment_id: int, act: Callable[[Session], Any]) -> None:
    with context().database.session() as database:
        need(Permission.DECIDE, review.site_of(database, comment_id))
        act(database)


def _decide(database: Session, comment_id: int, verdict: Verdict, typed: Typed) -> int | None:
    message = messages.chosen(database, comment_id, typed.template) if typed.template else None
    return decisions.by_moderator(
        database,
        moderator(),
        comment_id,
        cursor(request.form.get("revision")),
        verdict,
        list(typed.labels or ()),
        typed.note or None,
        message,
        seen=cursor(request.form.get("seen")) or None,
        chance=random(),  # noqa: S311 - a sample, no secret
    )


def _decision() -> tuple[Verdict, Typed]:
    """Read the form: only a rejection names labels, and has a message to the writer."""
    form = request.form
    if form.get("verdict") not in (Verdict.PUBLISH, Verdict.REJECT) or not set(form.getlist("label")) <= set(Label):
        abort(400)
    verdict = Verdict(form["verdict"])
    rejects = verdict is Verdict.REJECT
    labels = [label for label in Label if label in form.getlist("label")] if rejects else []
    return verdict, Typed(_note(), labels, cursor(form.get("template")) if rejects else 0)


def _note() -> str:
    return request.form.get("note", "").replace("\0", "").strip()[:MOST_NOTE]


def _onwards(comment_id: int) -> Response:
    """Go on to the next comment that is free, in the list or in focus; it is claimed on the way."""
    in_list = request.form.get("from") == "queue"
    with context().database.session() as database:
        part = wanted_part(database, request.form)
        if in_list:
            following = next(iter(review.following(database, part, reader(part), comment_id)), None)
        else:
            following = attention.claim_next(database, deciding(part), reader(part), comment_id)
    if in_list:
        after = cursor(request.form.get("after")) or None
        args = {"view": "list", "after": after, "at": following, **part_args(part)}
        here = f"c{following}" if following else None
        return redirect(url_for("dashboard.queue.index", _anchor=here, **args), 303)
    if following:
        return redirect(url_for(".show", comment_id=following, **part_args(part)), 303)
    return redirect(url_for("dashboard.queue.index", **part_args(part)), 303)
