"""Signing in through an OpenID provider: a real one on loopback, honest and not."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text

from moderation.app import create_app
from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import accounts
from moderation.settings import Settings
from moderation.storage import moderators
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard import provider as providers
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.people import account
from tests.moderation.dashboard.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.moderation.dashboard.test_second_factor import give, set_up

LINA = "lina@example.org"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Return a running provider."""
    with providers.running() as provider:
        yield provider


def connected(settings: Settings, provider: Provider, **more: Any) -> Flask:
    """Return the application with this provider set."""
    update = {
        "oidc_discovery_url": f"{provider.issuer}/.well-known/openid-configuration",
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_name": "House Account",
    }
    return create_app(settings.model_copy(update=update | more))


@pytest.fixture
def app(settings: Settings, database: Database, broker: Redis, provider: Provider) -> Iterator[Flask]:
    """Return the application connected to the provider; only invited people come in."""
    app = connected(settings, provider)
    yield app
    app.extensions["vigie"].database.dispose()


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def leave(visitor: Visitor, path: str = "/sign-in/provider") -> str:
    """Press the button, follow the browser to the provider, and return the address that it sends back to."""
    away = visitor.client.get(path)
    assert away.status_code == 302, away.text
    answer = build_opener(_Stay(), _Errors()).open(Request(away.location))
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


class _Errors(HTTPRedirectHandler):
    def http_error_302(self, _: Any, fp: Any, __: int, ___: str, headers: Any) -> Any:
        fp.headers = headers
        return fp


def invited(database: Database, email: str = LINA, role: Role = Role.MODERATOR) -> ModeratorRecord:
    """Invite somebody who has not joined yet."""
    with database.session() as session:
        accounts.invite(session, accounts.EVERYWHERE, None, email, accounts.Roles(role, {}))
        found = moderators.by_email(session, email)
    assert found
    return found


def test_an_invited_person_comes_in(app: Flask, database: Database, provider: Provider) -> None:
    """The button leads out and back in, to the page that was asked for, into the account of the verified address."""
    invited(database)
    visitor = Visitor(app.test_client())
    assert "Sign in with House Account" in visitor.read("/sign-in")
    assert provider.requests == []
    answer = visitor.client.get(leave(visitor, "/sign-in/provider?next=/keys"))
    assert (answer.status_code, answer.location) == (303, "/keys")
    assert LINA in visitor.read("/account")
    assert visitor.client.get("/sign-in/provider").location == "/"


def test_the_button_is_only_there_when_it_leads_somewhere(settings: Settings, database: Database) -> None:
    """Without a provider there is no button and no such page."""
    app = create_app(settings)
    stranger = Visitor(app.test_client())
    assert "/sign-in/provider" not in stranger.read("/sign-in")
    stranger.read("/sign-in/provider", 404)
    stranger.read("/sign-in/provider/back", 404)
    app.extensions["vigie"].database.dispose()


def test_what_goes_out_is_bound_to_this_browser(app: Flask) -> None:
    """The request to the provider carries state, nonce and a challenge (PKCE), each new every time."""
    seen = []
    for _ in range(2):
        location = Visitor(app.test_client()).client.get("/sign-in/provider").location
        seen.append(parse_qs(urlsplit(location).query))
    for name in ("state", "nonce", "code_challenge"):
        assert len(seen[0][name][0]) >= 20
        assert seen[0][name] != seen[1][name]
    assert seen[0]["redirect_uri"] == ["http://localhost/sign-in/provider/back"]


def test_an_answer_for_another_browser_is_refused(app: Flask, database: Database) -> None:
    """An answer meant for one browser, or used before, opens nothing in another."""
    invited(database)
    mine, other = Visitor(app.test_client()), Visitor(app.test_client())
    back = leave(mine)
    leave(other)
    assert other.client.get(back).status_code == 502
    assert mine.client.get(back).status_code == 303
    assert Visitor(app.test_client()).client.get(back).status_code == 502


@pytest.mark.parametrize(
    "broken", ["state", "denied", "no id token", "key", "none", "symmetric", "issuer", "open line", "down"]
)
def test_a_provider_that_errs_opens_nothing(app: Flask, database: Database, provider: Provider, broken: str) -> None:
    """Forged, unsigned and missing tokens, a wrong state, a refusal, another issuer, an open line: a kind page."""
    invited(database)
    provider.broken = broken
    visitor = Visitor(app.test_client())
    if broken in ("issuer", "open line", "down"):
        answer = visitor.client.get("/sign-in/provider")
    else:
        answer = visitor.client.get(leave(visitor))
    assert answer.status_code == 502
    assert "House Account did not answer as it should" in answer.text
    assert visitor.client.get("/").location == "/sign-in"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "somebody else"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"sub": ""},
        {"email_verified": False},
        {"email_verified": "no"},
        {"email": None},
        {"email": "lina@example.org\0"},
    ],
)
def test_a_word_that_is_not_for_us_opens_nothing(
    app: Flask, database: Database, provider: Provider, claims: dict[str, Any]
) -> None:
    """A token for another request, client or time, from another issuer, or about an unverified address is refused."""
    invited(database)
    provider.claims = claims
    visitor = Visitor(app.test_client())
    assert visitor.client.get(leave(visitor)).status_code in (403, 502)
    assert visitor.client.get("/").location == "/sign-in"


def test_nobody_comes_in_uninvited_or_closed(app: Flask, database: Database) -> None:
    """Without an account, or with a closed one, the provider's word is not enough; no account is made."""
    visitor = Visitor(app.test_client())
    assert "nobody has invited your address" in visitor.read(leave(visitor), 403)
    closed = invited(database)
    with database.session() as session:
        session.get_one(ModeratorRecord, closed.id).active = False
    assert visitor.client.get(leave(visitor)).status_code == 403
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM moderator")) == 1


def test_an_account_is_bound_to_its_first_identity(app: Flask, database: Database, provider: Provider) -> None:
    """Another identity that later claims the same address stays out; the first one comes in under a new address."""
    invited(database)
    first, second = Visitor(app.test_client()), Visitor(app.test_client())
    assert first.client.get(leave(first)).status_code == 303
    provider.claims = {"sub": "u-2"}
    assert second.client.get(leave(second)).status_code == 403
    provider.claims = {"email": "lina.k@example.org"}
    third = Visitor(app.test_client())
    assert third.client.get(leave(third)).status_code == 303


def test_domains_and_a_role_let_a_newsroom_in(
    settings: Settings, database: Database, broker: Redis, provider: Provider
) -> None:
    """With domains and a role whoever has such an address gets that role; others stay out."""
    app = connected(settings, provider, oidc_domains=("example.org",), oidc_role="observer")
    visitor = Visitor(app.test_client())
    assert visitor.client.get(leave(visitor)).status_code == 303
    with database.session() as session:
        made = moderators.by_email(session, LINA)
        acts = session.scalars(text("SELECT act FROM audit_event")).all()
    assert made
    assert (made.role, made.password_hash, acts) == ("observer", None, ["account.created"])
    for email in ("eve@evil.example", "eve@sub.example.org", "eve@example.org.evil.example"):
        provider.claims = {"sub": email, "email": email}
        stranger = Visitor(app.test_client())
        assert stranger.client.get(leave(stranger)).status_code == 403, email
    app.extensions["vigie"].database.dispose()


def test_the_own_second_factor_is_asked_all_the_same(app: Flask, database: Database) -> None:
    """Who set up a second factor here is asked for it also after the provider's word; the house rule asks nobody."""
    lina = account(database, "Lina", Role.MODERATOR)
    owner = Visitor(app.test_client())
    owner.sign_in(lina.email)
    _, codes = set_up(owner)
    visitor = Visitor(app.test_client())
    assert visitor.client.get(leave(visitor)).location.startswith("/sign-in/code")
    assert visitor.client.get("/").location == "/sign-in"
    assert give(visitor, codes[0]) == 303


def test_the_rule_for_everybody_leaves_the_provider_alone(app: Flask, database: Database) -> None:
    """Whoever comes through the provider is not asked by the rule: the provider asks for what it wants."""
    invited(database)
    with database.session() as session:
        session.execute(text("INSERT INTO house_rule (id, second_factor_required) VALUES (1, true)"))
    visitor = Visitor(app.test_client())
    visitor.client.get(leave(visitor))
    visitor.read("/account")
