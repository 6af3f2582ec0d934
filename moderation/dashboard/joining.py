"""The page behind a link: choose a name and a password, and come in."""

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response

from moderation.dashboard.form_words import told
from moderation.dashboard.sign_in import admit
from moderation.domain.errors import InvalidInput
from moderation.services import joining, passwords
from moderation.web import context

blueprint = Blueprint("joining", __name__)


@blueprint.get("/join/<token>")
def show(token: str) -> str:
    """Show the form; a link that was used or is too old leads to a kind page (404)."""
    return _page(token)


@blueprint.post("/join/<token>")
def accept(token: str) -> Response | tuple[str, int]:
    """Set the password and go on: to the offer of a second factor, or to its question."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        with context().database.session() as database:
            account = joining.accept(database, token, name, password)
            flash(gettext("Welcome, %(name)s.", name=account.name))
            return admit(database, account, url_for("dashboard.second_factor.show"))
    except InvalidInput as problem:
        return _page(token, name, problem), 422


def _page(token: str, name: str | None = None, problem: InvalidInput | None = None) -> str:
    with context().database.session() as database:
        account = joining.invited(database, token)
    first = account.password_hash is None
    return render_template(
        "dashboard/join.html",
        token=token,
        account=account,
        first=first,
        name=name if name is not None else "" if first else account.name,
        problem=problem,
        told=told(problem),
        min_length=passwords.MIN_LENGTH,
    )
