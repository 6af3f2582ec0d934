"""The tasks about versions of models: the challenger that is ready takes its place, what waits is scored again."""

from datetime import UTC, datetime

from moderation.messages import TaskName
from moderation.services import following, models, rescoring
from workers.app import app, resources


@app.task(name=TaskName.PROMOTE)
def promote() -> None:
    """Promote every challenger that has shown enough in the shadow, and solve the goals of a site that is due.

    Safe to run twice or twice at once: a version changes its state once, under a lock; a site's goals are due once
    a day, and the same decisions have the same answer.
    """
    resources.publisher.arrived(TaskName.PROMOTE)
    with resources.database.session() as session:
        models.promote_ready(session)
    with resources.database.session() as session:
        following.solve_due(session, datetime.now(UTC))


@app.task(name=TaskName.RESCORE)
def rescore() -> None:
    """Send the next chunk of what waits to the scorers.

    Safe to run twice or twice at once: the row keeps how far it came, under a lock.
    """
    resources.publisher.arrived(TaskName.RESCORE)
    with resources.database.session() as session:
        rescoring.send_next(session)
