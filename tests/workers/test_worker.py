"""A real worker process: what it takes, what it leaves behind in the broker, how it ends."""

import signal
import time

import psutil
from celery import Celery

from moderation.clients.tasks import TaskPublisher
from moderation.domain.submission import SubmittedComment
from moderation.messages import BROKER_TRANSPORT_OPTIONS, KEY_PREFIX, QueueName, TaskName
from moderation.services import intake, sites
from tests.workers.processes import Plant, until

DRAIN = TaskName.DRAIN_COMMENTS
PENDING = "SELECT count(*) FROM revision WHERE state = 'pending'"
LONG = "Le plateau mérite un débat calme, avec des chiffres et des noms. " * 10


def post(running: Plant, *texts: str, first: int = 0) -> None:
    """Take comments in, without a nudge."""
    with running.database.session() as session:
        site = session.merge(sites.create(session, "lejour", "Le Jour")) if not first else sites.get(session, "lejour")
        told = [SubmittedComment(f"c{first + n}", words) for n, words in enumerate(texts)]
        intake.accept(session, site.id, told)


def nudge(running: Plant) -> None:
    """Nudge once."""
    TaskPublisher(running.settings.require("broker_url")).publish(DRAIN)


def test_one_nudge_drains_everything_and_leaves_nothing_in_the_broker(running: Plant) -> None:
    """One message has four batches scored; afterwards the broker holds no result, no message and no note."""
    running.start_worker("scoring")
    post(running, *(f"Commentaire {n}" for n in range(180)))
    nudge(running)
    until(lambda: not running.count(PENDING), "all scored")
    broker = running.broker
    queue = f"{KEY_PREFIX}{QueueName.SCORING}"
    until(lambda: not broker.llen(queue) and not broker.hlen(f"{KEY_PREFIX}unacked"), "every message is done")
    names = {str(name) for name in broker.keys("*")}
    assert not [name for name in names if "celery-task-meta" in name or "outstanding" in name], names
    assert running.log_of("scoring").count('"comments_scored"') == 4
    assert running.count("SELECT max(attempts) FROM revision") == 1

    began = time.monotonic()
    post(running, "Un commentaire de plus", first=1000)
    nudge(running)
    until(lambda: not running.count(PENDING), "one more is scored")
    print(f"\none comment on an idle worker: {(time.monotonic() - began) * 1000:.0f} ms from commit to score")


def test_a_worker_takes_from_its_own_queues_only(running: Plant) -> None:
    """Messages of other queues stay where they are."""
    running.start_worker("scoring")
    others = (TaskName.DELIVER_CALLBACKS, TaskName.FORGET_EXPIRED)
    publisher = TaskPublisher(running.settings.require("broker_url"))
    for task in others:
        publisher.publish(task)
    post(running, "Bonjour")
    nudge(running)
    until(lambda: not running.count(PENDING), "the comment is scored")
    assert [running.broker.llen(f"{KEY_PREFIX}{task.queue}") for task in others] == [1, 1]


def test_a_worker_that_is_asked_to_end_finishes_its_batch(running: Plant) -> None:
    """SIGTERM in the middle of a batch: what was taken is scored in its first try, nothing more is taken."""
    running.start_worker("scoring")
    post(running, *(f"{LONG} {n}" for n in range(200)))
    nudge(running)
    until(lambda: running.count("SELECT count(*) FROM revision WHERE lease_token IS NOT NULL"), "a batch is taken")
    (main, *_) = running.tree("scoring")
    main.send_signal(signal.SIGTERM)
    held = running.count("SELECT count(*) FROM revision WHERE lease_token IS NOT NULL")
    psutil.wait_procs([main], timeout=60)
    assert not main.is_running(), "the worker did not end"
    until(lambda: running.count("SELECT count(*) FROM scoring") >= held, "what it held is scored")
    assert running.count("SELECT count(*) FROM revision WHERE lease_token IS NOT NULL AND attempts > 1") == 0
    assert running.count("SELECT count(*) FROM scoring WHERE failure IS NOT NULL") == 0


def test_an_expired_nudge_is_dropped_and_the_next_one_serves_its_rows(running: Plant) -> None:
    """A nudge that waited for too long runs no task; the one after it finds the comments."""
    running.start_worker("scoring")
    post(running, "Bonjour")
    celery = Celery(broker=running.settings.broker_url, set_as_current=False)
    celery.conf.update(broker_transport_options=BROKER_TRANSPORT_OPTIONS, task_ignore_result=True)
    with celery.connection() as connection, connection.Producer() as producer:
        celery.send_task(DRAIN.value, queue=DRAIN.queue.value, producer=producer, expires=-60)
        until(lambda: "revoked" in running.log_of("scoring").lower(), "the worker drops the expired nudge")
        assert running.count(PENDING) == 1
        celery.send_task(DRAIN.value, queue=DRAIN.queue.value, producer=producer)
    celery.close()
    until(lambda: not running.count(PENDING), "the comment is scored")
