"""The tasks about versions of models: the challenger that is ready takes its place, what waits is scored again."""

from moderation.messages import TaskName
from moderation.services import models, rescoring
from workers.app import app, resources


@app.task(name=TaskName.PROMOTE)
def promote() -> None:
    """Promote every challenger that has shown enough in the shadow.

    Safe to run twice or twice at once: a version changes its state once, under a lock.
    """
    resources.publisher.arrived(TaskName.PROMOTE)
    with resources.database.session() as session:
        models.promote_ready(session)


@app.task(name=TaskName.RESCORE)
def rescore() -> None:
    """Send the next chunk of what waits to the scorers.

    Safe to run twice or twice at once: the row keeps how far it came, under a lock.
    """
    resources.publisher.arrived(TaskName.RESCORE)
    with resources.database.session() as session:
        rescoring.send_next(session)
