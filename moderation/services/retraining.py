"""Retraining: asked for, due by the calendar, looked at, cancelled. Nothing is computed here, so the web asks, too.

The row is the queue of truth; the steps are done in `retraining_work`.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from moderation.domain import cron
from moderation.domain.acts import Act
from moderation.domain.errors import AlreadyEnded, InvalidInput, NotFound
from moderation.domain.learning_settings import LearningSettings
from moderation.domain.words import WorkState
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import audit
from moderation.storage import examples, retrainings, sites
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.retrainings import RetrainingRecord

log = structlog.get_logger()


def ask(session: Session, site_id: int | None, moderator: ModeratorRecord | None) -> RetrainingRecord:
    """Ask for a retraining of a site, or (None) of the shared models; return the one that is unfinished, if there is.

    `moderator` None: the command line or the calendar.
    """
    enqueue_after_commit(session, TaskName.RETRAIN)
    made = retrainings.add(session, site_id, moderator.id if moderator else None)
    if made is not None:
        audit.record(session, moderator, Act.RETRAINING_ASKED, site_id=site_id, retraining=made.id)
        return made
    return retrainings.unfinished(session, site_id) or ask(session, site_id, moderator)  # it ended in between


def cancel(session: Session, retraining_id: int, moderator: ModeratorRecord | None) -> None:
    """Cancel a retraining; what a worker computes for it at this moment is dropped.

    Raises NotFound, or AlreadyEnded when it is done or has failed. A cancelled one stays cancelled.
    """
    row = retrainings.one(session, retraining_id)
    if row is None:
        raise NotFound("retraining", str(retraining_id))
    if retrainings.cancel(session, retraining_id):
        audit.record(session, moderator, Act.RETRAINING_CANCELLED, site_id=row.site_id, retraining=row.id)
        enqueue_after_commit(session, TaskName.RETRAIN)  # removes the files, and begins what waits
    elif row.state != WorkState.CANCELLED:
        raise AlreadyEnded


def latest(session: Session, site_id: int | None, most: int = 10) -> Sequence[RetrainingRecord]:
    """Return the newest retrainings of a site, or (None) of the shared models, the newest first."""
    return retrainings.newest(session, site_id, most)


def one(session: Session, retraining_id: int) -> RetrainingRecord:
    """Return one retraining as it stands now. Raises NotFound."""
    found = retrainings.one(session, retraining_id)
    if found is None:
        raise NotFound("retraining", str(retraining_id))
    return found


def is_waiting(session: Session) -> bool:
    """Say whether any retraining is unfinished."""
    return bool(retrainings.unfinished_ids(session))


def start_due(session: Session, now: datetime, house_cron: str, shared_cron: str) -> int:
    """Ask for the retrainings whose time has come; return how many.

    Times that were missed count as one. Nothing is asked for when nobody had decided anything new by that time.
    """
    every = sites.all_sites(session)
    due: list[int | None] = []
    for site in every:
        try:
            when = LearningSettings.from_json(site.learning).cron or house_cron
        except InvalidInput as error:
            log.warning("learning_settings_wrong", site_id=site.id, field=error.field)
            continue
        if _is_due(session, site.id, when, now, site.created_at):
            due.append(site.id)
    if every and _is_due(session, None, shared_cron, now, every[0].created_at):
        due.append(None)
    for site_id in due:
        ask(session, site_id, None)
    return len(due)


def _is_due(session: Session, site_id: int | None, when: str, now: datetime, begun: datetime) -> bool:
    last = cron.last_time(when, now)
    before = retrainings.newest(session, site_id, 1)
    if last is None or last <= (before[0].asked_at if before else begun):
        return False
    if before and before[0].state in (WorkState.WAITING, WorkState.RUNNING):
        return False
    return examples.is_news(session, site_id, retrainings.learned_upto(session, site_id), last)
