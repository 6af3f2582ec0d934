"""Setting up the second factor: the picture for the app, the first code, the recovery codes; and taking it away."""

from io import BytesIO

import segno
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug import Response

from moderation.dashboard.access import moderator
from moderation.dashboard.form_words import told
from moderation.domain.errors import NotAuthenticated
from moderation.services import own_account, second_factor
from moderation.storage.invitations import codes_left
from moderation.storage.moderators import ModeratorRecord
from moderation.web import context

blueprint = Blueprint("second_factor", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.get("/account/second-factor")
def show() -> Answer:
    """Offer to set a second factor up, or say how it stands."""
    return _page()


@blueprint.post("/account/second-factor")
def confirm() -> Answer:
    """Take the first code; show the recovery codes, once."""
    try:
        with context().database.session() as database:
            account = database.get_one(ModeratorRecord, moderator().id)
            codes = second_factor.confirm(database, context().vault, account, request.form.get("code", ""))
    except NotAuthenticated:
        return _page(wrong=True), 422
    return _codes(codes)


@blueprint.post("/account/second-factor/codes")
def renew() -> Answer:
    """Make new recovery codes after the password was given once more."""
    try:
        with context().database.session() as database:
            account = database.get_one(ModeratorRecord, moderator().id)
            own_account.prove(account, request.form.get("password", ""))
            codes = second_factor.renew_recovery_codes(database, account)
    except NotAuthenticated as problem:
        return _page(problem=problem), 422
    return _codes(codes)


@blueprint.post("/account/second-factor/remove")
def remove() -> Answer:
    """Take the second factor away after the password was given once more."""
    try:
        with context().database.session() as database:
            account = database.get_one(ModeratorRecord, moderator().id)
            own_account.prove(account, request.form.get("password", ""))
            second_factor.remove(database, account, account)
    except NotAuthenticated as problem:
        return _page(problem=problem), 422
    flash(gettext("Your second factor was taken away."))
    return redirect(url_for("dashboard.account.show"), 303)


def _page(*, wrong: bool = False, problem: NotAuthenticated | None = None) -> str:
    with context().database.session() as database:
        account = database.get_one(ModeratorRecord, moderator().id)
        on = account.totp_since is not None
        prepared = None if on else second_factor.prepare(database, context().vault, account)
        left = codes_left(database, account.id) if on else 0
    return render_template(
        "dashboard/second_factor.html",
        since=account.totp_since,
        prepared=prepared,
        picture=_picture(prepared.address) if prepared else None,
        left=left,
        wrong=wrong,
        told=told(problem),
        required=g.needs_second_factor,
    )


def _codes(codes: list[str]) -> str:
    return render_template("dashboard/recovery_codes.html", codes=codes)


def _picture(address: str) -> Markup:
    """Return the QR code as SVG: dark on light in both themes, since cameras ask for that."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, border=3, scale=5, dark="#17252f", light="#ffffff", omitsize=True
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn here from a secret and an address, escaped by segno
