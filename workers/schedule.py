"""What runs when: the sweeps that find forgotten work, and housekeeping.

Celery beat keeps wall-clock time; the schedules here keep monotonic time instead, so that a clock that is set
back (or leaps) neither stops nor floods them.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from celery.schedules import schedule

from moderation.messages import TaskName

# Sweeps that wait longer than this are dropped: bounds what piles up while no worker runs, and is far
# above any difference between the clocks of two machines.
_EXPIRES_SECONDS = 3600
_STARTED = datetime.now(UTC)
_STARTED_MONOTONIC = time.monotonic()


def steady_now() -> datetime:
    """Return a time that never goes back: the time of start plus the seconds passed since."""
    return _STARTED + timedelta(seconds=time.monotonic() - _STARTED_MONOTONIC)


def beat_schedule(sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """Return Celery's beat schedule."""
    return {
        task.value: {
            "task": task.value,
            "schedule": schedule(timedelta(seconds=seconds), nowfun=steady_now),
            "options": {"queue": task.queue.value, "expires": _EXPIRES_SECONDS, "ignore_result": True},
        }
        for task, seconds in (
            (TaskName.DRAIN_COMMENTS, sweep_seconds),
            (TaskName.DELIVER_CALLBACKS, sweep_seconds),
            (TaskName.START_RETRAININGS, 60.0),
            (TaskName.RETRAIN, 30.0),
            (TaskName.PROMOTE, 60.0),
            (TaskName.RESCORE, 30.0),
            (TaskName.WATCH, 3600.0),
            (TaskName.FORGET_EXPIRED, 60.0),
            (TaskName.FORGET_TEXTS, 3600.0),
        )
    }
