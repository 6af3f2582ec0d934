"""The review queue as a list: what waits, oldest first, by reason and site."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from moderation.dashboard.cards import card
from moderation.domain.errors import NotFound
from moderation.services import review
from moderation.services.review import Surroundings, Wanted
from moderation.storage.review import QueueReason
from moderation.web import context

blueprint = Blueprint("queue", __name__)

PAGE_SIZE = 20
_LARGEST_ID = 2**63 - 1


@blueprint.get("/")
def index() -> str | Response:
    """Show one page of the queue."""
    after = cursor(request.args.get("after"))
    with context().database.session() as database:
        part = wanted_part(database, request.args)
        around = review.surroundings(database, part)
        page = review.page(database, part, after, PAGE_SIZE)
    if after and not page.rows:
        return redirect(url_for(".index", **part_args(part)), 303)
    return render_template(
        "dashboard/queue.html", cards=[card(row) for row in page.rows], page=page, after=after, **rail(part, around)
    )


@blueprint.get("/keys")
def keys() -> str:
    """Show the keyboard's keys, for those who browse without script."""
    return render_template("dashboard/keys.html")


def wanted_part(database: Any, values: Any) -> Wanted:
    """Read which part of the queue an address or a form names. Raises NotFound when there is no such part."""
    reason = values.get("reason") or None
    if reason is not None and reason not in set(QueueReason):
        raise NotFound("reason", reason)
    return review.wanted(database, values.get("site"), QueueReason(reason) if reason else None)


def part_args(part: Wanted) -> dict[str, Any]:
    """Return the part of the queue as arguments of an address."""
    return {
        name: value
        for name, value in (("reason", part.reason), ("site", part.site.slug if part.site else None))
        if value
    }


def rail(part: Wanted, around: Surroundings) -> dict[str, Any]:
    """Return what the rail beside every screen of the queue shows."""
    return {"part": part, "part_args": part_args(part), "around": around, "reasons": list(QueueReason)}


def cursor(text: str | None) -> int:
    """Read a paging cursor; what is no number starts from the beginning."""
    return min(int(text), _LARGEST_ID) if text and text.isascii() and text.isdigit() and len(text) < 20 else 0
