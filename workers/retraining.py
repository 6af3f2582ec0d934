"""The tasks that train again: who is due, and one step of what is asked for."""

from datetime import UTC, datetime

from celery.exceptions import SoftTimeLimitExceeded

from moderation.messages import TaskName
from moderation.services import retraining, retraining_work
from workers.app import app, resources, settings

# A step takes seconds to minutes, on a machine that is busy with comments many times that. A message that is delivered
# again meanwhile, above the broker's visibility timeout, finds the row leased.
_SOFT_SECONDS, _HARD_SECONDS = 1_500, 1_560
_PLACE = settings.var_dir / retraining_work.FOLDER


@app.task(name=TaskName.START_RETRAININGS)
def start_due() -> None:
    """Ask for the retrainings whose time has come.

    Safe to run twice or twice at once: a site has one unfinished retraining at the most.
    """
    resources.publisher.arrived(TaskName.START_RETRAININGS)
    with resources.database.session() as session:
        retraining.start_due(session, datetime.now(UTC), settings.retrain_cron, settings.shared_retrain_cron)


@app.task(name=TaskName.RETRAIN, soft_time_limit=_SOFT_SECONDS, time_limit=_HARD_SECONDS)
def retrain() -> None:
    """Do one step of one retraining; the classifiers are loaded only when there is one.

    Safe to run twice or twice at once: the row is leased, and a step that is done again gives the same.
    """
    resources.publisher.arrived(TaskName.RETRAIN)
    with resources.database.session() as session:
        waiting = retraining.is_waiting(session)
    if waiting:
        retraining_work.step(resources.database, resources.scorer, _PLACE, (SoftTimeLimitExceeded,))
    else:
        retraining_work.tidy(resources.database, _PLACE)
