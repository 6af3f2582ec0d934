"""The task that tidies."""

from moderation.messages import TaskName
from moderation.services.housekeeping import forget_expired as tidy
from workers.app import app, resources


@app.task(name=TaskName.FORGET_EXPIRED)
def forget_expired() -> None:
    """Delete what has expired and link what arrived apart.

    Safe to run twice: the second time finds nothing left to do.
    """
    resources.publisher.arrived(TaskName.FORGET_EXPIRED)
    with resources.database.session() as session:
        tidy(session)
