"""What every test may use: a real PostgreSQL and a real Valkey, started once a run, emptied for each test."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from cryptography.fernet import Fernet
from redis import Redis
from sqlalchemy import text

from moderation.database import Database
from moderation.embedded import EmbeddedPostgres, EmbeddedValkey
from moderation.services.credentials import Vault
from moderation.settings import Settings
from moderation.storage import schema

# How long an example takes on a busy machine proves nothing.
hypothesis.settings.register_profile("vigie", deadline=None)
hypothesis.settings.load_profile("vigie")


@dataclass(frozen=True)
class Servers:
    """The two real servers of a test run."""

    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> None:
    """Keep the settings of the person who runs the tests out of them."""
    for name in [name for name in os.environ if name.startswith("VIGIE_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Start PostgreSQL and Valkey once, migrated; both keep to loopback and end with the run."""
    place = tmp_path_factory.mktemp("servers")
    postgres, valkey = EmbeddedPostgres(place / "postgres"), EmbeddedValkey(place / "valkey")
    for server in (postgres, valkey):
        server.start()
        server.wait_ready(60)
    postgres.ensure_database("vigie")
    database = Database(postgres.url("vigie"))
    schema.upgrade(database.engine)
    database.dispose()
    yield Servers(postgres, valkey)
    valkey.stop()
    postgres.remove()


@pytest.fixture
def settings(servers: Servers, tmp_path: Path) -> Settings:
    """Return settings that point at the real servers, with secrets of their own."""
    return Settings(
        var_dir=tmp_path / "var",
        database_url=servers.postgres.url("vigie"),
        broker_url=servers.valkey.url(0),
        secret_key="s" * 43,
        encryption_keys=(Fernet.generate_key().decode(),),
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """Return the real database, emptied; nothing is nudged after its commits."""
    database = Database(settings.require("database_url"))
    names = ", ".join(table.name for table in schema.METADATA.sorted_tables)
    with database.session() as session:
        session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    yield database
    database.dispose()


@pytest.fixture
def broker(servers: Servers) -> Iterator["Redis"]:
    """Return a client of the real broker, flushed."""
    client = Redis.from_url(servers.valkey.url(0))
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def vault(settings: Settings) -> Vault:
    """Return the vault of the settings' keys."""
    return Vault(settings.encryption_keys)
