"""The page of one commenter: all their comments on this site, notes, trust or watch."""

from flask import Blueprint, abort, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard.access import local_path, may, moderator, need
from moderation.dashboard.cards import card
from moderation.dashboard.queue import cursor
from moderation.domain.errors import InvalidInput, NotFound
from moderation.domain.permissions import Permission
from moderation.domain.words import Standing
from moderation.services import people
from moderation.services.people import Person
from moderation.storage.people import LARGEST_ID
from moderation.web import context

blueprint = Blueprint("people", __name__)

PAGE_SIZE = 20
_ID = "<int(max=9223372036854775807):commenter_id>"


@blueprint.get(f"/commenters/{_ID}")
def show(commenter_id: int) -> str:
    """Show one commenter, newest comments first."""
    with context().database.session() as database:
        found = _person(database, commenter_id, Permission.READ, cursor(request.args.get("before")) or LARGEST_ID)
    cards = [card(row) for row in found.recent]
    return render_template("dashboard/commenter.html", found=found, cards=cards, standings=list(Standing))


@blueprint.post(f"/commenters/{_ID}/notes")
def note(commenter_id: int) -> Response:
    """Append a note and go back to where it was written."""
    with context().database.session() as database:
        found = _person(database, commenter_id, Permission.DECIDE)
        try:
            people.note(database, moderator(), found.commenter, request.form.get("note", ""))
        except InvalidInput:
            abort(400)
    return redirect(local_path(request.form.get("back")), 303)


@blueprint.post(f"/commenters/{_ID}/standing")
def stand(commenter_id: int) -> Response:
    """Trust or watch a commenter, or neither."""
    with context().database.session() as database:
        found = _person(database, commenter_id, Permission.DECIDE)
        if (wanted := request.form.get("standing")) not in set(Standing):
            abort(400)
        people.stand(database, moderator(), found.commenter, Standing(wanted))
    return redirect(local_path(request.form.get("back")), 303)


def _person(database: Session, commenter_id: int, permission: Permission, before: int = LARGEST_ID) -> Person:
    """Return a commenter of a site where this is allowed."""
    found = people.person(database, commenter_id, before, PAGE_SIZE)
    if not may(Permission.READ, found.site.id):
        raise NotFound("commenter", str(commenter_id))
    need(permission, found.site.id)
    return found
