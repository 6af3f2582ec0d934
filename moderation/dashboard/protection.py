"""What every answer of the dashboard carries: strict headers, forms bound to their session, limited sign-ins."""

from collections.abc import Callable

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug import Response

from moderation.dashboard.access import whose_account
from moderation.dashboard.sign_in import whose_code
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
_BY_ACCOUNT: dict[str, Callable[[], str]] = {  # where guesses are counted, and whose account they are about
    "dashboard.sign_in.enter": lambda: request.form.get("email", "").strip().lower()[:254],
    "dashboard.sign_in.enter_code": whose_code,
    "dashboard.joining.accept": lambda: str((request.view_args or {}).get("token")),
    "dashboard.second_factor.confirm": whose_account,
    "dashboard.second_factor.renew": whose_account,
    "dashboard.second_factor.remove": whose_account,
    "dashboard.account.change_address": whose_account,
    "dashboard.account.change_password": whose_account,
}
_WRONG = (401, 422)

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
    """Count attempts by address, and wrong ones by account, in the broker; while it is away, in this process."""
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
    for endpoint, whose in _BY_ACCOUNT.items():
        by_address = limiter.shared_limit(settings.login_rate, scope=_scope(endpoint))
        by_account = limiter.shared_limit(
            settings.login_rate, scope=f"account-{_scope(endpoint)}", key_func=whose, deduct_when=_was_wrong
        )
        app.view_functions[endpoint] = by_address(by_account(app.view_functions[endpoint]))  # type: ignore[assignment]


def _scope(endpoint: str) -> str:
    return endpoint.split(".")[1]


def _was_wrong(response: Response) -> bool:
    return response.status_code in _WRONG
