"""One database, one way to open a session: begin, commit or roll back, then send the nudges.

No SQL and no rules live here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from moderation.domain.errors import Misconfigured
from moderation.messages import TaskName, take_enqueued

Publish = Callable[[TaskName], None]


def _publish_nothing(_: TaskName) -> None:
    """Serve command-line tools and migrations, which leave the nudging to the scheduled sweep."""


class Database:
    """A PostgreSQL database and the publisher that is called after each commit."""

    def __init__(self, url: str, publish: Publish = _publish_nothing, pool_size: int = 5) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise Misconfigured("VIGIE_DATABASE_URL must be a postgresql:// address; no other engine is supported.")
        self.engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,  # errors are logged; what readers wrote is not
            pool_recycle=1800,
        )
        self._publish = publish

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session in one transaction; on a clean exit commit, then send what was enqueued."""
        with Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
            for task in take_enqueued(session):
                self._publish(task)

    def dispose(self) -> None:
        """Close every pooled connection (needed after a fork and at the end of a process)."""
        self.engine.dispose()
