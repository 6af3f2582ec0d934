"""What every answer of the dashboard carries: strict headers, forms bound to their session, limited sign-ins."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug import Response

from moderation.settings import Settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_ONE_YEAR = 31_536_000
_SHARED_STORAGE = ("redis://", "rediss://", "redis+unix://", "valkey://", "valkeys://")
_LIMITED = "dashboard.sign_in.enter"

csrf = CSRFProtect()


def protect_forms(app: Flask) -> None:
    """Prepare form tokens; only the dashboard asks for them, the API authenticates each request anew."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    csrf.init_app(app)


def check_form() -> None:
    """Refuse a form that does not carry its session's token."""
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        csrf.protect()


def add_headers(response: Response, *, secure: bool) -> Response:
    """Add the headers; pages are never stored by a browser or a proxy, static files are."""
    response.headers.update(HEADERS)
    if request.endpoint != "dashboard.asset":
        response.headers["Cache-Control"] = "no-store"
    if secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}"
    return response


def limit_sign_in(app: Flask, settings: Settings) -> None:
    """Count sign-in attempts by address, in the broker; while it is away, in this process."""
    broker = settings.broker_url or ""
    limiter = Limiter(
        get_remote_address,
        storage_uri=broker if broker.startswith(_SHARED_STORAGE) else "memory://",
        storage_options={"socket_connect_timeout": 1, "socket_timeout": 1} if "redis" in broker else {},
        in_memory_fallback_enabled=True,
        swallow_errors=True,
        strategy="moving-window",
        key_prefix="vigie:sign-in",
    )
    limiter.init_app(app)
    view = app.view_functions[_LIMITED]
    app.view_functions[_LIMITED] = limiter.limit(settings.login_rate)(view)  # type: ignore[assignment]
