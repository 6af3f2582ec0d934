"""The task that tidies."""

from moderation.messages import TaskName
from moderation.services.housekeeping import forget_expired as tidy
from moderation.services.housekeeping import forget_texts as forget
from workers.app import app, resources


@app.task(name=TaskName.FORGET_EXPIRED)
def forget_expired() -> None:
    """Delete what has expired and link what arrived apart.

    Safe to run twice: the second time finds nothing left to do.
    """
    resources.publisher.arrived(TaskName.FORGET_EXPIRED)
    with resources.database.session() as session:
        tidy(session)


@app.task(name=TaskName.FORGET_TEXTS)
def forget_texts() -> None:
    """Erase the texts of decided comments that their sites kept long enough.

    Safe to run twice or twice at once: a text is erased once, and locked comments are left to the other run.
    """
    resources.publisher.arrived(TaskName.FORGET_TEXTS)
    with resources.database.session() as session:
        forget(session)
