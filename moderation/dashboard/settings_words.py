"""Banned and watched words of a site: one by one, or as a table."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import get_locale, gettext, lazy_gettext, ngettext
from werkzeug import Response

from moderation.dashboard.settings_frame import Frame, settings_of
from moderation.domain.acts import Act
from moderation.domain.errors import InvalidInput
from moderation.domain.permissions import Permission
from moderation.domain.policy import Policy
from moderation.domain.words import WordKind
from moderation.services import words
from moderation.services.matching import ListedWord
from moderation.storage.words import of_site

PLACE = "/words"
KIND_NAMES: dict[str, Any] = {
    WordKind.BANNED: lazy_gettext("Banned word"),
    WordKind.WATCHED: lazy_gettext("Watched word"),
}
blueprint = Blueprint("words", __name__)


@blueprint.get("")
def show(slug: str) -> str:
    """Show the list."""
    with settings_of(slug, Permission.SET_POLICY) as frame:
        return _page(frame)


@blueprint.post("")
def add(slug: str) -> str | Response:
    """Add one word."""
    form = request.form
    kind = WordKind.BANNED if form.get("kind") == WordKind.BANNED else WordKind.WATCHED
    text = " ".join(form.get("word", "").replace("\0", "").split())
    listed = [ListedWord(text, kind, form.get("language", ""), form.get("whole") == "on")]
    return _add(slug, lambda: listed, {"word": text})


@blueprint.post("/table")
def add_table(slug: str) -> str | Response:
    """Add the words of a CSV table; nothing is stored when a line is wrong."""
    table = request.form.get("table", "")
    return _add(slug, lambda: words.from_csv(table), {"table": table})


@blueprint.post("/removal")
def remove(slug: str) -> Response:
    """Remove the words that are ticked."""
    ids = [
        int(value) for value in request.form.getlist("id") if value.isascii() and value.isdigit() and len(value) < 19
    ]
    with settings_of(slug, Permission.SET_POLICY) as frame:
        count = words.remove(frame.session, frame.site, ids)
        frame.record(Act.WORDS_CHANGED, removed=count)
    flash(ngettext("%(num)d word removed.", "%(num)d words removed.", count))
    return redirect(url_for(".show", slug=slug), 303)


def _add(slug: str, read: Any, typed: dict[str, str]) -> str | Response:
    with settings_of(slug, Permission.SET_POLICY) as frame:
        try:
            with frame.session.begin_nested():
                count = words.add(frame.session, frame.site, read())
        except InvalidInput as problem:
            return _page(frame, problem=str(_told(problem)), **typed)
        if count:
            frame.record(Act.WORDS_CHANGED, added=count)
    flash(ngettext("%(num)d word is on the list.", "%(num)d words are on the list.", count))
    return redirect(url_for(".show", slug=slug), 303)


def _told(problem: InvalidInput) -> Any:
    line = problem.field.removeprefix("line ")
    if line != problem.field:
        return gettext(
            "Line %(number)s cannot be read. Each line is: word, banned or watched, language, yes or no.", number=line
        )
    return {
        "word": gettext("Each word needs 2 to %(count)d letters.", count=words.LONGEST_WORD),
        "language": gettext("Name a language by two letters, such as fr, or none."),
    }.get(problem.field) or gettext(
        "The list would grow too long: %(count)d words are the most.", count=words.MOST_WORDS
    )


def _page(frame: Frame, problem: str | None = None, word: str = "", table: str | None = None) -> str:
    listed = of_site(frame.session, frame.site.id)
    names = {code: (get_locale().languages.get(code, code) if code else gettext("any")) for code in words.LANGUAGES}
    return frame.show(
        "words.html",
        listed=listed,
        table=words.to_csv(listed) if table is None else table,
        word=word,
        problem=problem,
        kinds=KIND_NAMES,
        languages=names,
        reject_banned=Policy.from_json(frame.site.policy).reject_banned,
    )
