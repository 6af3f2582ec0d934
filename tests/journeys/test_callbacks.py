"""What was decided reaches the site: signed, in order, again until it answers, and without the text."""

import json
import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet

from classifiers.scorer import Scorer
from moderation.database import Database
from moderation.domain.words import Verdict
from moderation.services import sites
from moderation.services.callbacks import BATCH_SIZE, WAITS
from moderation.services.credentials import Vault
from moderation.storage import callbacks
from moderation.storage.sites import SiteRecord
from tests.journeys.desk import MARK, Desk
from tests.moderation.clients.receiver import Answering, Handler, Received, Receiver, accept, receiving
from tests.workers.processes import PATIENCE_SECONDS

LOUD = "MAIS QU’EST-CE QUE CE GOUVERNEMENT ATTEND POUR OUVRIR LES BARRAGES ENFIN !"


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """Return the shipped classifiers, loaded once."""
    return Scorer.load()


@pytest.fixture
def desk(database: Database, vault: Vault, scorer: Scorer) -> Desk:
    """Return a desk without sites."""
    return Desk(database, vault, scorer)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a running receiver that answers 204."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def site(desk: Desk, receiver: Receiver) -> SiteRecord:
    """Return a site that is told at the receiver."""
    return desk.open_site("lejour", receiver.url)


def saying(status: int, **headers: str) -> Answering:
    """Return a way to answer: always this status."""
    return lambda handler, _: handler.say(status, **headers)


def keys(receiver: Receiver) -> list[str]:
    """Return which comments were told of, in order."""
    return [received.data["comment_id"] for received in receiver.received]


def test_a_decision_is_told_with_its_labels_and_without_the_text(
    desk: Desk, site: SiteRecord, receiver: Receiver
) -> None:
    """The site learns ids, verdict, status, labels and scores; no word of the comment leaves."""
    desk.decide(site, "calm")
    desk.decide(site, "loud", body=f"{LOUD} {MARK.upper()} {MARK.upper()}")
    assert desk.deliver() == 2
    calm, loud = sorted(receiver.received, key=lambda received: str(received.data["comment_id"]))
    assert (calm.data["comment_id"], calm.data["verdict"], calm.data["status"]) == ("calm", "publish", "published")
    assert (loud.data["verdict"], loud.data["status"]) == ("review", "in_review")
    assert "shouting" in loud.data["labels"]
    assert loud.data["decision_id"] == loud.id
    assert loud.data["scores"]["shouting"] >= 0.5
    for received in receiver.received:
        assert MARK not in json.dumps(json.loads(received.body), ensure_ascii=False).lower()
        assert "barrages" not in received.body.decode().lower()


def test_during_a_rotation_both_secrets_verify(desk: Desk, site: SiteRecord, receiver: Receiver) -> None:
    """A message carries a signature for every live secret; one that was revoked signs no more."""
    first, second = desk.rotate(site), desk.rotate(site)
    desk.decide(site, "c1")
    desk.deliver()
    (received,) = receiver.received
    assert received.verify(first) == received.verify(second)
    assert len(received.headers["webhook-signature"].split()) == 3
    desk.run("UPDATE credential SET revoked_at = now() WHERE id < (SELECT max(id) FROM credential)")
    desk.decide(site, "c2")
    desk.deliver()
    assert receiver.received[1].verify(second)
    assert len(receiver.received[1].headers["webhook-signature"].split()) == 1


def test_a_site_that_fails_is_tried_again_with_growing_waits(desk: Desk, site: SiteRecord, receiver: Receiver) -> None:
    """Each wait is that of the schedule with up to a fifth added; after the last try it is given up."""
    receiver.answer = saying(500)
    desk.decide(site, "c1")
    for wait in WAITS:
        assert desk.deliver() == 1
        assert wait * 1.1 - 5 <= desk.seconds_ahead() <= wait * 1.1
        assert desk.deliver() == 0
        desk.fast_forward()
    assert desk.deliver() == 1
    assert desk.rows("state, attempts, last_error") == [("abandoned", len(WAITS) + 1, "the site answered 500")]
    desk.fast_forward()
    assert desk.deliver() == 0
    assert len({received.id for received in receiver.received}) == 1


def test_the_wait_that_a_site_asks_for_is_given(desk: Desk, site: SiteRecord, receiver: Receiver) -> None:
    """Retry-After prolongs the wait, up to a day."""
    receiver.answer = saying(503, Retry_After="3600")
    desk.decide(site, "c1")
    desk.deliver()
    assert 3590 <= desk.seconds_ahead() <= 3600
    receiver.answer = saying(429, Retry_After="9" * 400)
    desk.fast_forward()
    desk.deliver()
    assert 86_390 <= desk.seconds_ahead() <= 86_400


def test_decisions_about_one_comment_keep_their_order_and_others_go_on(
    desk: Desk, site: SiteRecord, receiver: Receiver
) -> None:
    """While the first message about a comment fails, the second waits; messages about other comments leave."""

    def refuse_c1(handler: Handler, received: Received) -> None:
        handler.say(500 if received.data["comment_id"] == "c1" else 204)

    receiver.answer = refuse_c1
    desk.decide(site, "c1")
    desk.overrule("c1", Verdict.REJECT)
    desk.decide(site, "c2", "c3")
    desk.deliver()
    assert sorted(keys(receiver)) == ["c1", "c2", "c3"]
    receiver.received.clear()
    receiver.answer = accept
    desk.fast_forward()
    desk.deliver()
    assert [(r.data["decided_by"], r.data["verdict"]) for r in receiver.received] == [
        ("policy", "publish"),
        ("moderator", "reject"),
    ]


def test_a_message_whose_answer_got_lost_is_sent_again_under_its_id(
    desk: Desk, site: SiteRecord, receiver: Receiver
) -> None:
    """A site that read the message and hung up gets it again, and can tell by the id."""
    receiver.answer = lambda handler, _: handler.hang_up()
    desk.decide(site, "c1")
    desk.deliver()
    receiver.answer = accept
    desk.fast_forward()
    desk.deliver()
    first, second = receiver.received
    assert first.id == second.id
    assert first.body == second.body
    assert desk.rows("state, attempts") == [("delivered", 2)]


def test_a_message_of_a_sender_that_died_is_sent_by_the_next(desk: Desk, site: SiteRecord, receiver: Receiver) -> None:
    """A sender that dies between sending and storing leaves a lease that runs out."""
    desk.decide(site, "c1")
    with desk.database.session() as session:
        assert callbacks.claim_due(session, uuid4(), 120, 100_000, 10)
    assert desk.deliver() == 0
    desk.fast_forward()
    assert desk.deliver() == 1
    assert keys(receiver) == ["c1"]


def test_a_clock_set_back_does_not_hold_messages(desk: Desk, site: SiteRecord, receiver: Receiver) -> None:
    """A next attempt further ahead than any wait can only come from another clock, and is due."""
    desk.decide(site, "c1")
    desk.run("UPDATE callback SET next_attempt_at = now() + interval '10 years'")
    assert desk.deliver() == 1
    assert keys(receiver) == ["c1"]


def test_410_switches_the_callbacks_of_a_site_off(desk: Desk, site: SiteRecord, receiver: Receiver) -> None:
    """After 410 Gone nothing more is sent; switched on again, the site gets what it missed, in order."""
    receiver.answer = saying(410)
    desk.decide(site, "c1")
    desk.deliver()
    receiver.answer = accept
    desk.fast_forward()
    desk.decide(site, "c2")
    assert desk.deliver() == 0
    with desk.database.session() as session:
        sites.set_callback(session.merge(site), receiver.url, private_allowed=True)
    desk.deliver()
    assert keys(receiver)[0] == "c1"
    assert sorted(keys(receiver)[1:]) == ["c1", "c2"]


def test_a_private_address_is_refused_until_it_is_allowed(desk: Desk, receiver: Receiver) -> None:
    """A site cannot make Vigie call its own neighbours; the message waits for the administrator."""
    site = desk.open_site("lejour", receiver.url, private_allowed=False)
    desk.decide(site, "c1")
    desk.deliver()
    assert receiver.received == []
    assert "not a public address" in str(desk.rows("last_error")[0][0])
    desk.run("UPDATE site SET callback_private_allowed = true")
    desk.fast_forward()
    desk.deliver()
    assert keys(receiver) == ["c1"]


def test_the_trouble_of_one_site_does_not_keep_the_others_waiting(desk: Desk, receiver: Receiver) -> None:
    """A site that is down, one whose secret cannot be read and one with a nonsensical answer cost others nothing."""
    with receiving() as gone:
        down = desk.open_site("down", gone.url)
    unreadable = desk.open_site("unreadable", receiver.url, Vault([Fernet.generate_key().decode()]))
    with receiving() as odd:
        odd.answer = saying(503, Retry_After="Mon, 01 Jan 99999999999999999999 00:00:00 GMT")
        nonsense = desk.open_site("nonsense", odd.url)
        healthy = desk.open_site("healthy", receiver.url)
        for each in (down, unreadable, nonsense, healthy):
            desk.decide(each, *(f"{each.slug}-{n}" for n in range(BATCH_SIZE)))
        desk.deliver()
    assert sorted(keys(receiver)) == sorted(f"healthy-{n}" for n in range(BATCH_SIZE))
    assert {row[0] for row in desk.rows("attempts")} == {1}
    errors = [str(row[0]) for row in desk.rows("last_error")][:BATCH_SIZE]
    assert sum(error.startswith("ConnectError") for error in errors) < BATCH_SIZE
    assert "the site had just failed to answer other messages" in errors


def test_senders_at_once_send_each_message_once(desk: Desk, site: SiteRecord, receiver: Receiver) -> None:
    """Three senders share a hundred messages, and no message leaves twice."""
    wanted = [f"c{n}" for n in range(100)]
    desk.decide(site, *wanted)
    threads = [threading.Thread(target=desk.deliver) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    desk.deliver()
    assert set(desk.rows("state, attempts, last_error")) == {("delivered", 1, None)}
    assert sorted(keys(receiver)) == sorted(wanted)
