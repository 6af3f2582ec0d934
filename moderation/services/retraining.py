"""Retraining: asked for, due by the calendar, done in steps, cancelled.

The row is the queue of truth, and the oldest unfinished one is the one that runs: one retraining at a time. A step is
short; no transaction is open while it computes; what a killed worker had begun is done again by whoever comes next.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from traceback import extract_tb
from uuid import UUID, uuid4

import structlog
from sqlalchemy.orm import Session

from classifiers.scorer import Scorer
from moderation.database import Database
from moderation.domain import cron
from moderation.domain.acts import Act
from moderation.domain.errors import AlreadyEnded, InvalidInput, NotFound
from moderation.domain.learning_settings import LearningSettings
from moderation.domain.words import Label, WorkState
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import audit, models, retraining_steps
from moderation.services.retraining_files import Workbench, kept
from moderation.services.retraining_lease import LEASE_SECONDS, held
from moderation.services.retraining_steps import Fitting, Gathering, Knowing
from moderation.storage import examples, retrainings, sites
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.retrainings import RetrainingRecord

log = structlog.get_logger()

FOLDER = "learning"
"""Where in the var directory the files of retrainings are."""
MOST_TRIES = 4
_FRAMES = 6  # of a traceback: names and lines, for a message may quote a comment
FAILED = "A step did not end in four tries; the log of the worker of the task queue `learning` says why."


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


def step(database: Database, scorer: Scorer, place: Path, interrupts: tuple[type[Exception], ...] = ()) -> bool:
    """Do one step of the oldest unfinished retraining; return False when there is none to do. Rings while work is left.

    `place`: a folder for what is gathered, removed with its retraining, and for what the shipped models know.
    `interrupts` say "stop now" (a time limit): the lease is given back, and they go on to the caller.
    Running it twice, or twice at once, is safe: the row is leased, and what was computed without the lease is dropped.
    """
    token = uuid4()
    tidy(database, place)
    with database.session() as session:
        row = retrainings.claim(session, token, LEASE_SECONDS)
        if row is None:
            return False
        if row.attempts > MOST_TRIES:
            _fail(session, row, token)
            return True
    try:
        with held(database, row.id, token):
            _Step(database, scorer, row, token, Workbench(place, row.id)).run()
    except BaseException as error:  # a time limit and Ctrl-C too: who comes next need not wait for the lease
        where = [f"{frame.name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)][-_FRAMES:]
        log.warning("retraining_step_failed", retraining=row.id, error=type(error).__name__, where=where)
        with database.session() as session:
            if row.attempts < MOST_TRIES:
                retrainings.release(session, row.id, token)
            else:
                _fail(session, row, token)
        if not isinstance(error, Exception) or isinstance(error, interrupts):
            raise
    return True


def tidy(database: Database, place: Path) -> None:
    """Remove what was gathered for retrainings that have ended, or are gone with their site."""
    folders = kept(place)
    if folders:  # listed before the rows are read: a folder comes after its row
        with database.session() as session:
            ended = folders - retrainings.unfinished_ids(session)
        for retraining_id in ended:
            Workbench(place, retraining_id).remove()


class _Step:
    """One step by the holder of a lease."""

    def __init__(
        self, database: Database, scorer: Scorer, row: RetrainingRecord, token: UUID, bench: Workbench
    ) -> None:
        self.database, self.scorer, self.row, self.token, self.bench = database, scorer, row, token, bench

    def run(self) -> None:
        """Find what is next, do it, and write it down."""
        with self.database.session() as session:
            if self.row.upto is None:
                self.row.upto = examples.newest(session, self.row.site_id)
            work = retraining_steps.upcoming(session, self.row, self.bench, self.scorer)
            said = {"stage": work.stage, "done": work.done, "total": work.total} if work else {}
            if not retrainings.renew(session, self.row.id, self.token, upto=self.row.upto, **said):
                return
        if isinstance(work, Fitting):
            self._fit(work)
        elif isinstance(work, Gathering):
            retraining_steps.collect(self.scorer, self.bench, work)
            self._advance(done=min(work.done + len(work.submissions), work.total))
        elif isinstance(work, Knowing):
            retraining_steps.know(self.scorer, self.bench.place)
            self._advance(stage=Label.SHOUTING, done=0, total=len(Label))
        else:
            self._finish()

    def _advance(self, **values: object) -> None:
        with self.database.session() as session:
            if retrainings.advance(session, self.row.id, self.token, **values):
                enqueue_after_commit(session, TaskName.RETRAIN)

    def _fit(self, work: Fitting) -> None:
        learned = retraining_steps.fit(self.scorer, self.bench, work, self.row.seed)
        if learned is None:
            self._advance()  # what was torn is gathered again
            return
        with self.database.session() as session:
            if not retrainings.renew(session, self.row.id, self.token):
                return
            version = models.keep(session, self.row.site_id, learned, self.row.id)
            report = self.row.report | {work.label: retraining_steps.told(learned, version.name if version else None)}
            retrainings.advance(session, self.row.id, self.token, report=report, done=work.done + 1)
            enqueue_after_commit(session, TaskName.RETRAIN)
        log.info("label_retrained", retraining=self.row.id, label=work.label, better=learned.better)

    def _finish(self) -> None:
        with self.database.session() as session:
            ended = retrainings.finish(session, self.row.id, self.token, WorkState.DONE)
            if ended:
                enqueue_after_commit(session, TaskName.PROMOTE)
                enqueue_after_commit(session, TaskName.RETRAIN)  # another one may wait
        if ended:
            self.bench.remove()


def _is_due(session: Session, site_id: int | None, when: str, now: datetime, begun: datetime) -> bool:
    last = cron.last_time(when, now)
    before = retrainings.newest(session, site_id, 1)
    if last is None or last <= (before[0].asked_at if before else begun):
        return False
    if before and before[0].state in (WorkState.WAITING, WorkState.RUNNING):
        return False
    return examples.is_news(session, site_id, retrainings.learned_upto(session, site_id), last)


def _fail(session: Session, row: RetrainingRecord, token: UUID) -> None:
    log.error("retraining_failed", retraining=row.id, stage=row.stage)
    retrainings.finish(session, row.id, token, WorkState.FAILED, FAILED)
    enqueue_after_commit(session, TaskName.RETRAIN)
