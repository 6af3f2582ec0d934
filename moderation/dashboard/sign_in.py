"""The sign-in page, the page for the second factor, and the way out.

Between the two pages the signed cookie says whose password was right and when; it opens nothing by itself.
"""

import time
from datetime import timedelta

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard import access
from moderation.domain.errors import NotAuthenticated
from moderation.services import moderators, passwords, second_factor, sessions
from moderation.storage.moderators import ModeratorRecord
from moderation.web import context

blueprint = Blueprint("sign_in", __name__)

Answer = str | Response | tuple[str, int]

_HALFWAY = "halfway"
_PATIENCE_SECONDS = 600


@blueprint.get("/sign-in")
def form() -> Answer:
    """Show the form, or send on who is signed in already."""
    if g.moderator:
        return redirect(access.local_path(request.args.get("next")), 303)
    return render_template("dashboard/sign_in.html", next=request.args.get("next", ""), email="", wrong=False)


@blueprint.post("/sign-in")
def enter() -> Answer:
    """Check address and password; go on to the page that was asked for, by way of the second factor if there is one."""
    email, password, wanted = (request.form.get(name, "") for name in ("email", "password", "next"))
    try:
        with context().database.session() as database:
            account = moderators.prove(database, email, password)
            return admit(database, account, wanted)
    except NotAuthenticated:
        return render_template("dashboard/sign_in.html", next=wanted, email=email, wrong=True), 401


@blueprint.get("/sign-in/code")
def code_form() -> Answer:
    """Ask for the second factor; without a password given a moment ago there is nothing to ask."""
    if _halfway() is None:
        return redirect(url_for(".form"), 303)
    return render_template("dashboard/sign_in_code.html", next=request.args.get("next", ""), wrong=False)


@blueprint.post("/sign-in/code")
def enter_code() -> Answer:
    """Check the code of the app, or a recovery code, and go on."""
    wanted, waiting = request.form.get("next", ""), _halfway()
    if waiting is None:
        return redirect(url_for(".form", next=wanted or None), 303)
    try:
        with context().database.session() as database:
            account = database.get_one(ModeratorRecord, waiting)
            if not account.active or passwords.mark(account.password_hash) != session[_HALFWAY]["mark"]:
                raise NotAuthenticated
            second_factor.check(database, context().vault, account, request.form.get("code", ""))
            return let_in(database, account, wanted, session[_HALFWAY]["method"])
    except NotAuthenticated:
        return render_template("dashboard/sign_in_code.html", next=wanted, wrong=True), 401


@blueprint.post("/sign-out")
def leave() -> Answer:
    """End the session, here and in the database."""
    if token := access.forget():
        with context().database.session() as database:
            sessions.end(database, token)
    return redirect(url_for("dashboard.sign_in.form"), 303)


def admit(database: Session, account: ModeratorRecord, wanted: str, method: str = sessions.BY_PASSWORD) -> Response:
    """Let somebody in whose password was right or whom the provider sent, or ask for the second factor first."""
    if account.totp_since is None:
        return let_in(database, account, wanted, method)
    access.forget()
    mark = passwords.mark(account.password_hash)
    session[_HALFWAY] = {"id": account.id, "at": int(time.time()), "mark": mark, "method": method}
    return redirect(url_for("dashboard.sign_in.code_form", next=wanted or None), 303)


def let_in(
    database: Session, account: ModeratorRecord, wanted: str = "", method: str = sessions.BY_PASSWORD
) -> Response:
    """Open a session for this account and go on to the page that was asked for."""
    lasting, agent = timedelta(hours=context().settings.session_hours), request.user_agent.string
    access.remember(sessions.begin(database, account, lasting, agent, method))
    return redirect(access.local_path(wanted), 303)


def whose_code() -> str:
    """Return a name for the account whose code is asked for, to count its attempts by."""
    return str(_halfway() or "nobody")


def _halfway() -> int | None:
    """Return the id of the account whose password was right a moment ago."""
    found = session.get(_HALFWAY)
    return int(found["id"]) if found and time.time() - found["at"] < _PATIENCE_SECONDS else None
