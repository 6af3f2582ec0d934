"""The database's session: commit, roll back, and nudges that leave only after a commit."""

import pytest
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.errors import Misconfigured
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import sites
from moderation.settings import Settings
from moderation.storage.sites import by_slug


class Accident(Exception):
    """Something that goes wrong inside a session."""


def exists(database: Database, slug: str) -> bool:
    """Say whether a site is stored, as another session sees it."""
    with database.session() as session:
        return by_slug(session, slug) is not None


def test_nudges_leave_once_and_after_the_commit(settings: Settings, database: Database) -> None:
    """What was enqueued, however often, is sent once, when another session already sees the rows."""
    seen: list[tuple[TaskName, bool]] = []
    nudging = Database(settings.require("database_url"), lambda task: seen.append((task, exists(database, "a"))))
    with nudging.session() as session:
        sites.create(session, "a", "A")
        for _ in range(3):
            enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
        assert seen == []
    nudging.dispose()
    assert seen == [(TaskName.DRAIN_COMMENTS, True)]


def test_an_accident_rolls_back_and_nudges_nobody(settings: Settings, database: Database) -> None:
    """When the block raises nothing is stored and nothing is sent."""
    seen: list[TaskName] = []
    nudging = Database(settings.require("database_url"), seen.append)

    def break_off() -> None:
        with nudging.session() as session:
            sites.create(session, "a", "A")
            enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
            raise Accident

    with pytest.raises(Accident):
        break_off()
    nudging.dispose()
    assert (seen, exists(database, "a")) == ([], False)


def test_what_readers_wrote_is_not_in_database_errors(database: Database) -> None:
    """The error of a failing statement does not repeat its values."""
    with pytest.raises(Exception, match="parameters hidden") as failed, database.session() as session:
        session.execute(text("SELECT * FROM nowhere WHERE x = :x"), {"x": "what a reader wrote"})
    assert "what a reader wrote" not in str(failed.value)


@pytest.mark.parametrize("url", ["sqlite://", "mysql://h/d"])
def test_another_engine_is_refused(url: str) -> None:
    """Only PostgreSQL is accepted, with a sentence that says so."""
    with pytest.raises(Misconfigured, match="must be a postgresql:// address"):
        Database(url)


def test_a_lost_connection_is_replaced(database: Database, settings: Settings) -> None:
    """After the server closed every pooled connection the next session works."""
    with database.session() as session:
        session.execute(text("SELECT 1"))
    everyone_else = "FROM pg_stat_activity WHERE datname = 'vigie' AND pid <> pg_backend_pid()"
    other = Database(settings.require("database_url"))
    with other.session() as session:
        session.execute(text(f"SELECT pg_terminate_backend(pid) {everyone_else}"))
    other.dispose()
    assert exists(database, "a") is False
