"""The face for moderators: blueprints by screen, templates, static files, translations.

Here the parts are put together. No rule about comments lives in this house; see `moderation.services`.
"""

from functools import partial

from flask import Blueprint, Flask, g, make_response, request, session
from flask_babel import format_date, format_decimal, format_percent
from werkzeug import Response
from werkzeug.exceptions import HTTPException

from moderation.dashboard import (
    access,
    account,
    accounts,
    acts,
    articles,
    assets,
    audit_trail,
    bulk,
    comment,
    faults,
    filters,
    history,
    joining,
    language,
    models,
    navigation,
    passages,
    people,
    preferences,
    protection,
    queue,
    quiet,
    search,
    second,
    second_factor,
    settings,
    shortcuts,
    sign_in,
    single_sign_on,
    statistics,
    tastes,
    watch,
)
from moderation.domain.words import Label
from moderation.web import context

__all__ = ["register"]


def register(app: Flask) -> None:
    """Add the dashboard to an application whose context is attached."""
    with app.app_context():
        settings = context().settings
    access.configure_cookie(app, secure=settings.secure_cookies, hours=settings.session_hours)
    language.speak(app)
    protection.protect_forms(app)
    single_sign_on.connect(app, settings)
    app.register_blueprint(_dashboard(secure=settings.secure_cookies))
    protection.limit_sign_in(app, settings)
    for code in (404, 405):  # addresses that belong to nobody; the API answers those below its own
        app.register_error_handler(code, partial(_stray, secure=settings.secure_cookies))


def _dashboard(*, secure: bool) -> Blueprint:
    """Return the screens under one roof: recognise first, then refuse strangers, then refuse foreign forms."""
    roof = Blueprint("dashboard", __name__, template_folder="templates")
    roof.before_request(access.recognise)
    roof.before_request(access.require_sign_in)
    roof.before_request(protection.check_form)
    roof.after_request(partial(protection.add_headers, secure=secure))
    roof.context_processor(_words_of_templates)
    roof.add_url_rule("/static/dashboard/<path:name>", "asset", assets.serve)
    faults.explain_faults(roof)
    for screen in (
        sign_in,
        single_sign_on,
        joining,
        account,
        second_factor,
        accounts,
        audit_trail,
        queue,
        comment,
        acts,
        filters,
        preferences,
        people,
        articles,
        search,
        history,
        bulk,
        settings,
        statistics,
        watch,
        second,
        models,
    ):
        roof.register_blueprint(screen.blueprint)
    return roof


def _stray(_: HTTPException, *, secure: bool) -> Response:
    access.recognise()
    response = make_response(faults.page(404, **_words_of_templates()))
    return protection.add_headers(response, secure=secure)


def _words_of_templates() -> dict[str, object]:
    mine = tastes.of(g.get("moderator"))
    return {
        "address": assets.address,
        "ago": language.ago,
        "age_of": language.age_of,
        "visible": passages.visible,
        "sentence": passages.sentence,
        "format_day": format_date,
        "provider": single_sign_on.button,
        "format_number": format_decimal,
        "format_percent": format_percent,
        "LABELS": list(Label),
        "LABEL_NAMES": language.LABEL_NAMES,
        "REASON_NAMES": language.REASON_NAMES,
        "VERDICT_NAMES": language.VERDICT_NAMES,
        "STATUS_NAMES": language.STATUS_NAMES,
        "STANDING_NAMES": language.STANDING_NAMES,
        "FIELD_NAMES": language.FIELD_NAMES,
        "LANGUAGES": language.LANGUAGES,
        "language": language.chosen(),
        "places": navigation.places,
        "may": access.may,
        "second_looks": quiet.second_looks,
        "watch_warnings": quiet.warnings,
        "theme": session.get("theme", "auto"),
        "keys_on": session.get("keys", "on") == "on",
        "bindings": shortcuts.bindings(mine),
        "keymap": shortcuts.keymap(mine),
        "key_for": shortcuts.key_for(mine),
        "break_minutes": mine.break_minutes,
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
    }
