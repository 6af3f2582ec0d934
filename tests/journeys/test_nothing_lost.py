"""Every comment that was answered 202 is scored exactly once, whatever breaks in between.

Real processes: a PostgreSQL, a Valkey that is stopped, flushed and killed, supervised Celery workers and beat.
"""

import json
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path

import pytest
from celery import Celery
from cryptography.fernet import Fernet

from moderation.app import create_app
from moderation.database import Database
from moderation.domain.words import CredentialKind
from moderation.messages import BROKER_TRANSPORT_OPTIONS, TaskName
from moderation.services import credentials, sites
from moderation.services.credentials import Vault
from moderation.settings import Settings
from moderation.storage import schema
from tests.conftest import Servers
from tests.journeys.newspaper import MARK, TEXT, Newspaper
from tests.workers.processes import PATIENCE_SECONDS, Plant, plant, until


@pytest.fixture(scope="module")
def running(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Run one scoring worker and the beat, with leases and sweeps short enough for a test."""
    servers.postgres.ensure_database("nothing_lost")
    url = servers.postgres.url("nothing_lost")
    database = Database(url)
    schema.upgrade(database.engine)
    database.dispose()
    settings = Settings(
        database_url=url,
        secret_key="s" * 43,
        encryption_keys=(Fernet.generate_key().decode(),),
        scoring_lease_seconds=5,
        scoring_attempts=20,
        scoring_batch=100,
        sweep_seconds=0.5,
        api_rate="100000/minute",
        port=_free_port(),
    )
    with plant(settings, tmp_path_factory.mktemp("plant")) as made:
        made.start_worker("scoring")
        made.start_beat()
        yield made


@pytest.fixture
def newspaper(running: Plant, request: pytest.FixtureRequest) -> Iterator[Newspaper]:
    """Return a new site and its API client, in a web process of its own."""
    app = create_app(running.settings)
    slug = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-60:].strip("-")
    with running.database.session() as session:
        site = sites.create(session, slug, "Le Jour")
        key = credentials.issue(session, Vault(running.settings.encryption_keys), site, CredentialKind.API_KEY)
    yield Newspaper(running, app.test_client(), site.id, key)
    app.extensions["vigie"].database.dispose()


def test_comments_are_taken_while_the_broker_is_down(newspaper: Newspaper) -> None:
    """With the broker down the answer is still 202, at once, and a sweep scores all of it once it is back."""
    newspaper.post()
    newspaper.everything_is_scored_once()
    newspaper.plant.stop_broker()
    slowest = max(newspaper.post(5) for _ in range(8))
    assert newspaper.waiting() == 40
    newspaper.plant.start_broker()
    newspaper.everything_is_scored_once()
    print(f"slowest 202 with the broker down: {slowest * 1000:.0f} ms")


def test_a_flushed_broker_loses_nudges_and_no_comment(newspaper: Newspaper) -> None:
    """When every message on its way is wiped out, a sweep finds the comments."""
    newspaper.plant.send("scoring", signal.SIGSTOP)
    for _ in range(5):
        newspaper.post(10)
    newspaper.plant.broker.flushall()
    assert newspaper.waiting() == 50
    newspaper.plant.send("scoring", signal.SIGCONT)
    newspaper.everything_is_scored_once()


def test_a_broker_that_is_killed_under_load_loses_nothing(newspaper: Newspaper) -> None:
    """The broker is killed with -9 four times while comments pour in, and comes back; the worker is supervised."""
    for round_ in range(4):
        for _ in range(4):
            newspaper.post(25)
        newspaper.plant.stop_broker(kill=True)
        for _ in range(2):
            newspaper.post(25)
        newspaper.plant.start_broker()
        newspaper.post(25 + round_)
    newspaper.everything_is_scored_once()


def test_a_worker_that_is_killed_in_the_middle_of_its_work_loses_nothing(newspaper: Newspaper) -> None:
    """The worker and its children are killed with -9 three times while they hold comments."""
    hits = 0
    for _ in range(10):
        before = newspaper.claims()
        newspaper.post(100, length=4)
        until(partial(newspaper.claimed_more_than, before), "the worker takes a batch")
        newspaper.plant.kill("scoring")
        hits += newspaper.held() > 0
        if hits == 3:
            break
        until(lambda: newspaper.plant.tree("scoring"), "the worker is started again")
    assert hits == 3, "no kill met a worker that held comments"
    newspaper.everything_is_scored_once()


def test_the_same_task_many_times_and_two_workers_score_once(newspaper: Newspaper) -> None:
    """Two workers with two processes, hit by five hundred nudges at once, score each comment once."""
    newspaper.plant.start_worker("second", processes=2)
    newspaper.plant.send("scoring", signal.SIGSTOP)
    newspaper.plant.send("second", signal.SIGSTOP)
    for _ in range(6):
        newspaper.post(100)
    celery = Celery(broker=newspaper.plant.settings.broker_url, set_as_current=False)
    celery.conf.update(broker_transport_options=BROKER_TRANSPORT_OPTIONS, task_ignore_result=True)
    task = TaskName.DRAIN_COMMENTS
    with celery.connection() as connection, connection.Producer() as producer:
        for _ in range(500):
            celery.send_task(task.value, queue=task.queue.value, producer=producer)
    celery.close()
    newspaper.plant.send("second", signal.SIGCONT)
    newspaper.plant.send("scoring", signal.SIGCONT)
    newspaper.everything_is_scored_once()


def test_articles_that_arrive_while_their_comments_are_scored_harm_nothing(newspaper: Newspaper) -> None:
    """Comments that arrive before their article end scored in their last round, however the two collide."""
    for turn in range(6):
        body = [{"id": f"a{turn}-{i}", "text": TEXT.format(i), "article_id": f"a{turn}"} for i in range(120)]
        article = json.dumps({"title": "Le plateau", "text": "Le débat sur l’eau du plateau continue."})
        for method, path, data in (
            ("POST", "/api/v1/comments", json.dumps(body)),
            ("PUT", f"/api/v1/articles/a{turn}", article),
        ):
            answer = newspaper.client.open(path, method=method, data=data, headers=newspaper.headers())
            assert answer.status_code < 300, answer.text
    until(lambda: not newspaper.waiting(), "all scored")
    plant, values = newspaper.plant, {"site": newspaper.site_id}
    rows = "FROM comment JOIN revision ON revision.comment_id = comment.id"
    mine = "comment.site_id = :site"
    last = f"SELECT count(*) {rows} JOIN scoring ON scoring.id = comment.scoring_id WHERE {mine}"
    assert plant.count(f"{last} AND scoring.round = revision.round AND scoring.failure IS NULL", **values) == 720
    assert plant.count(f"SELECT count(*) {rows} WHERE {mine} AND article_id IS NULL", **values) == 0
    assert plant.count(f"SELECT count(*) {rows} WHERE {mine} AND decision_id IS NULL", **values) == 0


def test_a_web_process_that_is_killed_after_its_202_loses_nothing(newspaper: Newspaper) -> None:
    """The web server is killed with -9 while it answers; what it answered 202 is stored, and scored."""
    port = newspaper.plant.settings.port
    newspaper.plant.start_web(lambda: _answers(port))
    stop = threading.Event()
    posters = [threading.Thread(target=_post_for_ever, args=(newspaper, port, n, stop)) for n in range(3)]
    for poster in posters:
        poster.start()
    for goal in (40, 80):
        until(partial(newspaper.accepted_at_least, goal), f"{goal} comments accepted")
        newspaper.plant.kill("web")
    stop.set()
    for poster in posters:
        poster.join(PATIENCE_SECONDS)
    newspaper.everything_is_scored_once()


def test_no_text_of_a_comment_is_in_a_log_or_in_the_broker(running: Plant, servers: Servers) -> None:
    """After all of this, neither the logs nor the broker's file hold a word of any comment."""
    files = [
        *running.log_dir.iterdir(),
        *(path for path in running.valkey.data_dir.rglob("*") if path.is_file()),
        servers.postgres.log,
        servers.valkey.log,
    ]
    assert any(path.suffix == ".aof" for path in files)
    for path in filter(Path.exists, files):
        content = path.read_bytes()
        assert MARK.encode() not in content, path.name
        assert json.dumps(MARK)[1:-1].encode() not in content, path.name
        assert b"hydrog" not in content, path.name


def _post_for_ever(newspaper: Newspaper, port: int, number: int, stop: threading.Event) -> None:
    for turn in count():
        key = f"w{number}-{turn}"
        body = json.dumps({"id": key, "text": TEXT.format(key)})
        while not stop.is_set():
            with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", port, timeout=10)) as line:
                line.request("POST", "/api/v1/comments", body.encode(), newspaper.headers())
                if line.getresponse().status == 202:
                    newspaper.accepted.add(key)
                    break
            time.sleep(0.02)
        if stop.is_set():
            return


def _answers(port: int) -> bool:
    with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", port, timeout=2)) as line:
        line.request("GET", "/health/ready")
        return line.getresponse().status == 200
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
