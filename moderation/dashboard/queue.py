"""The review queue: one comment in focus, or the list on demand; what is new; the keys."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard import focus
from moderation.dashboard.access import may, moderator, need
from moderation.dashboard.cards import card
from moderation.dashboard.parts import cursor as cursor
from moderation.dashboard.parts import deciding, part_args, rail, reader, wanted_part
from moderation.domain.permissions import Permission
from moderation.services import attention, review
from moderation.web import context

blueprint = Blueprint("queue", __name__)

PAGE_SIZE = 20
LIST = "list"


@blueprint.get("/")
def index() -> str | Response:
    """Show the first comment that nobody reads, the list when it is asked for, or that nothing waits."""
    need(Permission.READ)
    if request.args.get("view") == LIST:
        return _list()
    with context().database.session() as database:
        part = wanted_part(database, request.args)
        first = _first(database, part)
    if first is not None:
        return focus.page(first)
    return _list(alone=True)


@blueprint.get("/arrivals")
def arrivals() -> str:
    """Say how many comments came since the page was made, as a piece of the page."""
    need(Permission.READ)
    since = cursor(request.args.get("since"))
    with context().database.session() as database:
        part = wanted_part(database, request.args)
        count = review.arrivals(database, part, since)
    return render_template("dashboard/parts/arrivals.html", count=count, since=since, part_args=part_args(part))


@blueprint.get("/keys")
def keys() -> str:
    """Show the keyboard's keys, for those who browse without script."""
    return render_template("dashboard/keys.html")


def _first(database: Session, part: review.Wanted) -> int | None:
    """Claim the first comment that is free; those who may only read are shown the first one."""
    if may(Permission.DECIDE, part.site.id if part.site else None):
        return attention.claim_next(database, deciding(part), reader(part), 0)
    return review.first(database, part, reader(part))


def _list(*, alone: bool = False) -> str | Response:
    """Show one page of the list; `alone`: nothing of it is free for the person who asks."""
    after, since = cursor(request.args.get("after")), cursor(request.args.get("since"))
    with context().database.session() as database:
        part = wanted_part(database, request.args)
        around = review.surroundings(database, part, moderator().id)
        page = review.page(database, part, after, PAGE_SIZE, since)
    if after and not page.rows:
        return redirect(url_for(".index", view=LIST, **part_args(part)), 303)
    return render_template(
        "dashboard/queue.html",
        cards=[] if alone else [card(row) for row in page.rows],
        page=page,
        after=after,
        since=since,
        view=LIST if not alone else None,
        veiled=focus.veiled_for_me,
        at=cursor(request.args.get("at")),
        others_wait=alone and bool(page.rows),
        **rail(part, around),
    )
