"""Signing in through an OpenID Connect provider: out to it, and back with its word (code flow, PKCE, state, nonce).

Nothing is asked of the provider until somebody presses the button; its description is then kept in this process.
"""

from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, request, session, url_for
from joserfc.errors import JoseError
from structlog import get_logger
from werkzeug import Response

from moderation.dashboard import access
from moderation.dashboard.sign_in import admit
from moderation.domain.errors import NotAuthenticated
from moderation.domain.words import Role
from moderation.services import sessions, single_sign_on
from moderation.services.single_sign_on import Admission, Identity
from moderation.settings import Settings, is_guarded
from moderation.web import context

blueprint = Blueprint("single_sign_on", __name__)
log = get_logger()

Answer = str | Response | tuple[str, int]

_KEY = "vigie-oidc"
_WANTED = "wanted"
_PATIENCE_SECONDS = 5
_SIGNATURES = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
_WELL_KNOWN = "/.well-known/openid-configuration"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_FAULTS = (AuthlibBaseError, JoseError, requests.RequestException, RuntimeError, ValueError, KeyError)


def connect(app: Flask, settings: Settings) -> None:
    """Prepare the line to the provider, when one is set; no request is made here."""
    if settings.oidc_discovery_url is None:
        return
    app.extensions[_KEY] = OAuth(app).register(
        "provider",
        client_id=settings.require("oidc_client_id"),
        client_secret=settings.require("oidc_client_secret"),
        server_metadata_url=settings.oidc_discovery_url,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": _PATIENCE_SECONDS,
        },
    )


def button() -> str | None:
    """Return the provider's name for the button of the sign-in page; None when there is no provider."""
    return context().settings.oidc_name if _KEY in current_app.extensions else None


@blueprint.get("/sign-in/provider")
def start() -> Answer:
    """Send the person to the provider; who is signed in already stays so."""
    provider = _provider()
    if g.moderator:
        return redirect(access.local_path(request.args.get("next")), 303)
    for name in [name for name in session if name.startswith("_state_")]:
        del session[name]  # of tries that were given up
    try:
        _examine(provider.load_server_metadata())
        answer: Response = provider.authorize_redirect(_way_back())
    except _FAULTS as fault:
        return _failed(fault)
    session[_WANTED] = request.args.get("next", "")
    return answer


@blueprint.get("/sign-in/provider/back")
def back() -> Answer:
    """Take the provider's word and let the person in, by way of the own second factor where there is one."""
    provider, wanted = _provider(), session.pop(_WANTED, "")
    try:
        _examine(provider.load_server_metadata())
        claims = provider.authorize_access_token().get("userinfo") or {}
        identity = _identity(claims)
    except _FAULTS as fault:
        return _failed(fault)
    settings = context().settings
    admission = Admission(settings.oidc_domains, Role(settings.oidc_role) if settings.oidc_role else None)
    try:
        with context().database.session() as database:
            account = single_sign_on.account_of(database, identity, admission)
            return admit(database, account, wanted, sessions.BY_PROVIDER)
    except NotAuthenticated:
        return _page("refused", 403)


def _provider() -> Any:
    return current_app.extensions.get(_KEY) or abort(404)


def _way_back() -> str:
    base = (context().settings.public_url or request.url_root).rstrip("/")
    return base + url_for("dashboard.single_sign_on.back")


def _examine(metadata: dict[str, Any]) -> None:
    """Refuse a description that is another issuer's or leads over an open line; leave only signatures with two keys."""
    expected = str(context().settings.oidc_discovery_url).removesuffix(_WELL_KNOWN)
    if str(metadata["issuer"]).rstrip("/") != expected.rstrip("/"):
        raise ValueError("The description is another issuer's.")
    if not all(is_guarded(str(metadata[name])) for name in _ENDPOINTS):
        raise ValueError("An address of the provider is not guarded by TLS.")
    offered = set(metadata.get("id_token_signing_alg_values_supported") or ["RS256"])
    metadata["id_token_signing_alg_values_supported"] = sorted(offered & _SIGNATURES) or ["RS256"]


def _identity(claims: dict[str, Any]) -> Identity:
    return Identity(
        str(claims["iss"]),
        str(claims["sub"]),
        str(claims.get("email") or ""),
        claims.get("email_verified") in (True, "true"),
        str(claims.get("name") or ""),
    )


def _failed(fault: Exception) -> Answer:
    """Say that it did not work; what happened is told to the log, without what the provider wrote."""
    host = urlsplit(context().settings.oidc_discovery_url or "").hostname
    log.warning("single_sign_on_failed", host=host, error=type(fault).__name__)
    return _page("failed", 502)


def _page(what: str, status: int) -> tuple[str, int]:
    return render_template("dashboard/provider.html", what=what, provider=context().settings.oidc_name), status
