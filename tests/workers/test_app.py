"""How Celery is set up, asked of the application itself."""

import json
import os
import subprocess
import sys

import pytest

from moderation.messages import VISIBILITY_TIMEOUT_SECONDS, QueueName, TaskName
from tests.workers.processes import ROOT

QUESTION = """
import json
from workers.app import app
app.loader.import_default_modules()
conf = app.conf
names = (
    "task_acks_late", "task_ignore_result", "task_store_errors_even_if_ignored", "task_soft_time_limit",
    "task_time_limit", "task_reject_on_worker_lost", "task_retry_on_worker_lost", "worker_prefetch_multiplier",
    "accept_content", "result_backend", "broker_connection_retry_on_startup", "broker_connection_max_retries",
    "broker_transport_options", "worker_proc_alive_timeout", "task_create_missing_queues",
    "worker_send_task_events",
)
tasks = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
print(json.dumps({
    "conf": {name: conf[name] for name in names},
    "queues": sorted(app.amqp.queues),
    "tasks": {n: [t.acks_late, t.ignore_result, t.max_retries, t.time_limit, t.soft_time_limit, t.__doc__]
              for n, t in tasks.items()},
    "beat": {n: [e["task"], e["options"]["queue"], e["options"]["expires"]] for n, e in conf.beat_schedule.items()},
}))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, object]]:
    """Return what the application says of itself, in a process of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    env |= {"PYTHONPATH": str(ROOT), "VIGIE_VAR_DIR": "/nowhere", "VIGIE_BROKER_URL": "redis://127.0.0.1:1/0"}
    argv = [sys.executable, "-W", "error::ImportWarning", "-c", QUESTION]
    answer = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stderr
    found: dict[str, dict[str, object]] = json.loads(answer.stdout)
    return found


def test_every_queue_is_declared_and_no_other_can_be(told: dict[str, dict[str, object]]) -> None:
    """The four queues exist by name, and a misspelt one is an error instead of a queue that nobody serves."""
    assert list(told["queues"]) == sorted(QueueName)
    assert told["conf"]["task_create_missing_queues"] is False


def test_messages_are_acknowledged_late_and_results_are_not_kept(told: dict[str, dict[str, object]]) -> None:
    """A message is acknowledged after the work, and nothing is stored as a result, for each task there is."""
    conf = told["conf"]
    assert conf["task_acks_late"] is True
    assert conf["task_ignore_result"] is True
    assert conf["task_store_errors_even_if_ignored"] is False
    assert conf["result_backend"] is None
    for name, (late, ignored, *_) in tasks_of(told).items():
        assert (late, ignored) == (True, True), name


def test_a_message_is_not_retried_because_its_worker_died(told: dict[str, dict[str, object]]) -> None:
    """The row is tried again when its lease has run out, a bounded number of times; a message never is."""
    assert not told["conf"]["task_reject_on_worker_lost"]
    assert not told["conf"]["task_retry_on_worker_lost"]


def test_time_limits_end_before_a_message_becomes_visible_again(told: dict[str, dict[str, object]]) -> None:
    """Soft limit, hard limit, visibility timeout: in this order, also for a message that waits behind another."""
    conf = told["conf"]
    soft, hard = conf["task_soft_time_limit"], conf["task_time_limit"]
    assert isinstance(soft, int)
    assert isinstance(hard, int)
    assert soft < hard <= VISIBILITY_TIMEOUT_SECONDS / 2
    assert conf["worker_prefetch_multiplier"] == 1
    options = conf["broker_transport_options"]
    assert isinstance(options, dict)
    assert options["visibility_timeout"] == VISIBILITY_TIMEOUT_SECONDS


def test_a_broker_that_goes_away_is_waited_for(told: dict[str, dict[str, object]]) -> None:
    """A worker waits for its broker, at start and later, without end."""
    assert told["conf"]["broker_connection_retry_on_startup"] is True
    assert told["conf"]["broker_connection_max_retries"] is None


def test_loading_the_classifiers_may_take_its_time(told: dict[str, dict[str, object]]) -> None:
    """A child that loads for longer than Celery's own four seconds is not killed for it."""
    assert float(str(told["conf"]["worker_proc_alive_timeout"])) >= 30


def test_only_json_is_accepted(told: dict[str, dict[str, object]]) -> None:
    """Nobody who reaches the broker can have a pickle opened."""
    assert told["conf"]["accept_content"] == ["json"]


def test_every_task_name_is_a_registered_task_that_says_why_it_may_run_twice(
    told: dict[str, dict[str, object]],
) -> None:
    """The names that the web can nudge and the tasks that workers know are the same."""
    assert set(tasks_of(told)) == set(TaskName)
    for name, (*_, words) in tasks_of(told).items():
        assert "Safe to run twice" in str(words), name


def test_periodic_tasks_exist_and_go_to_their_own_queue(told: dict[str, dict[str, object]]) -> None:
    """Beat rings every task that is needed to find forgotten work, each in the queue that its name says."""
    rung = {str(entry[0]): entry[1:] for entry in lists(told["beat"])}
    assert set(rung) == set(TaskName)
    for name, (queue, expires) in rung.items():
        assert queue == TaskName(name).queue
        assert isinstance(expires, int)
        assert expires >= 60


def tasks_of(told: dict[str, dict[str, object]]) -> dict[str, list[object]]:
    """Return what is told of each task."""
    return dict(zip(told["tasks"], lists(told["tasks"]), strict=True))


def lists(values: dict[str, object]) -> list[list[object]]:
    """Return values that are lists."""
    return [value for value in values.values() if isinstance(value, list)]
