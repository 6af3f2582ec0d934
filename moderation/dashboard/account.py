"""My account: name, address, password, the browsers that are signed in."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard.access import moderator
from moderation.dashboard.devices import browser_and_system
from moderation.dashboard.form_words import told
from moderation.domain.errors import InvalidInput, NotAuthenticated, VigieError
from moderation.services import own_account, passwords, sessions
from moderation.storage.moderators import DashboardSessionRecord, ModeratorRecord
from moderation.web import context

blueprint = Blueprint("account", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.get("/account")
def show() -> str:
    """Show what the person may change about the own account."""
    return _page()


@blueprint.post("/account/name")
def rename() -> Answer:
    """Change the name that other moderators see."""
    return _change("name", lambda database, account: own_account.rename(database, account, _field("name")))


@blueprint.post("/account/address")
def change_address() -> Answer:
    """Change the address one signs in with."""
    return _change(
        "address",
        lambda database, account: own_account.change_address(database, account, _field("email"), _field("password")),
    )


@blueprint.post("/account/password")
def change_password() -> Answer:
    """Change the password; the other browsers are signed out."""
    return _change(
        "password",
        lambda database, account: own_account.change_password(
            database, account, _field("old"), _field("password"), g.session_id
        ),
    )


@blueprint.post("/account/sessions/<int(max=9223372036854775807):session_id>/end")
def end_session(session_id: int) -> Response:
    """Sign another browser out."""
    with context().database.session() as database:
        sessions.revoke(database, database.get_one(ModeratorRecord, moderator().id), session_id)
    flash(gettext("That browser is signed out."))
    return redirect(url_for(".show", _anchor="sessions"), 303)


@blueprint.post("/account/sessions/end-others")
def end_others() -> Response:
    """Sign every other browser out."""
    with context().database.session() as database:
        count = sessions.revoke_others(database, moderator(), g.session_id)
    flash(ngettext("%(num)d other browser is signed out.", "%(num)d other browsers are signed out.", count))
    return redirect(url_for(".show", _anchor="sessions"), 303)


def _change(part: str, change: Callable[[Session, ModeratorRecord], object]) -> Answer:
    try:
        with context().database.session() as database:
            change(database, database.get_one(ModeratorRecord, moderator().id))
    except (InvalidInput, NotAuthenticated) as problem:
        return _page(part, problem), 422
    flash(gettext("Saved.") if part != "password" else gettext("Saved. Your other browsers are signed out."))
    return redirect(url_for(".show"), 303)


def _page(part: str = "", problem: VigieError | None = None) -> str:
    with context().database.session() as database:
        account = database.get_one(ModeratorRecord, moderator().id)
        browsers = sessions.of_account(database, account)
    return render_template(
        "dashboard/account.html",
        account=account,
        browsers=[(browser, _device(browser)) for browser in browsers],
        part=part,
        told=told(problem),
        min_length=passwords.MIN_LENGTH,
        typed=request.form,
    )


def _device(record: DashboardSessionRecord) -> str:
    browser, system = browser_and_system(record.user_agent)
    if browser and system:
        return str(gettext("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(gettext("An unknown browser"))


def _field(name: str) -> str:
    return request.form.get(name, "")
