"""The sign-in page and the way out."""

from datetime import timedelta

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug import Response

from moderation.dashboard import access
from moderation.domain.errors import NotAuthenticated
from moderation.services import moderators
from moderation.web import context

blueprint = Blueprint("sign_in", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.get("/sign-in")
def form() -> Answer:
    """Show the form, or send on who is signed in already."""
    if g.moderator:
        return redirect(access.local_path(request.args.get("next")), 303)
    return render_template("dashboard/sign_in.html", next=request.args.get("next", ""), email="", wrong=False)


@blueprint.post("/sign-in")
def enter() -> Answer:
    """Sign in and go on to the page that was asked for."""
    email, password, wanted = (request.form.get(name, "") for name in ("email", "password", "next"))
    try:
        token = _token(email, password)
    except NotAuthenticated:
        return render_template("dashboard/sign_in.html", next=wanted, email=email, wrong=True), 401
    access.remember(token)
    return redirect(access.local_path(wanted), 303)


@blueprint.post("/sign-out")
def leave() -> Answer:
    """End the session, here and in the database."""
    if token := access.forget():
        with context().database.session() as database:
            moderators.sign_out(database, token)
    return redirect(url_for("dashboard.sign_in.form"), 303)


def _token(email: str, password: str) -> str:
    if "\0" in email:  # no stored address holds one, and PostgreSQL refuses to be asked
        raise NotAuthenticated
    with context().database.session() as database:
        return moderators.sign_in(database, email, password, timedelta(hours=context().settings.session_hours))
