"""The settings of a site: where decisions are told."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services.credentials import Vault
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.clients.receiver import Receiver, receiving
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.settings_desk import BASE, acts, of_one_site, open_callback, site


@pytest.fixture(autouse=True)
def administrator(nadia: ModeratorRecord, database: Database) -> None:
    """Make Nadia the administrator of every site."""
    with database.session() as session:
        session.get_one(ModeratorRecord, nadia.id).role = Role.ADMINISTRATOR


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a site's endpoint that answers 204."""
    with receiving() as running:
        yield running


def test_the_trial_sends_a_signed_message(
    desk: Desk, visitor: Visitor, database: Database, vault: Vault, receiver: Receiver
) -> None:
    """The button sends one message that the site's secret verifies, about no comment, and tells the status and time."""
    secret = open_callback(database, desk, vault, receiver.url)
    page = visitor.send(f"{BASE}/callback/trial", f"{BASE}/callback").text
    (received,) = receiver.received
    event = received.verify(secret)
    assert (event["type"], event["data"]) == ("callback.test", {"site": "lejour"})
    assert "The site took the message." in page
    assert "HTTP status 204" in page
    assert re.search(r"\d ms", page)
    assert acts(database)[-1] == ("site.callback_tested", {"outcome": "delivered", "status": 204})


def test_the_trial_tells_a_refusal_in_plain_words(
    desk: Desk, visitor: Visitor, database: Database, vault: Vault, receiver: Receiver
) -> None:
    """A site that answers 500, and an address where nothing listens, are told apart; nothing raises."""
    open_callback(database, desk, vault, receiver.url)
    receiver.answer = lambda handler, _: handler.say(500)
    page = visitor.send(f"{BASE}/callback/trial", f"{BASE}/callback").text
    assert "not with a success" in page
    assert "HTTP status 500" in page
    open_callback(database, desk, vault, "http://127.0.0.1:9/")
    assert "Nothing answers at this address" in visitor.send(f"{BASE}/callback/trial", f"{BASE}/callback").text


def test_the_trial_calls_no_private_address_unasked(
    desk: Desk, visitor: Visitor, database: Database, vault: Vault, receiver: Receiver
) -> None:
    """A private address that was not allowed is not called; the page says why."""
    open_callback(database, desk, vault, receiver.url)
    visitor.send(f"{BASE}/callback", f"{BASE}/callback", url=receiver.url)
    assert "Vigie did not call" in visitor.send(f"{BASE}/callback/trial", f"{BASE}/callback").text
    assert receiver.received == []


def test_an_address_is_saved_removed_or_refused(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A good address is kept, a malformed one is refused with what was typed, an empty one tells nobody."""
    visitor.send(f"{BASE}/callback", f"{BASE}/callback", url="https://example.org/vigie", private="on")
    assert (site(database).callback_url, site(database).callback_private_allowed) == ("https://example.org/vigie", True)
    refused = visitor.send(f"{BASE}/callback", f"{BASE}/callback", url="javascript:alert(1)")
    assert "no address that can be called" in refused.text
    assert site(database).callback_url == "https://example.org/vigie"
    visitor.send(f"{BASE}/callback", f"{BASE}/callback", url="")
    assert site(database).callback_url is None


def test_one_who_administers_a_single_site_cannot_open_private_addresses(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """The switch for private addresses belongs to those who administer every site, form field or not."""
    of_one_site(database, nadia, desk.site.id)
    visitor.send(f"{BASE}/callback", f"{BASE}/callback", url="http://10.0.0.1/", private="on")
    assert site(database).callback_private_allowed is False


def test_a_pause_is_kept_and_ended(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Pausing keeps the address and stops telling; going on tells again."""
    visitor.send(f"{BASE}/callback", f"{BASE}/callback", url="https://example.org/vigie")
    visitor.send(f"{BASE}/callback/pause", f"{BASE}/callback")
    assert (site(database).callback_url, site(database).callback_active) == ("https://example.org/vigie", False)
    visitor.send(f"{BASE}/callback/pause", f"{BASE}/callback", active="on")
    assert site(database).callback_active is True
    assert [act for act, _ in acts(database)] == ["site.callback_changed"] * 3


def test_failures_are_listed(desk: Desk, visitor: Visitor, database: Database, vault: Vault) -> None:
    """What could not be delivered is listed with the comment, the attempts and what came back."""
    open_callback(database, desk, vault, "https://example.org/vigie")
    desk.receive("Un texte", "c-77")
    with database.session() as session:
        session.execute(text("UPDATE callback SET attempts = 3, last_error = 'the site answered 503'"))
    page = visitor.read(f"{BASE}/callback")
    assert "c-77" in page
    assert "the site answered 503" in page
