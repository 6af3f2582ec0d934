"""What one person likes: language, light or dark, keys on or off. The language is kept with the account."""

from flask import Blueprint, g, redirect, request, session
from werkzeug import Response

from moderation.dashboard import access
from moderation.dashboard.language import LANGUAGES
from moderation.storage.moderators import ModeratorRecord
from moderation.web import context

blueprint = Blueprint("preferences", __name__)

THEMES = ("auto", "light", "dark")


@blueprint.post("/preferences")
def save() -> Response:
    """Keep what was chosen and go back to the page."""
    if (language := request.form.get("language")) in LANGUAGES:
        session["language"] = language
        _keep_with_account(str(language))
    if (theme := request.form.get("theme")) in THEMES:
        session["theme"] = theme
    if (keys := request.form.get("keys")) in ("on", "off"):
        session["keys"] = keys
    return redirect(access.local_path(request.form.get("back")), 303)


def _keep_with_account(language: str) -> None:
    if g.moderator is None:
        return
    with context().database.session() as database:
        database.get_one(ModeratorRecord, g.moderator.id).language = language
