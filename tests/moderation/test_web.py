"""The web process: what it needs to start, and whom it believes."""

import logging
from collections.abc import Iterator

import pytest
from flask import request

from moderation.app import create_app
from moderation.domain.errors import Misconfigured
from moderation.settings import Settings
from moderation.web import context

FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "news.example"}


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """Give the root logger back as it was: an application configures it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("missing", ["database_url", "broker_url", "secret_key", "encryption_keys"])
def test_a_missing_setting_stops_the_start(settings: Settings, missing: str) -> None:
    """Without one of the settings that the first start writes no application is made, and the sentence names it."""
    absent = () if missing == "encryption_keys" else None
    with pytest.raises(Misconfigured, match=f"VIGIE_{missing.upper()}"):
        create_app(settings.model_copy(update={missing: absent}))


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(0, ("127.0.0.1", "http", "localhost")), (1, ("203.0.113.9", "https", "news.example"))],
)
def test_forwarded_headers_are_believed_only_when_told(
    settings: Settings, proxies: int, seen: tuple[str, str, str]
) -> None:
    """Without trusted proxies the X-Forwarded headers of a caller change nothing; behind one they do."""
    app = create_app(settings.model_copy(update={"trusted_proxies": proxies}))
    with app.test_client() as client:
        client.get("/health/live", headers=FORWARDED)
        assert (request.remote_addr, request.scheme, request.host) == seen


def test_each_application_has_its_own_context(settings: Settings) -> None:
    """Two applications in one process share no settings."""
    apps = [create_app(settings.model_copy(update={"max_batch": number})) for number in (1, 2)]
    found = []
    for app in apps:
        with app.app_context():
            found.append(context().settings.max_batch)
    assert found == [1, 2]
