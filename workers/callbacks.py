"""The task that tells sites what was decided."""

from moderation.messages import TaskName
from moderation.services.callbacks import deliver_due
from workers.app import app, resources


@app.task(name=TaskName.DELIVER_CALLBACKS)
def deliver() -> None:
    """Send every callback that is due.

    Safe to run twice or twice at once: messages are leased, and carry ids that let a site drop repeats.
    """
    resources.publisher.arrived(TaskName.DELIVER_CALLBACKS)
    deliver_due(resources.database, resources.site_client, resources.vault, resources.chance)
