"""Sends nudges to the workers. Losing one is harmless (a scheduled sweep rings again), so it never raises.

One outstanding nudge serves every row: a key in the broker says that one is on its way, and the task
removes the key before it looks at the rows.
"""

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from moderation.messages import BROKER_TRANSPORT_OPTIONS, KEY_PREFIX, TaskName

log = structlog.get_logger()

_OUTSTANDING_SECONDS = 5
_EXPIRES_SECONDS = 60
# Somebody waits for an answer while a nudge leaves, and a lost nudge costs a few seconds: give up soon.
_SOON = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "connect_retries_timeout": 0.5,
}


class TaskPublisher:
    """Publishes nudges to one broker; safe to use from several threads."""

    def __init__(self, broker_url: str) -> None:
        self._celery = Celery("vigie", broker=broker_url, set_as_current=False)
        self._celery.conf.update(
            broker_transport_options=BROKER_TRANSPORT_OPTIONS | _SOON,
            broker_connection_retry=False,
            task_ignore_result=True,
            task_serializer="json",
        )
        self._redis = Redis.from_url(
            broker_url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0)
        )

    def publish(self, task: TaskName) -> None:
        """Nudge one task, unless a nudge for it is already on its way."""
        try:
            if self._redis.set(outstanding_key(task), 1, nx=True, ex=_OUTSTANDING_SECONDS):
                self._celery.send_task(
                    task, queue=task.queue, ignore_result=True, retry=False, expires=_EXPIRES_SECONDS
                )
        except (RedisError, OperationalError, OSError) as error:
            log.warning("nudge_not_sent", task=task, error=type(error).__name__)

    def arrived(self, task: TaskName) -> None:
        """Note that a nudge arrived: what is stored from now on needs a new one."""
        try:
            self._redis.delete(outstanding_key(task))
        except RedisError as error:
            log.warning("nudge_not_noted", task=task, error=type(error).__name__)

    def reachable(self) -> bool:
        """Say whether the broker answers."""
        try:
            return bool(self._redis.ping())
        except (RedisError, OSError):
            return False


def outstanding_key(task: TaskName) -> str:
    """Return the broker's key that says that a nudge for this task is on its way."""
    return f"{KEY_PREFIX}outstanding:{task}"
