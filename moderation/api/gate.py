"""The gate of the API: who asks, how often they may, and one transaction for each request."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from flask import Response, request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from moderation.api.problems import Problem
from moderation.domain.errors import NotAuthenticated
from moderation.services import credentials
from moderation.storage.sites import SiteRecord
from moderation.web import Context, context

SITE_HEADER = "Vigie-Site"
_TRIES = 4
_DEADLOCK, _SERIALIZATION = "40P01", "40001"

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[SiteRecord, Parameters], Response]


def guarded(view: View[Parameters]) -> Callable[Parameters, Response]:
    """Let a view be reached by authenticated sites only; it is given the site first."""

    @wraps(view)
    def enter(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Response:
        here = context()
        with here.database.session() as session:
            site = _authenticate(session, here)
        _spend(here, site)
        return view(site, *args, **kwargs)

    return enter


def in_transaction(work: Callable[[Session], Any]) -> Any:
    """Run work in a transaction and return its result once that is committed; a deadlock's victim tries again."""
    for last in (False,) * (_TRIES - 1) + (True,):
        try:
            with context().database.session() as session:
                return work(session)
        except OperationalError as error:
            if last or getattr(error.orig, "sqlstate", None) not in (_DEADLOCK, _SERIALIZATION):
                raise
    return None


def _authenticate(session: Session, here: Context) -> SiteRecord:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.site_of_api_key(session, token.strip())
    if "webhook-signature" in request.headers:
        slug = request.headers.get(SITE_HEADER)
        if not slug:
            raise NotAuthenticated(f"Name your site in the {SITE_HEADER} header.")
        return credentials.site_of_signature(session, here.vault, slug, dict(request.headers), _signed())
    raise NotAuthenticated(
        "Send an API key (Authorization: Bearer …), or sign with Standard Webhooks headers and name your site "
        f"in {SITE_HEADER}."
    )


def _signed() -> bytes:
    """Return what the site signs: the body, or, where there is none, the method and the address."""
    target = request.environ.get("RAW_URI") or request.full_path.rstrip("?")
    return request.get_data() or f"{request.method} {target}".encode()


def _spend(here: Context, site: SiteRecord) -> None:
    """Count the request against the site's rate. Raises Problem 429."""
    rate = parse(here.settings.api_rate)
    try:
        allowed = _limiter(here).hit(rate, "api", str(site.id))
    except (RedisError, StorageError):
        allowed = _FALLBACK.hit(rate, "api", str(site.id))
    if not allowed:
        wait = str(_seconds(rate))
        raise Problem(429, f"More than {rate} requests; send batches, or wait {wait} s.", Retry_After=wait)


def _seconds(rate: RateLimitItem) -> int:
    return min(rate.get_expiry(), 60)


def _limiter(here: Context) -> FixedWindowRateLimiter:
    url = here.settings.require("broker_url")
    if url not in _LIMITERS:
        once = Retry(NoBackoff(), 0)
        storage = storage_from_string(url, socket_timeout=1, socket_connect_timeout=0.5, retry=once)  # type: ignore[arg-type]
        _LIMITERS[url] = FixedWindowRateLimiter(cast(Storage, storage))
    return _LIMITERS[url]


_LIMITERS: dict[str, FixedWindowRateLimiter] = {}
_FALLBACK = FixedWindowRateLimiter(MemoryStorage())
