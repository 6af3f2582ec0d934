"""My account: name, address, password, and the browsers that are signed in."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text

from moderation.app import create_app
from moderation.dashboard.devices import browser_and_system
from moderation.database import Database
from moderation.domain.words import Role
from moderation.settings import Settings
from moderation.storage.moderators import DashboardSessionRecord, ModeratorRecord
from tests.moderation.dashboard.conftest import EMAIL, PASSWORD, Visitor
from tests.moderation.dashboard.people import account, signed_in

NEW = "four geese over the strait"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def sessions_of(database: Database, who: ModeratorRecord) -> list[int]:
    """Return the ids of an account's sessions."""
    with database.session() as session:
        query = session.query(DashboardSessionRecord.id).filter_by(moderator_id=who.id).order_by("id")
        return [row[0] for row in query]


def test_sessions_are_listed_and_ended_one_by_one(app: Flask, database: Database, nadia: ModeratorRecord) -> None:
    """Each browser is named in words, this one is marked, and another one ends at the press of a button."""
    here, phone = signed_in(app, nadia, FIREFOX), signed_in(app, nadia, IPHONE)
    page = here.read("/account")
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert page.count("this one") == 1
    first, second = sessions_of(database, nadia)
    assert f"/account/sessions/{first}/end" not in page
    assert here.send(f"/account/sessions/{second}/end", "/account").status_code == 303
    assert phone.client.get("/").location == "/sign-in"
    here.read("/account")


def test_nobody_ends_the_session_of_somebody_else(app: Flask, database: Database, nadia: ModeratorRecord) -> None:
    """The number of another account's session is unknown here."""
    here, other = signed_in(app, nadia), account(database, "Mona", Role.ADMINISTRATOR)
    mona = signed_in(app, other)
    assert mona.send(f"/account/sessions/{sessions_of(database, nadia)[0]}/end", "/account").status_code == 404
    here.read("/account")


def test_all_other_browsers_are_signed_out_at_once(app: Flask, database: Database, nadia: ModeratorRecord) -> None:
    """One button leaves only this browser."""
    here, *others = [signed_in(app, nadia) for _ in range(3)]
    assert (
        "2 other browsers are signed out"
        in here.client.get(here.send("/account/sessions/end-others", "/account").location).text
    )
    assert [other.client.get("/").location for other in others] == ["/sign-in", "/sign-in"]


def test_last_seen_is_coarse(app: Flask, database: Database, nadia: ModeratorRecord) -> None:
    """A request within ten minutes writes nothing; a later one moves the time forward."""
    here = signed_in(app, nadia)

    def seen() -> datetime:
        with database.session() as session:
            return session.query(DashboardSessionRecord).one().last_seen_at

    before = seen()
    here.read("/account")
    assert seen() == before
    with database.session() as session:
        session.execute(text("UPDATE dashboard_session SET last_seen_at = now() - interval '11 minutes'"))
    here.read("/account")
    assert datetime.now(UTC) - seen() < timedelta(minutes=5)


def test_a_new_password_ends_the_other_sessions(app: Flask, database: Database, nadia: ModeratorRecord) -> None:
    """After a change of password only this browser stays, and only the new password opens."""
    here, other = signed_in(app, nadia), signed_in(app, nadia)
    assert here.send("/account/password", "/account", old="wrong", password=NEW).status_code == 422
    assert here.send("/account/password", "/account", old=PASSWORD, password="azertyuiop12").status_code == 422
    other.read("/account")
    assert here.send("/account/password", "/account", old=PASSWORD, password=NEW).status_code == 303
    here.read("/account")
    assert other.client.get("/").location == "/sign-in"
    assert Visitor(app.test_client()).sign_in(EMAIL, PASSWORD).status_code == 401
    assert Visitor(app.test_client()).sign_in(EMAIL, NEW).status_code == 303


def test_name_and_address_change(app: Flask, database: Database, nadia: ModeratorRecord) -> None:
    """The name changes at once, the address with the password; a taken address or a wrong password changes nothing."""
    account(database, "Mona", Role.MODERATOR)
    here = signed_in(app, nadia)
    assert here.send("/account/name", "/account", name="  Nadia \n B. ").status_code == 303
    assert "Nadia B." in here.read("/account")
    change = {"email": "nb@example.org", "password": PASSWORD}
    for wrong in ({"password": "wrong"}, {"email": "mona@example.org"}, {"email": "no address"}):
        assert here.send("/account/address", "/account", **(change | wrong)).status_code == 422
    assert here.send("/account/address", "/account", **change).status_code == 303
    assert Visitor(app.test_client()).sign_in("NB@example.org").status_code == 303
    assert Visitor(app.test_client()).sign_in(EMAIL).status_code == 401


@pytest.mark.parametrize("broker_url", [None, "redis://127.0.0.1:1/0"])
def test_one_account_is_not_guessed_from_many_addresses(
    settings: Settings, nadia: ModeratorRecord, database: Database, broker: Redis, broker_url: str | None
) -> None:
    """Wrong passwords are counted by account as well, also while the broker is away; other accounts stay open."""
    update = {"login_rate": "3/minute", "broker_url": broker_url or settings.broker_url, "trusted_proxies": 1}
    app = create_app(settings.model_copy(update=update))
    account(database, "Mona", Role.MODERATOR)
    found = []
    for number in range(5):
        guesser = Visitor(app.test_client())
        guesser.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}"
        found.append(guesser.sign_in(EMAIL.upper() if number % 2 else EMAIL, "wrong").status_code)
    assert found == [401, 401, 401, 429, 429]
    other = Visitor(app.test_client())
    other.client.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.99"
    assert other.sign_in("mona@example.org").status_code == 303
    app.extensions["vigie"].database.dispose()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (IPHONE, ("Safari", "iPhone")),
        (CHROME, ("Chrome", "Windows")),
        (f"{CHROME} Edg/140.0", ("Edge", "Windows")),
        ("curl/8.5", (None, None)),
        (None, (None, None)),
    ],
)
def test_a_browser_in_words(agent: str | None, words: tuple[str | None, str | None]) -> None:
    """Of the header only the names of browser and system are told."""
    assert browser_and_system(agent) == words


def test_a_hostile_browser_name_is_harmless(app: Flask, nadia: ModeratorRecord) -> None:
    """A header of markup or of great length is stored short and shown as unknown."""
    here = signed_in(app, nadia, "<script>alert(1)</script>" * 1000)
    page = here.read("/account")
    assert "An unknown browser" in page
    assert "alert(1)" not in page
