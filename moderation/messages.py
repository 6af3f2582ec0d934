"""All that crosses from the web to the workers: names of tasks and task queues, and when a nudge leaves.

A nudge carries no data: the row in the database is the queue of truth, the message only says "look".
"""

from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session


class QueueName(StrEnum):
    """The task queues; a worker may serve any subset of them."""

    SCORING = "scoring"
    CALLBACKS = "callbacks"
    LEARNING = "learning"
    HOUSEKEEPING = "housekeeping"


class TaskName(StrEnum):
    """The tasks that can be nudged, as Celery knows them."""

    DRAIN_COMMENTS = "scoring.drain_comments"
    DELIVER_CALLBACKS = "callbacks.deliver"
    START_RETRAININGS = "learning.start_due"
    RETRAIN = "learning.retrain"
    PROMOTE = "learning.promote"
    RESCORE = "learning.rescore"
    WATCH = "learning.watch"
    FORGET_EXPIRED = "housekeeping.forget_expired"
    FORGET_TEXTS = "housekeeping.forget_texts"

    @property
    def queue(self) -> QueueName:
        """The task queue that carries the task."""
        return QueueName(self.value.partition(".")[0])


KEY_PREFIX = "vigie:"
VISIBILITY_TIMEOUT_SECONDS = 300  # above every hard time limit, so that no running task is delivered again

BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "global_keyprefix": KEY_PREFIX,
    "visibility_timeout": VISIBILITY_TIMEOUT_SECONDS,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
}

_INFO_KEY = "nudges_after_commit"


def enqueue_after_commit(session: Session, task: TaskName) -> None:
    """Ask for one nudge of `task` once the session has committed; many calls make one nudge."""
    session.info.setdefault(_INFO_KEY, set()).add(task)


def take_enqueued(session: Session) -> set[TaskName]:
    """Return and clear what was asked for; called by the database after a commit."""
    taken: set[TaskName] = session.info.pop(_INFO_KEY, set())
    return taken
