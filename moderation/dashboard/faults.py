"""What went wrong, told kindly: one table from facts to pages."""

from flask import Blueprint, render_template
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from moderation.domain.errors import Gone, InvalidInput, NotAllowed, NotFound

Answer = tuple[str, int] | tuple[str, int, dict[str, str]]

_STALE_FORM = (
    lazy_gettext("This page was open for too long"),
    lazy_gettext("For your safety a form works only within the session in which it was opened. Open the page again."),
)
_WORDS = {
    400: (lazy_gettext("That form was not complete"), lazy_gettext("Nothing was changed. Go back and try again.")),
    403: (
        lazy_gettext("Your role does not reach this far"),
        lazy_gettext("Nothing was changed. An administrator of the site can give your account another role."),
    ),
    404: (lazy_gettext("There is nothing here"), lazy_gettext("The address may be mistyped, or the comment unknown.")),
    410: (
        lazy_gettext("This comment is gone"),
        lazy_gettext("The site deleted it meanwhile; its text was forgotten. There is nothing left to decide."),
    ),
    413: (lazy_gettext("That was too much at once"), lazy_gettext("Nothing was changed. Shorten it and try again.")),
    429: (
        lazy_gettext("Too many attempts"),
        lazy_gettext("To keep guessers out, sign-ins pause for a minute. Please try again a little later."),
    ),
    500: (
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext("Nothing was decided. Try again in a moment; if it stays, tell your administrator."),
    ),
}


def explain_faults(blueprint: Blueprint) -> None:
    """Have every fault inside the dashboard answered with a page."""
    blueprint.register_error_handler(InvalidInput, lambda _: page(400))
    blueprint.register_error_handler(NotFound, lambda _: page(404))
    blueprint.register_error_handler(NotAllowed, lambda _: page(403))
    blueprint.register_error_handler(Gone, lambda _: page(410))
    blueprint.register_error_handler(CSRFError, _stale_form)
    for code in _WORDS:
        blueprint.register_error_handler(code, _http)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(InternalServerError, _http)


def _http(error: HTTPException) -> Answer:
    code = error.code or 500
    return (*page(code), {"Retry-After": "60"}) if code == 429 else page(code)


def _stale_form(_: CSRFError) -> Answer:
    title, words = _STALE_FORM
    return render_template("dashboard/fault.html", title=title, words=words, code=400), 400


def page(code: int, **words_of_templates: object) -> tuple[str, int]:
    """Return the page that tells what this status means to a person."""
    title, words = _WORDS.get(code, _WORDS[400])
    return render_template("dashboard/fault.html", title=title, words=words, code=code, **words_of_templates), code
