"""The embedded Valkey, on a real server that the tests of this module share."""

from __future__ import annotations

import signal
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from moderation.embedded import AlreadyRunning, EmbeddedValkey


@pytest.fixture(scope="module")
def valkey(open_dir: Path) -> Iterator[EmbeddedValkey]:
    """One server for the module, begun for the first time in a folder whose name needs quoting."""
    server = EmbeddedValkey(open_dir / "a folder" / "valkey")
    began = time.monotonic()
    server.start()
    server.wait_ready()
    print(f"\nValkey, first start: {time.monotonic() - began:.2f} s")
    yield server
    server.stop()


@pytest.fixture
def client(valkey: EmbeddedValkey) -> Iterator[redis.Redis]:
    """A connection to its first database."""
    with redis.Redis.from_url(valkey.url(0), decode_responses=True) as connection:
        yield connection


def restart(server: EmbeddedValkey) -> float:
    """Start it and wait; the seconds that took."""
    began = time.monotonic()
    server.start()
    server.wait_ready()
    return time.monotonic() - began


def test_it_is_the_broker_we_want(client: redis.Redis) -> None:
    """It appends to a file, syncs it each second, and refuses writes rather than forget when full."""
    wanted = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "save": ""}
    assert client.config_get(*wanted) == wanted
    assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_a_password_is_needed(valkey: EmbeddedValkey) -> None:
    """Without the password no command is answered."""
    with (
        redis.Redis(port=valkey.port, retry=Retry(NoBackoff(), 0)) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_the_password_is_hidden(valkey: EmbeddedValkey) -> None:
    """The password is in files of mode 0600 in a folder of mode 0700, and on no command line."""
    names = ("password", "valkey.conf", "port", "lock", "server.log")
    modes = {stat.S_IMODE((valkey.data_dir / name).stat().st_mode) for name in names}
    assert modes == {0o600}
    assert stat.S_IMODE(valkey.data_dir.stat().st_mode) == 0o700
    lines = [" ".join(each.cmdline()) for each in psutil.Process().children(recursive=True)]
    assert any("valkey-server" in line for line in lines)
    assert not any(valkey.password in line for line in lines)


def test_a_second_start_on_the_same_data_is_refused(valkey: EmbeddedValkey) -> None:
    """Two servers never write to one append-only file."""
    with pytest.raises(AlreadyRunning, match="The embedded Valkey already runs on"):
        EmbeddedValkey(valkey.data_dir).start()


def test_what_it_answered_survives_kill_9(valkey: EmbeddedValkey, client: redis.Redis) -> None:
    """After kill -9 of the server each list entry that it acknowledged is there, under the same URL."""
    for number in range(500):
        client.rpush("queue", number)
    url = valkey.url(0)
    psutil.Process(client.info()["process_id"]).send_signal(signal.SIGKILL)
    valkey.stop()
    print(f"\nValkey, start after kill -9: {restart(valkey):.2f} s")
    assert valkey.url(0) == url
    assert client.lrange("queue", 0, -1) == [str(number) for number in range(500)]


def test_a_taken_port_is_replaced(valkey: EmbeddedValkey) -> None:
    """When someone else has the port at the next start, another one is chosen."""
    before = valkey.port
    valkey.stop()
    with socket.socket() as intruder:
        intruder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        intruder.bind(("127.0.0.1", before))
        intruder.listen()
        restart(valkey)
    assert valkey.port != before


def test_databases_have_urls(valkey: EmbeddedValkey) -> None:
    """The URL of a numbered database leads to that database."""
    assert valkey.url(3) == f"redis://:{valkey.password}@127.0.0.1:{valkey.port}/3"
    with redis.Redis.from_url(valkey.url(3)) as third:
        third.set("here", "3")
        assert third.info("keyspace")["db3"]["keys"] == 1
