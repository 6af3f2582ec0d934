"""Holding the lease of a retraining for as long as a step computes, and giving it back whatever ends the step."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from moderation.database import Database
from moderation.storage import retrainings

log = structlog.get_logger()

LEASE_SECONDS = 30.0
"""How long a lease outlives its holder: so long a retraining rests after a kill -9."""


@contextmanager
def held(database: Database, retraining_id: int, token: UUID, seconds: float = LEASE_SECONDS) -> Iterator[None]:
    """Renew the lease in the background until the block ends.

    It may be lost meanwhile (cancelled, the database away); who writes the result asks for it again.
    """
    ended = Event()

    def renew() -> None:
        while not ended.wait(seconds / 3):
            try:
                with database.session() as session:
                    if not retrainings.renew(session, retraining_id, token):
                        return
            except SQLAlchemyError as error:
                log.warning("lease_not_renewed", retraining=retraining_id, error=type(error).__name__)

    thread = Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(seconds)  # a database that hangs must not hold up the end
