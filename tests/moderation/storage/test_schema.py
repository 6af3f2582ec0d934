"""The schema on the real server: up, down, equal to the records, and safe to start twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, inspect, text

from moderation.database import Database
from moderation.storage import schema
from tests.conftest import Servers

_numbers = count(1)


@pytest.fixture
def engine(servers: Servers) -> Iterator[Engine]:
    """Return the engine of a fresh, empty database of the real server."""
    name = f"schema_{next(_numbers)}"
    servers.postgres.ensure_database(name)
    database = Database(servers.postgres.url(name))
    yield database.engine
    database.dispose()


def revisions() -> list[str]:
    """Return every version, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(schema.config()).walk_revisions()][::-1]


def shape(engine: Engine) -> dict[str, object]:
    """Describe every table, column, index and constraint that is there."""
    with engine.connect() as connection:
        columns = connection.execute(
            text(
                "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity "
                "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
            )
        ).all()
        indexes = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"))
        constraints = connection.execute(
            text(
                "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
            )
        )
        return {"columns": columns, "indexes": indexes.all(), "constraints": constraints.all()}


def test_an_empty_database_goes_up_and_down_step_by_step(engine: Engine) -> None:
    """Every version goes up and down again, leaves what was there before, and down to base leaves no table or type."""
    assert schema.current(engine) is None
    shapes = []
    for revision in revisions():
        shapes.append(shape(engine))
        schema.upgrade(engine, revision)
        assert schema.current(engine) == revision
    assert schema.current(engine) == schema.newest()
    top = shape(engine)
    for revision in [*revisions()[-2::-1], "base"]:
        schema.downgrade(engine, revision)
        if revision != "base":
            assert shape(engine) == shapes.pop()
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    with engine.connect() as connection:
        kinds = "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'"
        assert connection.execute(text(kinds)).all() == []
    schema.upgrade(engine)
    assert shape(engine) == top


def test_there_is_one_newest_version(engine: Engine) -> None:
    """The versions form one line: no two of them follow the same one."""
    script = ScriptDirectory.from_config(schema.config())
    assert script.get_heads() == [schema.newest()]
    assert script.get_bases() == revisions()[:1]


def test_records_equal_the_migrated_schema(engine: Engine) -> None:
    """After all migrations Alembic finds nothing that the records have and the database has not, or the reverse."""
    schema.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.METADATA) == []


def test_a_text_search_of_old_is_made_anew(engine: Engine) -> None:
    """A database whose search was written as in an older version comes to store what a new one does."""
    asked = text("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE pg_get_expr(adbin, adrelid) ~ 'tsvector'")
    schema.upgrade(engine, "0007")
    with engine.begin() as connection:
        new = set(connection.scalars(asked))
        connection.execute(text("ALTER TABLE revision DROP COLUMN search"))
        connection.execute(
            text("ALTER TABLE revision ADD search tsvector GENERATED ALWAYS AS (to_tsvector('simple', text)) STORED")
        )
        connection.execute(text("CREATE INDEX ix_revision_search ON revision USING gin (search)"))
        assert set(connection.scalars(asked)) != new
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert set(connection.scalars(asked)) == new


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    """A second start on a migrated database sends no statement that makes, changes or drops anything."""
    schema.upgrade(engine)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2].split()[0].upper()))
    schema.upgrade(engine)
    assert statements
    assert set(statements) <= {"SELECT", "SHOW"}


def test_two_starts_at_once_migrate_once(engine: Engine) -> None:
    """Eight starts at the same moment on an empty database all succeed, and each table is made once."""
    made: list[str] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda *seen: made.append(seen[2].split("(")[0].strip()) if "CREATE TABLE" in seen[2] else None,
    )
    together = Barrier(8)

    def start(_: int) -> None:
        together.wait(30)
        schema.upgrade(engine)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(start, range(8)))
    assert schema.current(engine) == schema.newest()
    assert len(made) == len(set(made))
    assert len(made) == len(schema.METADATA.tables) + 1


def test_a_migration_that_fails_leaves_nothing_half_done(engine: Engine) -> None:
    """A migration runs in one transaction: when it fails at the end the database is as before."""

    def break_off(*seen: object) -> None:
        if "INSERT INTO alembic_version" in str(seen[2]):
            raise RuntimeError("the power went")

    event.listen(engine, "before_cursor_execute", break_off)
    with pytest.raises(RuntimeError, match="the power went"):
        schema.upgrade(engine)
    event.remove(engine, "before_cursor_execute", break_off)
    assert inspect(engine).get_table_names() == []
    schema.upgrade(engine)
    assert schema.current(engine) == schema.newest()
