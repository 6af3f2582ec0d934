"""Which addresses callbacks may go to."""

import socket

import pytest

from moderation.clients.site import AddressRefused, check_url, public_addresses


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
