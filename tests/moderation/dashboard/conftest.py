"""The dashboard under test: the real application on the real database, a browserless visitor."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from moderation.app import create_app
from moderation.database import Database
from moderation.services import moderators, sites
from moderation.settings import Settings
from moderation.storage.moderators import ModeratorRecord
from moderation.web import Context
from tests.moderation.dashboard.desk import Desk

PASSWORD = "a lookout on a mast"
EMAIL = "nadia@example.org"


@pytest.fixture
def desk(database: Database) -> Desk:
    """Return a site with the default policy."""
    with database.session() as session:
        return Desk(database, sites.create(session, "lejour", "Le Jour"))


@pytest.fixture
def app(settings: Settings, database: Database, broker: "Redis") -> Iterator[Flask]:
    """Return the web application, sign-ins of earlier tests forgotten."""
    app = create_app(settings)
    yield app
    found: Context = app.extensions["vigie"]
    found.database.dispose()


@pytest.fixture
def nadia(database: Database) -> ModeratorRecord:
    """Return an account that speaks English."""
    with database.session() as session:
        account = moderators.create(session, EMAIL, "Nadia", PASSWORD)
        account.language = "en"
        return account


class Visitor:
    """A browser without script: follows forms as they are on the page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def read(self, path: str, status: int = 200, **options: Any) -> str:
        """Open a page and return its text."""
        response = self.client.get(path, **options)
        assert response.status_code == status, response.text
        return response.text

    def token(self, path: str = "/sign-in") -> str:
        """Return the form token that a page carries."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.read(path))
        assert found
        return found[1]

    def send(self, path: str, page: str = "/sign-in", **fields: Any) -> TestResponse:
        """Send a form as the page would."""
        return self.client.post(path, data={"csrf_token": self.token(page), **fields})

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Fill the sign-in form."""
        return self.send("/sign-in", email=email, password=password, **fields)

    def decide(self, comment_id: int, **fields: Any) -> TestResponse:
        """Press a button on the comment's page."""
        return self.send(f"/comments/{comment_id}/decision", "/keys", **({"revision": 1} | fields))


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Return a visitor who is not signed in."""
    return Visitor(app.test_client())


@pytest.fixture
def visitor(app: Flask, nadia: ModeratorRecord) -> Visitor:
    """Return Nadia, signed in."""
    signed_in = Visitor(app.test_client())
    assert signed_in.sign_in().status_code == 303
    return signed_in
