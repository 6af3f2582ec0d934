"""One signed HTTP request to a site (Standard Webhooks 1.0), to public addresses only.

The name is resolved once and the connection is made to the address that was checked, so that a name that
changes its address between check and connection gains nothing. Redirects are never followed.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpcore
from standardwebhooks.webhooks import Webhook

TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True)
class Message:
    """What is sent: `id` lets the site drop repeats, `body` is JSON text."""

    id: str
    sent_at: datetime
    body: str


@dataclass(frozen=True)
class Answer:
    """How one attempt ended. `gone`: the site wants no more (410). `retry_after`: seconds that it asked for."""

    delivered: bool
    error: str | None = None
    gone: bool = False
    retry_after: float | None = None


class AddressRefused(Exception):
    """The host is, or resolves to, an address that is not public."""


class SiteClient:
    """Sends messages to sites; safe to use from several threads."""

    def __init__(self, user_agent: str = "Vigie") -> None:
        self._user_agent = user_agent
        context = ssl.create_default_context()
        self._public = httpcore.ConnectionPool(ssl_context=context, network_backend=_GuardedBackend())
        self._any = httpcore.ConnectionPool(ssl_context=context)

    def send(self, url: str, message: Message, secrets: Sequence[str], *, private_allowed: bool) -> Answer:
        """Send a message signed with every live secret; never raises for what the network does."""
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
            OSError,
            ValueError,
        ) as error:
            return Answer(delivered=False, error=f"{type(error).__name__}: {error}"[:200])


def check_url(url: str) -> str | None:
    """Return what is wrong with a callback address, or None; the address itself is resolved at each sending."""
    parts = urlsplit(url)
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
    if isinstance(ip, ipaddress.IPv6Address):
        for inner in (ip.ipv4_mapped, ip.sixtofour, ip.teredo[1] if ip.teredo else None):
            if inner is not None and not _is_public(str(inner)):
                return False
        if ip in _NAT64:
            return _is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


def _answer(response: httpcore.Response) -> Answer:
    if 200 <= response.status < 300:
        return Answer(delivered=True)
    error = f"the site answered {response.status}"
    return Answer(False, error, response.status == 410, _retry_after(response.headers, datetime.now().astimezone()))


def _retry_after(headers: Iterable[tuple[bytes, bytes]], now: datetime) -> float | None:
    value = next((v.decode("latin-1") for k, v in headers if k.lower() == b"retry-after"), "")
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return None


class _GuardedBackend(httpcore.SyncBackend):
    """Connects to public addresses only."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check, and connect to an address that was checked."""
        last: Exception | None = None
        for address in public_addresses(host, port):
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                last = error
        raise last or httpcore.ConnectError(f"{host} has no address")


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
