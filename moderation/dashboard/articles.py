"""The page of one article: how its thread is doing, and whether comments are open, read first or closed."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard.access import may, moderator, need
from moderation.dashboard.cards import card, quotation, web_link
from moderation.dashboard.queue import cursor
from moderation.domain.errors import NotFound
from moderation.domain.permissions import Permission
from moderation.domain.words import ArticleMode, CommentStatus
from moderation.services import people
from moderation.services.people import Thread
from moderation.storage.people import LARGEST_ID
from moderation.web import context

blueprint = Blueprint("articles", __name__)

PAGE_SIZE = 20
MODE_NAMES = {
    ArticleMode.OPEN: (lazy_gettext("Open"), lazy_gettext("The site's policy decides, as everywhere.")),
    ArticleMode.PRE_MODERATE: (lazy_gettext("Read first"), lazy_gettext("A person reads each comment first.")),
    ArticleMode.CLOSED: (lazy_gettext("Closed"), lazy_gettext("New comments are rejected.")),
}
_STATUSES = [status for status in CommentStatus if status is not CommentStatus.DELETED]
_ID = "<int(max=9223372036854775807):article_id>"


@blueprint.get(f"/articles/{_ID}")
def show(article_id: int) -> str:
    """Show one article with its newest comments."""
    with context().database.session() as database:
        found = _thread(database, article_id, Permission.READ, cursor(request.args.get("before")) or LARGEST_ID)
    return render_template(
        "dashboard/article.html",
        found=found,
        cards=[card(row) for row in found.recent],
        modes=MODE_NAMES,
        statuses=_STATUSES,
        quotation=quotation,
        web_link=web_link,
    )


@blueprint.post(f"/articles/{_ID}/mode")
def set_mode(article_id: int) -> Response:
    """Open or close the comments below an article, or have a person read each first."""
    with context().database.session() as database:
        found = _thread(database, article_id, Permission.SET_POLICY)
        if (wanted := request.form.get("mode")) not in set(ArticleMode):
            abort(400)
        people.open_or_close(database, moderator(), found.article, ArticleMode(wanted))
    return redirect(url_for(".show", article_id=article_id), 303)


def _thread(database: Session, article_id: int, permission: Permission, before: int = LARGEST_ID) -> Thread:
    """Return an article of a site where this is allowed."""
    found = people.thread(database, article_id, before, PAGE_SIZE)
    if not may(Permission.READ, found.site.id):
        raise NotFound("article", str(article_id))
    need(permission, found.site.id)
    return found
