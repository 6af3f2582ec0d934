"""Nudges: one outstanding serves all rows, and a broker that is away keeps nobody waiting."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from moderation.clients import tasks
from moderation.clients.tasks import TaskPublisher, outstanding_key
from moderation.embedded import EmbeddedValkey
from moderation.messages import KEY_PREFIX, TaskName

DRAIN = TaskName.DRAIN_COMMENTS
QUEUE = f"{KEY_PREFIX}{DRAIN.queue}"


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """Return a broker of its own, to be broken at will."""
    with EmbeddedValkey(tmp_path / "valkey") as valkey:
        yield valkey


@pytest.fixture
def client(valkey: EmbeddedValkey) -> Iterator["Redis"]:
    """Return a client that looks into the broker."""
    with Redis.from_url(valkey.url(0)) as client:
        yield client


def test_one_outstanding_nudge_serves_every_row(valkey: EmbeddedValkey, client: "Redis") -> None:
    """A thousand nudges are one message, until that arrives."""
    publisher = TaskPublisher(valkey.url(0))
    for _ in range(1000):
        publisher.publish(DRAIN)
    assert client.llen(QUEUE) == 1
    publisher.arrived(DRAIN)
    publisher.publish(DRAIN)
    assert client.llen(QUEUE) == 2


def test_nudges_of_threads_at_once_are_one_message(valkey: EmbeddedValkey, client: "Redis") -> None:
    """Eight threads that nudge at once send one message."""
    publisher, start = TaskPublisher(valkey.url(0)), threading.Barrier(8)

    def nudge() -> None:
        start.wait()
        publisher.publish(DRAIN)

    threads = [threading.Thread(target=nudge) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.llen(QUEUE) == 1


def test_the_note_of_an_outstanding_nudge_ends_by_itself(valkey: EmbeddedValkey, client: "Redis") -> None:
    """A nudge that got lost keeps later ones back for some seconds only."""
    TaskPublisher(valkey.url(0)).publish(DRAIN)
    assert 0 < int(client.ttl(outstanding_key(DRAIN))) <= 5


def test_a_broker_that_is_away_raises_nothing_and_is_used_again_when_back(
    valkey: EmbeddedValkey, client: "Redis"
) -> None:
    """Nudges for a broker that is stopped are dropped; the first one after its return arrives."""
    publisher = TaskPublisher(valkey.url(0))
    publisher.publish(DRAIN)
    valkey.stop()
    for _ in range(3):
        publisher.publish(DRAIN)
        publisher.arrived(DRAIN)
    assert not publisher.reachable()
    valkey.start()
    valkey.wait_ready()
    client.flushall()
    publisher.publish(DRAIN)
    assert client.llen(QUEUE) == 1


@pytest.mark.parametrize("connected", [True, False])
def test_a_broker_that_goes_between_the_note_and_the_message_keeps_nobody(
    valkey: EmbeddedValkey, client: "Redis", monkeypatch: pytest.MonkeyPatch, *, connected: bool
) -> None:
    """The broker stops in the worst moment: publishing ends by itself, and works again afterwards."""
    publisher = TaskPublisher(valkey.url(0))
    if connected:
        publisher.publish(DRAIN)
        client.flushall()
    send = publisher._celery.send_task

    def stop_then_send(*args: object, **kwargs: object) -> object:
        valkey.stop()
        return send(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(publisher._celery, "send_task", stop_then_send)
        nudge = threading.Thread(target=publisher.publish, args=(DRAIN,))
        nudge.start()
        nudge.join(20)
        assert not nudge.is_alive(), "publishing waits for a broker that has gone"
    valkey.start()
    valkey.wait_ready()
    client.flushall()
    publisher.publish(DRAIN)
    assert client.llen(QUEUE) == 1


def test_a_broker_that_hangs_is_given_up_soon(valkey: EmbeddedValkey, client: "Redis") -> None:
    """A broker that takes connections and says nothing holds an answer up for no more than its short timeout."""
    publisher = TaskPublisher(valkey.url(0))
    pid = int(client.info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        publisher.publish(DRAIN)
        assert not publisher.reachable()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert tasks._SOON["socket_timeout"] <= 1
