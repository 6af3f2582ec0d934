"""The second factor: setting up, signing in with it, recovery codes, what an administrator may do."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from redis import Redis
from sqlalchemy import text

from moderation.app import create_app
from moderation.database import Database
from moderation.domain.words import Role
from moderation.settings import Settings
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import EMAIL, PASSWORD, Visitor
from tests.moderation.dashboard.people import account, signed_in

PAGE = "/account/second-factor"


def soon() -> datetime:
    """Return the beginning of a half minute that is about to come: cookies of now are still good then."""
    return datetime.fromtimestamp((int(datetime.now(UTC).timestamp()) // 30 + 2) * 30, UTC)


def secret_on(page: str) -> str:
    """Return the secret that the page shows for typing."""
    found = re.search(r'secret-words">([A-Z2-7]+)<', page)
    assert found
    return found[1]


def codes_on(page: str) -> list[str]:
    """Return the recovery codes that the page shows."""
    return re.findall(r"<code>([a-z0-9-]{19})</code>", page)


def set_up(visitor: Visitor) -> tuple[pyotp.TOTP, list[str]]:
    """Turn the second factor on, as a person does; return the app and the recovery codes."""
    phone = pyotp.TOTP(secret_on(visitor.read(PAGE)))
    answer = visitor.send(PAGE, PAGE, code=phone.now())
    assert answer.status_code == 200, answer.text
    return phone, codes_on(answer.text)


def first_step(app: Flask, email: str = EMAIL) -> Visitor:
    """Give the password; the code is still missing."""
    visitor = Visitor(app.test_client())
    answer = visitor.sign_in(email)
    assert answer.location.startswith("/sign-in/code")
    return visitor


def give(visitor: Visitor, code: str, **fields: str) -> int:
    """Type a code on the second page."""
    return visitor.send("/sign-in/code", "/sign-in/code", code=code, **fields).status_code


def test_the_picture_holds_what_the_app_needs(visitor: Visitor) -> None:
    """The page draws a QR code without any address outside; a reload shows the same secret."""
    page = visitor.read(PAGE)
    assert "<svg" in page
    assert page.count("<path") >= 2
    assert secret_on(page) == secret_on(visitor.read(PAGE))


def test_signing_in_asks_for_the_code(app: Flask, visitor: Visitor) -> None:
    """With a second factor the password alone opens nothing; with the app's code one is in and where one wanted."""
    with time_machine.travel(soon(), tick=False) as clock:
        phone, codes = set_up(visitor)
        assert len(set(codes)) == 10
        clock.shift(60)
        halfway = first_step(app)
        assert halfway.client.get("/").location == "/sign-in"
        assert give(halfway, "000000") == 401
        answer = halfway.send("/sign-in/code", "/sign-in/code", code=phone.now(), next="/keys")
        assert (answer.status_code, answer.location) == (303, "/keys")
        halfway.read("/account")


def test_no_code_works_twice(app: Flask, visitor: Visitor) -> None:
    """A code that was seen over a shoulder is worth nothing: neither it nor an earlier one is accepted again."""
    with time_machine.travel(begin := soon(), tick=False) as clock:
        phone, _ = set_up(visitor)
        assert give(first_step(app), phone.now()) == 401
        clock.shift(60)
        code, earlier = phone.now(), phone.at(begin + timedelta(seconds=30))
        assert give(first_step(app), code) == 303
        assert give(first_step(app), code) == 401
        assert give(first_step(app), earlier) == 401
        clock.shift(30)
        assert give(first_step(app), phone.now()) == 303


@pytest.mark.parametrize(("seconds", "status"), [(-90, 401), (-30, 303), (30, 303), (90, 401)])
def test_clocks_may_differ_by_half_a_minute(app: Flask, visitor: Visitor, seconds: int, status: int) -> None:
    """The code of the half minute before or after is accepted, an older or later one is not."""
    with time_machine.travel(begin := soon(), tick=False) as clock:
        phone, _ = set_up(visitor)
        clock.shift(300)
        assert give(first_step(app), phone.at(begin + timedelta(seconds=300 + seconds))) == status


def test_recovery_codes_work_once(app: Flask, visitor: Visitor, database: Database) -> None:
    """Each recovery code opens the door once, typed in any manner; what is stored is a hash."""
    _, codes = set_up(visitor)
    assert give(first_step(app), f" {codes[0].upper().replace('-', ' ')} ") == 303
    assert give(first_step(app), codes[0]) == 401
    assert give(first_step(app), codes[1]) == 303
    with database.session() as session:
        stored = str(session.execute(text("SELECT r::text, a::text FROM recovery_code r, audit_event a")).all())
        assert session.scalar(text("SELECT count(*) FROM recovery_code")) == 8
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_the_secret_is_stored_encrypted(visitor: Visitor, database: Database, nadia: ModeratorRecord) -> None:
    """A copy of the database does not show the secret of the app."""
    phone, _ = set_up(visitor)
    with database.session() as session:
        stored = session.get_one(ModeratorRecord, nadia.id).totp_secret
    assert stored
    assert phone.secret.encode() not in stored


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "0" * 10_000, "\0"])
def test_nonsense_is_no_code(visitor: Visitor, code: str) -> None:
    """What is no code of the app is answered kindly and turns nothing on."""
    answer = visitor.send(PAGE, PAGE, code=code)
    assert answer.status_code == 422
    assert "wrong or too old" in answer.text
    assert visitor.read("/account").count("Off. Your password alone") == 1


def test_guessing_codes_is_limited(
    settings: Settings, nadia: ModeratorRecord, database: Database, broker: Redis
) -> None:
    """From many addresses the codes of one account are guessed no faster than from one."""
    app = create_app(settings.model_copy(update={"login_rate": "3/minute", "trusted_proxies": 1}))
    first = Visitor(app.test_client())
    assert first.sign_in().status_code == 303
    set_up(first)
    found = []
    for number in range(5):
        guesser = Visitor(app.test_client())
        guesser.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}"
        guesser.sign_in()
        found.append(give(guesser, "000000"))
    assert found == [401, 401, 401, 429, 429]
    app.extensions["vigie"].database.dispose()


def test_halfway_opens_nothing_and_ends(app: Flask, visitor: Visitor) -> None:
    """Between the two steps no page opens; after ten minutes, or once the password changed, it starts again."""
    with time_machine.travel(soon(), tick=False) as clock:
        phone, _ = set_up(visitor)
        clock.shift(60)
        halfway = first_step(app)
        for path in ("/", "/account", "/accounts", PAGE):
            assert halfway.client.get(path).status_code == 303
        token = halfway.token("/sign-in/code")
        visitor.send("/account/password", "/account", old=PASSWORD, password="four geese over the strait")
        refused = halfway.client.post("/sign-in/code", data={"csrf_token": token, "code": phone.now()})
        assert refused.status_code == 401
        clock.shift(601)
        assert halfway.client.get("/sign-in/code").location == "/sign-in"
    assert Visitor(app.test_client()).client.get("/sign-in/code").location == "/sign-in"


def test_taking_it_away_asks_for_the_password(app: Flask, visitor: Visitor) -> None:
    """Whoever finds an open browser cannot turn the second factor off; its owner can, and can renew the codes."""
    _, old = set_up(visitor)
    for act in ("remove", "codes"):
        assert visitor.send(f"{PAGE}/{act}", PAGE, password="wrong").status_code == 422
    new = codes_on(visitor.send(f"{PAGE}/codes", PAGE, password=PASSWORD).text)
    assert not set(old) & set(new)
    assert give(first_step(app), old[0]) == 401
    assert visitor.send(f"{PAGE}/remove", PAGE, password=PASSWORD).status_code == 303
    assert Visitor(app.test_client()).sign_in().location == "/"


def test_an_administrator_resets_it_for_somebody(app: Flask, database: Database, visitor: Visitor) -> None:
    """For the day telephone and codes are lost; the trail tells it."""
    set_up(visitor)
    ada = signed_in(app, account(database, "Ada", Role.ADMINISTRATOR))
    with database.session() as session:
        number = session.scalar(text("SELECT id FROM moderator WHERE name = 'Nadia'"))
    assert ada.send(f"/accounts/{number}/second-factor/reset", "/account").status_code == 303
    assert Visitor(app.test_client()).sign_in().location == "/"
    assert "Second factor reset by an administrator" in ada.read("/audit")


def test_everybody_may_be_asked_for_it(app: Flask, database: Database, visitor: Visitor) -> None:
    """Under the rule every page leads to setting it up, at once; afterwards, and without the rule, work goes on."""
    ada = signed_in(app, account(database, "Ada", Role.ADMINISTRATOR))
    set_up(ada)
    assert ada.send("/accounts/rule", "/account", second_factor="required").status_code == 303
    for path in ("/", "/account", "/keys"):
        assert visitor.client.get(path).location == PAGE
    assert visitor.send("/account/name", PAGE, name="X").location == PAGE
    assert "asks everybody for a second factor" in visitor.read(PAGE)
    set_up(visitor)
    visitor.read("/account")
    ada.send("/accounts/rule", "/account", second_factor="free")
    late = account(database, "Late", Role.MODERATOR)
    assert signed_in(app, late).client.get("/").status_code == 200
