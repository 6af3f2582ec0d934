"""The task that watches the models."""

from datetime import UTC, datetime

from moderation.messages import TaskName
from moderation.services import watch as watching
from workers.app import app, resources


@app.task(name=TaskName.WATCH)
def watch() -> None:
    """Measure drift, calibration and agreement of every site, and keep what is found.

    Safe to run twice: a second report says the same.
    """
    resources.publisher.arrived(TaskName.WATCH)
    watching.report_all(resources.database, datetime.now(UTC))
