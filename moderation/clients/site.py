"""One signed HTTP request to a site (Standard Webhooks 1.0), to public addresses only.

The name is resolved once and the connection is made to the address that was checked, so that a name that
changes its address between check and connection gains nothing. Redirects are never followed.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpcore
from standardwebhooks.webhooks import Webhook

TIMEOUT_SECONDS = 15.0  # for a whole attempt, however slowly a site talks


@dataclass(frozen=True)
class Message:
    """What is sent: `id` lets the site drop repeats, `body` is JSON text."""

    id: str
    sent_at: datetime
    body: str


@dataclass(frozen=True)
class Answer:
    """How one attempt ended.

    `gone`: the site wants no more (410). `retry_after`: seconds that it asked for. `silent`: it gave no answer.
    `status`: the HTTP status of its answer.
    """

    delivered: bool
    error: str | None = None
    gone: bool = False
    retry_after: float | None = None
    silent: bool = False
    status: int | None = field(default=None, compare=False)


class AddressRefused(Exception):
    """The host is, or resolves to, an address that is not public."""


class SiteClient:
    """Sends messages to sites; safe to use from several threads."""

    def __init__(self, user_agent: str = "Vigie") -> None:
        self._user_agent = user_agent
        context = ssl.create_default_context()
        self._public, self._any = (
            httpcore.ConnectionPool(
                ssl_context=context,
                max_connections=None,
                max_keepalive_connections=0,  # one connection, one attempt: its deadline is the attempt's
                network_backend=backend,
            )
            for backend in (_GuardedBackend(), _Backend())
        )

    def send(self, url: str, message: Message, secrets: Sequence[str], *, private_allowed: bool) -> Answer:
        """Send a message signed with every live secret; never raises for what the site or the network does."""
        if problem := check_url(url):
            return Answer(delivered=False, error=f"the callback address {problem}")
        signatures = " ".join(Webhook(secret).sign(message.id, message.sent_at, message.body) for secret in secrets)
        headers: dict[bytes | str, bytes | str] = {
            "Content-Type": "application/json",
            "User-Agent": self._user_agent,
            "webhook-id": message.id,
            "webhook-timestamp": str(int(message.sent_at.timestamp())),
            "webhook-signature": signatures,
        }
        pool = self._any if private_allowed else self._public
        limits = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_SECONDS)
        try:
            with pool.stream(
                "POST", url, headers=headers, content=message.body.encode(), extensions={"timeout": limits}
            ) as response:
                return _answer(response)
        except AddressRefused as error:
            return Answer(delivered=False, error=str(error))
        except (
            httpcore.NetworkError,
            httpcore.TimeoutException,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
            OSError,
            ValueError,
        ) as error:
            return Answer(delivered=False, error=f"{type(error).__name__}: {error}"[:200], silent=True)


def check_url(url: str) -> str | None:
    """Return what is wrong with a callback address, or None; the address itself is resolved at each sending."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return "must be written in ASCII without spaces, a host name with other letters as xn--…"
    try:
        parts = urlsplit(url)
        _ = parts.port  # read to have it checked
    except ValueError as error:
        return f"is malformed: {error}"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "must be a full http:// or https:// address"
    if parts.username or parts.password:
        return "must not hold a user name or a password"
    return None


def public_addresses(host: str, port: int) -> list[str]:
    """Resolve a host and return its addresses. Raises AddressRefused when any of them is not public."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not _is_public(address):
            raise AddressRefused(
                f"{host} is at {address}, which is not a public address; an administrator can allow private addresses"
            )
    return addresses


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if any(ip in network for network in _RESERVED if network.version == ip.version):
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return _is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.sixtofour is not None and not _is_public(str(ip.sixtofour)):
            return False
        return ip in _GLOBAL_UNICAST and ip.is_global
    return ip.is_global and not ip.is_multicast


def _answer(response: httpcore.Response) -> Answer:
    if 200 <= response.status < 300:
        return Answer(delivered=True, status=response.status)
    error = f"the site answered {response.status}"
    wait = _retry_after(response.headers, datetime.now().astimezone())
    return Answer(False, error, response.status == 410, wait, status=response.status)


def _retry_after(headers: Iterable[tuple[bytes, bytes]], now: datetime) -> float | None:
    value = next((v.decode("latin-1") for k, v in headers if k.lower() == b"retry-after"), "")
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


class _Timed(httpcore.NetworkStream):
    """A connection that ends at a deadline, also when every single answer comes in time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        return self._stream.read(max_bytes, self._left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, self._left(httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on encrypted, under the same deadline."""
        left = self._left(httpcore.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._stream.get_extra_info(info)

    def _left(self, error: type[httpcore.TimeoutException]) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise error(f"the attempt took more than {TIMEOUT_SECONDS:g} s")
        return left


class _Backend(httpcore.SyncBackend):
    """Connects to any address; each connection has one deadline."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        last: Exception | None = None
        for address in self._addresses(host, port):
            left = max(0.1, deadline - time.monotonic())
            try:
                stream = super().connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _Timed(stream, deadline)
        raise last or httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        return [host]


class _GuardedBackend(_Backend):
    """Connects to public addresses only, and to the very ones that were checked."""

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        return public_addresses(host, port)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Not for hosts on the open Internet, whatever the version of Python knows of them.
_RESERVED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments; one of them serves a cloud's metadata
        "192.88.99.0/24",  # the old anycast relays from IPv6
        "168.63.129.16/32",  # a cloud's host agent, reachable from inside only
        "2001::/32",  # Teredo
        "3fff::/20",  # documentation
    )
)
