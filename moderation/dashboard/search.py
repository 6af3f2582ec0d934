"""Searching: words of the text, and everything else that is known of a comment."""

from flask import Blueprint, render_template, request

from moderation.dashboard import asking
from moderation.dashboard.access import need, readable
from moderation.dashboard.cards import card
from moderation.dashboard.language import STATUS_NAMES
from moderation.dashboard.queue import cursor
from moderation.domain.permissions import Permission
from moderation.domain.words import CommentStatus
from moderation.services import search
from moderation.services.search import MOST_COUNTED
from moderation.storage.people import LARGEST_ID
from moderation.web import context

blueprint = Blueprint("search", __name__)

PAGE_SIZE = 20
STATUSES = [status for status in CommentStatus if status is not CommentStatus.DELETED]


@blueprint.get("/search")
def index() -> str:
    """Show the form, and one page of what it finds."""
    need(Permission.READ)
    with context().database.session() as database:
        choices = search.choices(database, readable())
        wanted = asking.search(request.args, choices.sites)
        before = cursor(request.args.get("before")) or LARGEST_ID
        found = search.find(database, wanted, readable(), before, PAGE_SIZE) if wanted.asks else None
    return render_template(
        "dashboard/search.html",
        asked=asking.given(request.args, asking.SEARCH),
        choices=choices,
        found=found,
        cards=[card(row) for row in found.rows] if found else [],
        most_counted=MOST_COUNTED,
        status_names=[(status, STATUS_NAMES[status]) for status in STATUSES],
    )
