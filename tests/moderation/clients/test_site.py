"""One signed request to a site: what is signed, what is refused, what its answers mean."""

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from moderation.clients import site
from moderation.clients.site import AddressRefused, Answer, Message, SiteClient, check_url, public_addresses
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


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "2852039166",  # 169.254.169.254 as one number
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "fe80::1",
        "fe80::1%lo",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2002:7f00:1::",
        "2002:a00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
    ],
)
def test_an_address_that_is_not_public_is_refused(host: str) -> None:
    """Private, shared, link-local, metadata, reserved, multicast and translated addresses are refused."""
    with pytest.raises(AddressRefused, match="not a public address"):
        public_addresses(host, 80)


@pytest.mark.parametrize("host", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"])
def test_a_public_address_is_taken(host: str) -> None:
    """Public addresses of both families, and public ones behind NAT64, are taken."""
    assert public_addresses(host, 443) == [host]


@pytest.mark.parametrize(
    "resolved", [["10.0.0.7"], ["93.184.215.14", "10.0.0.7"], ["2606:4700::1111", "::1"], ["169.254.169.254"]]
)
def test_a_name_that_leads_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, resolved: list[str]
) -> None:
    """A name is refused as soon as one of its addresses is not public."""

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_UNSPEC, socket.SOCK_STREAM, 6, "", (address, port)) for address in resolved]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(AddressRefused, match=r"news\.example is at"):
        public_addresses("news.example", 443)


def test_an_administrator_can_allow_private_addresses(receiver: Receiver) -> None:
    """The same address is reached once that is allowed."""
    assert not send(receiver, private_allowed=False).delivered
    assert send(receiver, private_allowed=True).delivered
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://news.example/",
        "news.example/hook",
        "https:///hook",
        "https://user@news.example/",
        "https://user:word@news.example/",
        "http://[::1",
        "http://news.example:99999/",
        "http://news.example:port/",
        "http://exämple.org/",
        "http://news.example/a b",
        "http://news.example/\r\nX-Header: 1",
        "",
    ],
)
def test_a_malformed_address_is_told_when_it_is_set(url: str) -> None:
    """What can never be called is refused when it is entered, in words."""
    assert check_url(url)


def test_a_full_address_is_taken() -> None:
    """An address with port, path and query is fine."""
    assert check_url("https://news.example:8443/vigie?site=1") is None
