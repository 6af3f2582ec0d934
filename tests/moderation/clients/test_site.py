"""One signed request to a site: what is signed, what is refused, what its answers mean."""

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from moderation.clients import site
from moderation.clients.site import Answer, Message, SiteClient
from tests.moderation.clients.receiver import Handler, Received, Receiver

OLD, NEW, OTHER = (f"whsec_{letter * 42}A=" for letter in "abc")
BODY = '{"type":"comment.decided","data":{"reasons":["crié « trop » fort"]}}'


def send(receiver: Receiver, *secrets: str, private_allowed: bool = True, url: str | None = None) -> Answer:
    """Send one message."""
    message = Message("msg_1", datetime.now(UTC), BODY)
    return SiteClient().send(url or receiver.url, message, secrets or (NEW,), private_allowed=private_allowed)


def test_a_message_is_signed_with_every_live_secret(receiver: Receiver) -> None:
    """During a rotation both the old and the new secret verify the message, and no other does."""
    assert send(receiver, NEW, OLD) == Answer(delivered=True)
    (received,) = receiver.received
    assert received.verify(OLD) == received.verify(NEW)
    with pytest.raises(WebhookVerificationError):
        received.verify(OTHER)
    assert received.body.decode() == BODY
    assert received.headers["content-type"] == "application/json"
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_is_a_delivery(receiver: Receiver, status: int) -> None:
    """Any answer from 200 to 299 counts."""
    receiver.answer = lambda handler, _: handler.say(status)
    assert send(receiver).delivered


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    """A redirect is a failure, and nothing is sent to the place that it names."""
    receiver.answer = lambda handler, _: handler.say(status, Location=f"http://127.0.0.1:{receiver.port}/elsewhere")
    answer = send(receiver)
    assert (answer.delivered, answer.error) == (False, f"the site answered {status}")
    assert [r.path for r in receiver.received] == ["/vigie"]


def test_410_says_that_the_site_wants_no_more(receiver: Receiver) -> None:
    """410 Gone, and nothing else, is told as such."""
    receiver.answer = lambda handler, _: handler.say(410)
    assert send(receiver).gone
    receiver.answer = lambda handler, _: handler.say(404)
    assert not send(receiver).gone


def test_the_seconds_of_retry_after_are_read(receiver: Receiver) -> None:
    """Retry-After is read as seconds or as a date."""
    receiver.answer = lambda handler, _: handler.say(503, Retry_After="120")
    assert send(receiver).retry_after == 120
    at = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    receiver.answer = lambda handler, _: handler.say(503, Retry_After=at)
    assert 3500 < (send(receiver).retry_after or 0) <= 3600


@pytest.mark.parametrize(
    "value",
    ["soon", "-5", "1.5", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2027 00:00:00 -0000", "²"],
)
def test_a_senseless_retry_after_is_left_aside(receiver: Receiver, value: str) -> None:
    """Whatever a site writes there, the attempt ends as a plain failure."""
    receiver.answer = lambda handler, _: handler.say(503, Retry_After=value)
    assert send(receiver) == Answer(delivered=False, error="the site answered 503")


def test_a_connection_closed_without_an_answer_is_a_failure(receiver: Receiver) -> None:
    """A lost answer is no delivery: the message will be sent again."""
    receiver.answer = lambda handler, _: handler.hang_up()
    answer = send(receiver)
    assert (answer.delivered, answer.silent) == (False, True)
    assert answer.error


def test_a_site_that_does_not_answer_in_time_is_given_up(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that stays silent ends the attempt after the timeout."""
    monkeypatch.setattr(site, "TIMEOUT_SECONDS", 0.3)
    receiver.answer = lambda handler, _: time.sleep(1.5)
    answer = send(receiver)
    assert answer.silent
    assert answer.error
    assert answer.error.startswith("ReadTimeout")


def test_a_site_that_answers_drop_by_drop_is_given_up(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timeout is for the whole attempt: a header now and then does not prolong it."""
    monkeypatch.setattr(site, "TIMEOUT_SECONDS", 0.5)
    sent: list[float] = []

    def drip(handler: Handler, _: Received) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            try:
                handler.wfile.write(f"X-Drop-{number}: 1\r\n".encode())
            except OSError:
                break
            sent.append(time.monotonic())
            time.sleep(0.1)
        handler.hang_up()

    receiver.answer = drip
    answer = send(receiver)
    assert not answer.delivered
    assert len(sent) < 100
    assert all(later > earlier for earlier, later in pairwise(sent))


def test_nonsense_instead_of_http_is_a_failure(receiver: Receiver) -> None:
    """Bytes that are no HTTP end the attempt, not the sender."""

    def babble(handler: Handler, _: Received) -> None:
        handler.wfile.write(b"\x00\xff nonsense\r\n\r\n")
        handler.hang_up()

    receiver.answer = babble
    assert not send(receiver).delivered


def test_a_refused_connection_and_an_unknown_host_are_failures(receiver: Receiver) -> None:
    """Where nobody listens, and where no name is, the attempt fails in order."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert send(receiver, url=f"http://127.0.0.1:{probe.getsockname()[1]}/").silent
    assert not send(receiver, url="http://nobody.invalid/").delivered
    assert not send(receiver, url="http://exämple.org/").delivered


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::]",
        "0.0.0.0",  # noqa: S104
        "2130706433",  # 127.0.0.1 as one number
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::ffff:0:127.0.0.1]",
    ],
)
def test_no_spelling_of_this_machine_is_reached(receiver: Receiver, host: str) -> None:
    """However loopback is written, nothing reaches a server that listens there."""
    answer = send(receiver, private_allowed=False, url=f"http://{host}:{receiver.port}/")
    assert not answer.delivered
    assert answer.error
    assert "not a public address" in answer.error
    assert receiver.received == []


def test_an_administrator_can_allow_private_addresses(receiver: Receiver) -> None:
    """The same address is reached once that is allowed."""
    assert not send(receiver, private_allowed=False).delivered
    assert send(receiver, private_allowed=True).delivered
    assert len(receiver.received) == 1
