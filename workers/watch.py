"""The task that watches the models."""

from datetime import UTC, datetime

from moderation.messages import TaskName
from moderation.services import watch as watching
from workers.app import app, resources

_SOFT_SECONDS, _HARD_SECONDS = 240, 270  # below the broker's visibility timeout; a large site takes some seconds


@app.task(name=TaskName.WATCH, soft_time_limit=_SOFT_SECONDS, time_limit=_HARD_SECONDS)
def watch() -> None:
    """Measure drift, calibration and agreement of every site, and keep what is found.

    Safe to run twice or twice at once: a second report says the same.
    """
    resources.publisher.arrived(TaskName.WATCH)
    watching.report_all(resources.database, datetime.now(UTC))
