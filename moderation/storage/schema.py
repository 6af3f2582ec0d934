"""The schema of the database: brought to a version, compared with the records."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from moderation.storage import (
    alike,
    articles,
    audit,
    bulk,
    callbacks,
    claims,
    comments,
    decision_statistics,
    decisions,
    filters,
    invitations,
    memberships,
    models,
    moderators,
    people,
    remarks,
    rescorings,
    retrainings,
    scorings,
    second_judgements,
    sites,
    statistics,
    templates,
    watch_reports,
    words,
)
from moderation.storage.base import Record

METADATA = Record.metadata
RECORD_MODULES = (
    alike,
    articles,
    audit,
    bulk,
    callbacks,
    claims,
    comments,
    decision_statistics,
    decisions,
    filters,
    invitations,
    memberships,
    models,
    moderators,
    people,
    remarks,
    rescorings,
    retrainings,
    scorings,
    second_judgements,
    sites,
    statistics,
    templates,
    watch_reports,
    words,
)

_LOCK = 7_264_118  # any constant: two starts at once migrate one after the other


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to a version; a second process that tries at the same time waits."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the schema down to a version; "base" removes every table."""
    with engine.begin() as connection:
        command.downgrade(config(connection), revision)


def current(engine: Engine) -> str | None:
    """Return the version that the database is at, None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the version that this code needs."""
    return ScriptDirectory.from_config(config()).get_current_head()


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; it has no file of its own."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    return settings
