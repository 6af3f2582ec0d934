"""The embedded PostgreSQL, on a real server that the tests of this module share."""

from __future__ import annotations

import os
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from moderation.embedded import AlreadyRunning, EmbeddedPostgres, PlaceUnusable


@pytest.fixture(scope="module")
def postgres(open_dir: Path) -> Iterator[EmbeddedPostgres]:
    """One server for the module, begun for the first time."""
    server = EmbeddedPostgres(open_dir / "postgres")
    began = time.monotonic()
    server.start()
    server.wait_ready()
    print(f"\nPostgreSQL, first start: {time.monotonic() - began:.2f} s")
    server.ensure_database("vigie")
    yield server
    server.stop()


def ask(server: EmbeddedPostgres, question: str, database: str = "vigie") -> list[tuple[object, ...]]:
    """The rows that a statement returns."""
    url = server.url(database).replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        return cursor.fetchall() if cursor.description else []


def postmaster(server: EmbeddedPostgres) -> psutil.Process:
    """The main process of the server."""
    pid = (server.data_dir / "cluster" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
    return psutil.Process(int(pid))


def restart(server: EmbeddedPostgres) -> float:
    """Start it and wait; the seconds that took."""
    began = time.monotonic()
    server.start()
    server.wait_ready()
    return time.monotonic() - began


def test_it_is_the_database_we_want(postgres: EmbeddedPostgres) -> None:
    """A new server speaks UTF-8 with a locale that no machine lacks, writes to disk, and hashes passwords."""
    wanted = "server_encoding fsync password_encryption unix_socket_directories listen_addresses TimeZone"
    found = [ask(postgres, f"SHOW {name}")[0][0] for name in wanted.split()]
    assert found == ["UTF8", "on", "scram-sha-256", "", "127.0.0.1", "UTC"]
    locale = ask(postgres, "SELECT datlocale FROM pg_database WHERE datname = 'vigie'")
    assert locale == [("C.UTF-8",)]


def test_a_database_is_created_once(postgres: EmbeddedPostgres) -> None:
    """Asking twice for a database, whatever its name, gives one."""
    for _ in range(2):
        postgres.ensure_database('odd "name"; --')
    assert ask(postgres, "SELECT count(*) FROM pg_database WHERE datname LIKE 'odd%'") == [(1,)]


def test_a_password_is_needed(postgres: EmbeddedPostgres) -> None:
    """Without the password nobody gets in, not even from this machine."""
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=postgres.port, user="vigie", dbname="vigie", connect_timeout=2)


def test_no_file_of_its_is_for_others(postgres: EmbeddedPostgres) -> None:
    """The password and the log are of mode 0600, the data of 0700, and no draft of the password is left."""
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in postgres.data_dir.iterdir()}
    assert modes == {"password": 0o600, "port": 0o600, "lock": 0o600, "server.log": 0o600, "cluster": 0o700}


def test_the_password_is_on_no_command_line(postgres: EmbeddedPostgres) -> None:
    """Whoever lists processes does not see the password."""
    assert postgres.password not in " ".join(postmaster(postgres).cmdline())


def test_it_never_runs_as_root(postgres: EmbeddedPostgres) -> None:
    """The server's user is ours, or when we are root another that owns the data."""
    owner = (postgres.data_dir / "cluster").stat().st_uid
    assert postmaster(postgres).uids().real == owner
    assert owner == os.geteuid() or os.geteuid() == 0
    assert owner != 0


def test_the_log_holds_no_comment(postgres: EmbeddedPostgres) -> None:
    """A statement that fails leaves neither its text nor its values in the log."""
    ask(postgres, "CREATE TABLE comment (body text PRIMARY KEY)")
    ask(postgres, "INSERT INTO comment VALUES ('a secret opinion')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(postgres, "INSERT INTO comment VALUES ('a secret opinion')")
    assert "duplicate key" in postgres.log.read_text(encoding="utf-8")
    assert "opinion" not in postgres.log.read_text(encoding="utf-8")


def test_a_second_start_on_the_same_data_is_refused(postgres: EmbeddedPostgres) -> None:
    """While a server runs, another on its directory is refused with the directory and the process named."""
    with pytest.raises(AlreadyRunning) as refusal:
        EmbeddedPostgres(postgres.data_dir).start()
    assert str(postgres.data_dir) in str(refusal.value)
    assert f"process {os.getpid()}" in str(refusal.value)
    assert postgres.is_ready()


def test_a_restart_keeps_data_port_and_password(postgres: EmbeddedPostgres) -> None:
    """What was stored is there after a stop and a start, under the same URL."""
    ask(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    url = postgres.url("vigie")
    postgres.stop()
    assert not postgres.is_ready()
    print(f"\nPostgreSQL, second start: {restart(postgres):.2f} s")
    assert postgres.url("vigie") == url
    assert ask(postgres, "SELECT answer FROM kept") == [(42,)]


def test_a_taken_port_is_replaced(postgres: EmbeddedPostgres) -> None:
    """When someone else has the port at the next start, another one is chosen and remembered."""
    before = postgres.port
    postgres.stop()
    with socket.socket() as intruder:
        intruder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        intruder.bind(("127.0.0.1", before))
        intruder.listen()
        restart(postgres)
    assert postgres.port != before
    assert EmbeddedPostgres(postgres.data_dir).port == postgres.port


def test_it_recovers_from_kill_9(postgres: EmbeddedPostgres, eventually: Callable[..., None]) -> None:
    """After kill -9 of its main process nothing of it is left, and the next start has what was committed."""
    ask(postgres, "CREATE TABLE committed AS SELECT 7 AS answer")
    main = postmaster(postgres)
    tree = [main, *main.children(recursive=True)]
    main.send_signal(signal.SIGKILL)
    assert psutil.wait_procs(tree, timeout=10)[1] == []
    postgres.stop()
    assert (postgres.data_dir / "cluster" / "postmaster.pid").exists()
    print(f"\nPostgreSQL, start after kill -9: {restart(postgres):.2f} s")
    assert ask(postgres, "SELECT answer FROM committed") == [(7,)]


def test_a_process_id_given_to_another_does_not_stop_it(postgres: EmbeddedPostgres) -> None:
    """A stale postmaster.pid that names a live stranger, as after a reboot, is seen through."""
    stale = postgres.data_dir / "cluster" / "postmaster.pid"
    text = stale.read_text(encoding="utf-8").splitlines()
    postgres.stop()
    stale.write_text("\n".join([str(os.getpid()), *text[1:]]) + "\n", encoding="utf-8")
    stale.chmod(0o600)
    owner = stale.parent.stat()
    os.chown(stale, owner.st_uid, owner.st_gid)
    restart(postgres)
    assert postmaster(postgres).pid != os.getpid()


def test_stop_leaves_no_process_and_can_be_repeated(postgres: EmbeddedPostgres) -> None:
    """After a stop no process of the server is left; a second stop does nothing."""
    main = postmaster(postgres)
    tree = [main, main.parent() or main, *main.children(recursive=True)]
    began = time.monotonic()
    postgres.stop()
    print(f"\nPostgreSQL, stop: {time.monotonic() - began:.2f} s")
    assert [process for process in tree if process.is_running()] == []
    postgres.stop()
    restart(postgres)


def test_before_the_first_start_there_is_no_url(tmp_path: Path) -> None:
    """Asking for the URL of a server that was never started says so."""
    with pytest.raises(PlaceUnusable, match="was never started"):
        EmbeddedPostgres(tmp_path / "new").url("vigie")
