"""What one person likes: language, look, time zone, blur, rest, keys. Kept with the account where that is sensible."""

from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug import Response

from moderation.dashboard import access, shortcuts, tastes
from moderation.dashboard.language import LANGUAGES
from moderation.dashboard.shortcuts import PRESETS, TwoMeanings
from moderation.dashboard.tastes import LONGEST_STRETCH, VEIL_LEVELS, Tastes
from moderation.storage.moderators import ModeratorRecord
from moderation.web import context

blueprint = Blueprint("preferences", __name__)

THEMES = ("auto", "light", "dark")


@blueprint.post("/preferences")
def save() -> Response:
    """Keep what was chosen in the menu and go back to the page."""
    if (language := request.form.get("language")) in LANGUAGES:
        session["language"] = language
        _keep_language(str(language))
    if (theme := request.form.get("theme")) in THEMES:
        session["theme"] = theme
    if (keys := request.form.get("keys")) in ("on", "off"):
        session["keys"] = keys
    return redirect(access.local_path(request.form.get("back")), 303)


@blueprint.get("/preferences")
def show() -> str:
    """Show what can be chosen for one's own comfort."""
    return render_template(
        "dashboard/preferences.html",
        tastes=_mine(),
        time_zones=tastes.time_zones(),
        levels=VEIL_LEVELS,
        longest=LONGEST_STRETCH,
    )


@blueprint.post("/preferences/comfort")
def comfort() -> Response:
    """Keep the time zone, the blur and the reminder to rest."""
    zone, level = request.form.get("time_zone", ""), _number("veil_from")
    chosen = replace(
        _mine(),
        time_zone=zone if zone in tastes.time_zones() else tastes.UTC,
        veil_from=level if level in VEIL_LEVELS else None,
        break_minutes=min(_number("break_minutes"), LONGEST_STRETCH),
    )
    _keep(chosen)
    flash(gettext("Kept."))
    return redirect(url_for(".show"), 303)


@blueprint.get("/preferences/keys")
def keys() -> str:
    """Show which key does what, to be changed."""
    mine = _mine()
    return _keys_page(shortcuts.preset_of(mine), {b.act.name: " ".join(b.keys) for b in shortcuts.bindings(mine)})


@blueprint.post("/preferences/keys")
def save_keys() -> Response | tuple[str, int]:
    """Keep the keys: a whole preset, or one that was changed here and there."""
    if (whole := request.form.get("whole")) in PRESETS:
        _keep(replace(_mine(), preset=str(whole), own={}))
        flash(gettext("The keys are as in %(name)s.", name=PRESETS[str(whole)]))
        return redirect(url_for(".keys"), 303)
    preset = shortcuts.preset_of(_mine())
    typed = {act.name: request.form.get(act.name, "")[:20] for act in shortcuts.ACTS}
    try:
        own = shortcuts.changed(preset, typed)
    except TwoMeanings as wrong:
        return _keys_page(preset, typed, wrong.key), 422
    _keep(replace(_mine(), preset=preset, own=own))
    flash(gettext("The keys are kept."))
    return redirect(url_for(".keys"), 303)


def _keys_page(preset: str, typed: dict[str, str], wrong: str | None = None) -> str:
    return render_template(
        "dashboard/own_keys.html", acts=shortcuts.ACTS, presets=PRESETS, preset=preset, typed=typed, wrong=wrong
    )


def _mine() -> Tastes:
    return tastes.of(access.moderator())


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _keep(chosen: Tastes) -> None:
    with context().database.session() as database:
        account = database.get_one(ModeratorRecord, access.moderator().id)
        account.preferences = account.preferences | chosen.to_json()


def _keep_language(language: str) -> None:
    if g.moderator is None:
        return
    with context().database.session() as database:
        database.get_one(ModeratorRecord, g.moderator.id).language = language
