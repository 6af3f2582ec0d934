"""A site that talks to the API as real ones do: signed, or with a key."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from redis import Redis
from standardwebhooks.webhooks import Webhook
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.database import Database
from moderation.domain.words import CredentialKind
from moderation.services import credentials
from moderation.services.credentials import Vault
from moderation.settings import Settings
from moderation.storage.sites import SiteRecord


@pytest.fixture
def app(settings: Settings, database: Database, broker: "Redis") -> Iterator[Flask]:
    """Return the real application on the real servers."""
    app = create_app(settings)
    yield app
    app.extensions["vigie"].database.dispose()


class Caller:
    """One site's backend."""

    def __init__(self, app: Flask, slug: str, key: str, secret: str) -> None:
        self.http, self.slug, self.key, self.secret = app.test_client(), slug, key, secret

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Send a request with the API key; a body that is not bytes becomes JSON."""
        headers = {"Authorization": f"Bearer {self.key}"} | more.pop("headers", {})
        if body is not None:
            more["data"] = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        return self.http.open(path, method=method, headers=headers, **more)

    def post(self, *comments: Any) -> TestResponse:
        """Post one comment, or several as a batch."""
        return self.send("POST", "/api/v1/comments", comments[0] if len(comments) == 1 else list(comments))

    def signed(self, method: str, path: str, body: bytes = b"", **more: Any) -> TestResponse:
        """Send a signed request; `secret`, `at` and `site` can be given wrong."""
        key, at = f"msg_{uuid4().hex}", more.get("at", datetime.now(UTC))
        content = body.decode() if body else f"{method} {path}"
        headers = {
            "Vigie-Site": more.get("site", self.slug),
            "webhook-id": key,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(more.get("secret", self.secret)).sign(key, at, content),
        }
        if body:
            headers["Content-Type"] = "application/json"
        return self.http.open(path, method=method, data=more.get("altered", body), headers=headers)


@pytest.fixture
def caller(app: Flask, database: Database, vault: Vault, site: SiteRecord) -> Caller:
    """Return the backend of the site."""
    return caller_of(app, database, vault, site)


def caller_of(app: Flask, database: Database, vault: Vault, site: SiteRecord) -> Caller:
    """Return the backend of a site, with fresh secrets."""
    with database.session() as session:
        key = credentials.issue(session, vault, site, CredentialKind.API_KEY)
        secret = credentials.issue(session, vault, site, CredentialKind.SIGNING_SECRET)
    return Caller(app, site.slug, key, secret)
