"""Who is asking: the session cookie, the account behind it, and where one may be sent on to.

The cookie is signed, HttpOnly, SameSite=Lax, and carries the random token of a session row and the secret
that forms are bound to; both are new at each sign-in. No password is seen here.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, g, redirect, request, session, url_for
from werkzeug import Response

from moderation.domain.permissions import Permission
from moderation.services import access, sessions
from moderation.storage.moderators import ModeratorRecord
from moderation.web import context

OPEN_ENDPOINTS = {
    "dashboard.sign_in.form",
    "dashboard.sign_in.enter",
    "dashboard.sign_in.code_form",
    "dashboard.sign_in.enter_code",
    "dashboard.single_sign_on.start",
    "dashboard.single_sign_on.back",
    "dashboard.joining.show",
    "dashboard.joining.accept",
    "dashboard.preferences.save",
    "dashboard.asset",
}
_BEFORE_SECOND_FACTOR = {"dashboard.second_factor.show", "dashboard.second_factor.confirm", "dashboard.sign_in.leave"}
_TOKEN = "token"  # noqa: S105 - a key, not a secret
_KEPT_ACROSS = ("language", "theme", "keys")


def configure_cookie(app: Flask, *, secure: bool, hours: int) -> None:
    """Make the session cookie as strict as the connection allows."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-vigie" if secure else "vigie",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=hours),
        SESSION_REFRESH_EACH_REQUEST=False,
    )


def recognise() -> None:
    """Find the account that this request comes from, before the view."""
    g.moderator = g.session_id = None
    g.needs_second_factor = False
    g.access = access.Access(None, {})
    if request.endpoint != "dashboard.asset" and (token := session.get(_TOKEN)):
        with context().database.session() as database:
            if found := sessions.recognise(database, token):
                g.moderator, g.session_id = found.moderator, found.session_id
                g.needs_second_factor = found.needs_second_factor
                g.access = access.of(database, g.moderator)


def require_sign_in() -> Response | None:
    """Send strangers to the sign-in page; afterwards they come back to the page they asked for."""
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    if g.moderator is not None:
        return _ask_for_second_factor() if g.needs_second_factor else None
    wanted = request.full_path.rstrip("?") if request.method == "GET" else url_for("dashboard.queue.index")
    return redirect(url_for("dashboard.sign_in.form", next=None if wanted == "/" else wanted), 303)


def _ask_for_second_factor() -> Response | None:
    """Send somebody whom the house rule asks for a second factor to where it is set up."""
    if request.endpoint in _BEFORE_SECOND_FACTOR:
        return None
    return redirect(url_for("dashboard.second_factor.show"), 303)


def moderator() -> ModeratorRecord:
    """Return the account that asks; there is one in every view that is not open to strangers."""
    found: ModeratorRecord = g.moderator
    return found


def whose_account() -> str:
    """Return a name for the account that asks, to count its attempts by."""
    return str(g.moderator.id) if g.get("moderator") else "nobody"


def may(permission: Permission, site_id: int | None = None) -> bool:
    """Say whether the account that asks may do this on a site, or on some site at least."""
    found: access.Access = g.access
    return found.may(permission, site_id)


def need(permission: Permission, site_id: int | None = None) -> None:
    """Raise NotAllowed (answered as 403) unless the account that asks may do this."""
    found: access.Access = g.access
    found.need(permission, site_id)


def readable() -> frozenset[int] | None:
    """Return the sites that the account that asks may read; None means every site."""
    found: access.Access = g.access
    return found.sites(Permission.READ)


def remember(token: str) -> None:
    """Start a new cookie around this token; nothing of the old one but tastes stays, so forms get a new secret."""
    _start_afresh()
    session[_TOKEN] = token
    session.permanent = True


def forget() -> str | None:
    """Empty the cookie and return the token it carried."""
    token: str | None = session.get(_TOKEN)
    _start_afresh()
    return token


def _start_afresh() -> None:
    kept = {name: session[name] for name in _KEPT_ACROSS if name in session}
    session.clear()
    session.update(kept)


def local_path(wanted: str | None) -> str:
    """Return the address when it is a path of this site, else the review queue: nobody is sent elsewhere."""
    home = url_for("dashboard.queue.index")
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return home
    if "\\" in wanted or any(ord(character) < 33 for character in wanted):
        return home
    parts = urlsplit(wanted)
    return home if parts.scheme or parts.netloc else wanted
