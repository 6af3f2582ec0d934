"""Signing in and out, the session cookie, the languages."""

import pytest
from flask import Flask

from moderation.app import create_app
from moderation.dashboard.access import local_path
from moderation.database import Database
from moderation.settings import Settings
from moderation.storage.moderators import DashboardSessionRecord, ModeratorRecord
from tests.moderation.dashboard.conftest import EMAIL, PASSWORD, Visitor


def test_signing_in_opens_the_queue_and_signing_out_ends_it(visitor: Visitor, database: Database) -> None:
    """The right password opens the queue; after signing out the session is gone, here and in the database."""
    assert "Nadia" in visitor.read("/")
    with database.session() as session:
        assert session.query(DashboardSessionRecord).count() == 1
    assert visitor.send("/sign-out", "/").status_code == 303
    assert visitor.client.get("/").location == "/sign-in"
    with database.session() as session:
        assert session.query(DashboardSessionRecord).count() == 0


def test_a_stolen_cookie_is_worthless_after_signing_out(app: Flask, visitor: Visitor) -> None:
    """Whoever kept the cookie of an ended session is a stranger."""
    cookie = visitor.client.get_cookie("vigie")
    assert cookie
    visitor.send("/sign-out", "/")
    thief = Visitor(app.test_client())
    thief.client.set_cookie("vigie", cookie.value)
    assert thief.client.get("/").location == "/sign-in"


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD), ("\0", PASSWORD), ("", ""), (EMAIL, "p" * 100_000)],
)
def test_wrong_credentials_get_one_answer(stranger: Visitor, nadia: ModeratorRecord, email: str, password: str) -> None:
    """A wrong password, an unknown address and nonsense get the same page, and no session."""
    response = stranger.sign_in(email, password)
    assert response.status_code == 401
    assert "The address or the password is wrong" in response.text
    assert stranger.client.get("/").location == "/sign-in"


def test_a_closed_account_is_out_at_once(visitor: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """Closing an account ends its open sessions with the next request."""
    with database.session() as session:
        session.get_one(ModeratorRecord, nadia.id).active = False
    assert visitor.client.get("/").status_code == 303


def test_cookie_is_strict(visitor: Visitor, stranger: Visitor, nadia: ModeratorRecord) -> None:
    """Scripts never see the cookie, and other sites' forms do not send it."""
    cookie = stranger.sign_in().headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_cookie_is_bound_to_https_behind_tls(settings: Settings, nadia: ModeratorRecord) -> None:
    """With secure cookies the cookie is `__Host-` and Secure, and HSTS is sent."""
    app = create_app(settings.model_copy(update={"secure_cookies": True}))
    response = app.test_client().get("/sign-in", base_url="https://vigie.example")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-vigie=")
    assert "Secure" in cookie.split("; ")
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    app.extensions["vigie"].database.dispose()


def test_form_secret_changes_at_sign_in(stranger: Visitor, nadia: ModeratorRecord) -> None:
    """A form token from before the sign-in is refused afterwards."""
    before = stranger.token()
    stranger.sign_in()
    refused = stranger.client.post("/preferences", data={"csrf_token": before, "theme": "dark"})
    assert refused.status_code == 400
    assert "This page was open for too long" in refused.text


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "javascript:alert(1)",
     "/a\\b", " //evil.example", "evil.example", "///evil.example", "/\n/evil.example"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(stranger: Visitor, nadia: ModeratorRecord, elsewhere: str, app: Flask) -> None:
    """After the sign-in only a path of this site is followed."""
    with app.test_request_context():
        assert local_path(elsewhere) == "/"
    assert stranger.sign_in(next=elsewhere).location == "/"


def test_sign_in_leads_back_to_the_page_that_was_asked_for(stranger: Visitor, nadia: ModeratorRecord) -> None:
    """A stranger who follows a link to a comment arrives there after signing in."""
    location = stranger.client.get("/comments/7?reason=shouting").location
    assert location == "/sign-in?next=/comments/7?reason%3Dshouting"
    assert stranger.sign_in(next="/comments/7?reason=shouting").location == "/comments/7?reason=shouting"
    assert stranger.client.get("/sign-in").location == "/"


@pytest.mark.parametrize("broker_url", [None, "redis://127.0.0.1:1/0"])
def test_sign_in_is_limited(settings: Settings, nadia: ModeratorRecord, broker_url: str | None) -> None:
    """After three tries a fourth is asked to wait, also while the broker is away; other pages stay open."""
    update = {"login_rate": "3/minute", "broker_url": broker_url or settings.broker_url}
    app = create_app(settings.model_copy(update=update))
    guesser = Visitor(app.test_client())
    assert [guesser.sign_in(EMAIL, "wrong").status_code for _ in range(4)] == [401, 401, 401, 429]
    last = guesser.sign_in()
    assert (last.status_code, last.headers["Retry-After"]) == (429, "60")
    assert guesser.client.get("/sign-in").status_code == 200
    app.extensions["vigie"].database.dispose()


def test_language_follows_the_browser_then_the_account(
    stranger: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """Strangers read their browser's language; a choice is kept with the account."""
    french = {"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"}
    assert "Se connecter" in stranger.read("/sign-in", headers=french)
    assert "Sign in" in stranger.read("/sign-in", headers={"Accept-Language": "de"})
    stranger.sign_in()
    assert "Review queue" in stranger.read("/", headers=french)
    stranger.send("/preferences", "/", language="fr")
    assert '<html lang="fr"' in stranger.read("/")
    with database.session() as session:
        assert session.get_one(ModeratorRecord, nadia.id).language == "fr"


def test_tastes_are_kept(visitor: Visitor) -> None:
    """Light or dark and the keys stay as they were chosen, also across a sign-out; nonsense is left alone."""
    visitor.send("/preferences", "/", theme="dark", keys="off")
    assert "data-keys" not in visitor.read("/")
    visitor.send("/preferences", "/", theme="pink", keys="maybe", language="xx")
    visitor.send("/sign-out", "/")
    assert 'data-theme="dark"' in visitor.read("/sign-in")
