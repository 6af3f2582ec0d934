"""Doing what is asked for in `retraining`, one step after the other.

The oldest unfinished retraining is the one that runs: one at a time. A step is short; no transaction is open while it
computes; what a killed worker had begun is done again by whoever comes next.
"""

from pathlib import Path
from traceback import extract_tb
from uuid import UUID, uuid4

import structlog
from sqlalchemy.orm import Session

from classifiers.scorer import Scorer
from moderation.database import Database
from moderation.domain.words import Label, WorkState
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import models, retraining_steps
from moderation.services.retraining_files import Workbench, kept
from moderation.services.retraining_lease import LEASE_SECONDS, held
from moderation.services.retraining_steps import Fitting, Gathering, Knowing
from moderation.storage import examples, retrainings
from moderation.storage.retrainings import RetrainingRecord

log = structlog.get_logger()

FOLDER = "learning"
"""Where in the var directory the files of retrainings are."""
MOST_TRIES = 4
_FRAMES = 6  # of a traceback: names and lines, for a message may quote a comment
FAILED = "A step did not end in four tries; the log of the worker of the task queue `learning` says why."


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


def _fail(session: Session, row: RetrainingRecord, token: UUID) -> None:
    log.error("retraining_failed", retraining=row.id, stage=row.stage)
    retrainings.finish(session, row.id, token, WorkState.FAILED, FAILED)
    enqueue_after_commit(session, TaskName.RETRAIN)
