"""The task that scores what is pending."""

from celery.exceptions import SoftTimeLimitExceeded

from moderation.messages import TaskName
from moderation.services.scoring import ScoringLimits, drain
from workers.app import app, resources, settings


@app.task(name=TaskName.DRAIN_COMMENTS)
def drain_comments() -> None:
    """Score one batch of pending comments.

    Safe to run twice or twice at once: rows are leased, and finished only by the holder of the lease.
    """
    resources.publisher.arrived(TaskName.DRAIN_COMMENTS)
    limits = ScoringLimits(settings.scoring_batch, settings.scoring_lease_seconds, settings.scoring_attempts)
    drain(resources.database, resources.scorer, limits, resources.chance, (SoftTimeLimitExceeded,), resources.models)
