"""Accounts, for administrators: who is there, inviting, roles by site, closing, new links, the rule for everybody."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard.access import moderator, need
from moderation.dashboard.form_words import told
from moderation.dashboard.roles import ROLE_MEANINGS, ROLE_NAMES, read_roles
from moderation.domain.errors import InvalidInput, LastAdministrator, VigieError
from moderation.domain.permissions import Permission
from moderation.services import accounts, own_account, second_factor
from moderation.storage import invitations, sites
from moderation.storage.sites import SiteRecord
from moderation.web import context

blueprint = Blueprint("accounts", __name__)

Answer = str | Response | tuple[str, int]
_ID = "<int(max=9223372036854775807):moderator_id>"


@blueprint.before_request
def _administrators_only() -> None:
    need(Permission.ADMINISTER)


@blueprint.get("/accounts")
def index() -> str:
    """Show everybody whom this administrator sees."""
    with context().database.session() as database:
        people = accounts.people(database, g.access)
        reach = _reach(database)
        required = invitations.second_factor_required(database)
    return render_template("dashboard/accounts.html", people=people, required=required, **_about_roles(reach))


@blueprint.get("/accounts/invite")
def invitation_form() -> str:
    """Show the form that invites."""
    return _invitation()


@blueprint.post("/accounts/invite")
def invite() -> Answer:
    """Make the account and its link, and show the link, once."""
    email = request.form.get("email", "")
    try:
        with context().database.session() as database:
            roles = read_roles(request.form, _reach(database))
            token = accounts.invite(database, g.access, moderator(), email, roles)
    except InvalidInput as problem:
        return _invitation(email, problem), 422
    return _link_page(token, email)


@blueprint.get(f"/accounts/{_ID}")
def show(moderator_id: int) -> str:
    """Show one account with what may be changed about it."""
    return _page(moderator_id)


@blueprint.post(f"/accounts/{_ID}/roles")
def change_roles(moderator_id: int) -> Answer:
    """Give other roles."""
    try:
        with context().database.session() as database:
            wanted = read_roles(request.form, _reach(database))
            accounts.change_roles(database, g.access, moderator(), moderator_id, wanted)
    except LastAdministrator as problem:
        return _page(moderator_id, problem), 409
    return _done(gettext("The roles were changed."), moderator_id)


@blueprint.post(f"/accounts/{_ID}/close")
def close(moderator_id: int) -> Answer:
    """Close the account; its sessions end at once."""
    try:
        with context().database.session() as database:
            accounts.close(database, g.access, moderator(), moderator_id)
    except LastAdministrator as problem:
        return _page(moderator_id, problem), 409
    return _done(gettext("The account is closed."), moderator_id)


@blueprint.post(f"/accounts/{_ID}/reopen")
def reopen(moderator_id: int) -> Answer:
    """Open the account again."""
    with context().database.session() as database:
        accounts.reopen(database, g.access, moderator(), moderator_id)
    return _done(gettext("The account is open again."), moderator_id)


@blueprint.post(f"/accounts/{_ID}/link")
def make_link(moderator_id: int) -> Answer:
    """Make a new link and show it, once."""
    with context().database.session() as database:
        token = accounts.new_link(database, g.access, moderator(), moderator_id)
        email = accounts.managed(database, g.access, moderator_id).email
    return _link_page(token, email)


@blueprint.post(f"/accounts/{_ID}/second-factor/reset")
def reset_second_factor(moderator_id: int) -> Answer:
    """Take somebody's second factor away, for the day the telephone and the codes are lost."""
    with context().database.session() as database:
        second_factor.remove(database, moderator(), accounts.managed(database, g.access, moderator_id))
    return _done(gettext("The second factor was taken away."), moderator_id)


@blueprint.post("/accounts/rule")
def change_rule() -> Answer:
    """Ask everybody for a second factor, or no longer."""
    required = request.form.get("second_factor")
    with context().database.session() as database:
        own_account.require_second_factor(database, g.access, moderator(), required=required == "required")
    return _done(gettext("The rule was changed."))


def _reach(database: Session) -> list[SiteRecord]:
    """Return the sites whose roles this administrator gives."""
    reach = g.access.sites(Permission.ADMINISTER)
    return [site for site in sites.all_sites(database) if reach is None or site.id in reach]


def _about_roles(reach: list[SiteRecord]) -> dict[str, Any]:
    return {
        "sites": reach,
        "site_names": {site.id: site.name for site in reach},
        "everywhere": g.access.sites(Permission.ADMINISTER) is None,
        "role_names": ROLE_NAMES,
        "role_meanings": ROLE_MEANINGS,
    }


def _invitation(email: str = "", problem: VigieError | None = None) -> str:
    with context().database.session() as database:
        reach = _reach(database)
    return render_template("dashboard/invite.html", email=email, told=told(problem), **_about_roles(reach))


def _page(moderator_id: int, problem: VigieError | None = None) -> str:
    with context().database.session() as database:
        person = accounts.person(database, g.access, moderator_id)
        reach = _reach(database)
    return render_template(
        "dashboard/person.html",
        person=person,
        managed=accounts.manages(g.access, person.roles),
        told=told(problem),
        **_about_roles(reach),
    )


def _link_page(token: str, email: str) -> str:
    base = (context().settings.public_url or request.url_root).rstrip("/")
    link = base + url_for("dashboard.joining.show", token=token)
    return render_template("dashboard/link.html", link=link, email=email.strip().lower())


def _done(words: str, moderator_id: int | None = None) -> Response:
    flash(words)
    where = url_for(".index") if moderator_id is None else url_for(".show", moderator_id=moderator_id)
    return redirect(where, 303)
