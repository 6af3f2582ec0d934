"""`vigie run`: everything on one machine, on embedded servers where no address is set. Ctrl-C ends it all."""

import errno
import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from cryptography.fernet import Fernet

from moderation.cli import example, programs
from moderation.database import Database
from moderation.domain.errors import Misconfigured
from moderation.domain.words import Role
from moderation.embedded import DirectoryLock, EmbeddedPostgres, EmbeddedValkey, Program, Supervisor
from moderation.messages import QueueName
from moderation.services import moderators
from moderation.settings import EMBEDDED_FILE, SECRETS_FILE, Settings
from moderation.storage import schema
from moderation.storage.moderators import any_administrator

FIRST_ADMINISTRATOR = "admin@vigie.example"


@click.command()
@click.option("--example/--no-example", "with_example", default=True, help="Post the example thread on start.")
def run(with_example: bool) -> None:
    """Run everything: servers, workers, web. First start sets all of it up."""
    began = time.monotonic()
    settings = _with_secrets(Settings.load(embedded=False))
    _check_port(settings)
    with (
        DirectoryLock(settings.var_dir / "run", "Vigie"),
        Supervisor(settings.var_dir / "log", report=_report) as supervisor,
        _servers(settings, supervisor) as settings,
    ):
        database = Database(settings.require("database_url"))
        schema.upgrade(database.engine)
        _first_administrator(database)
        for program in _programs(settings):
            supervisor.start(program)
        click.echo(f"Vigie serves {settings.local_address} after {time.monotonic() - began:.1f} s; Ctrl-C ends it.")
        if with_example:
            example.play(settings, database, supervisor)
        click.echo(f"\nThe dashboard: {settings.public_url or settings.local_address}/   (Ctrl-C ends everything)")
        supervisor.wait()


COMMANDS = (run,)


@contextmanager
def _servers(settings: Settings, supervisor: Supervisor) -> Iterator[Settings]:
    """Start the embedded servers that are needed; yield settings that hold every address."""
    found = {"database_url": settings.database_url, "broker_url": settings.broker_url}
    with ExitStack() as stack:
        if settings.database_url is None:
            postgres = EmbeddedPostgres(settings.var_dir / "postgres")
            stack.callback(postgres.release)
            supervisor.start(postgres.program())
            postgres.ensure_database("vigie")
            found["database_url"] = postgres.url("vigie")
        if settings.broker_url is None:
            valkey = EmbeddedValkey(settings.var_dir / "valkey")
            stack.callback(valkey.release)
            supervisor.start(valkey.program())
            found["broker_url"] = valkey.url(0)
        lines = {name: url for name, url in found.items() if url != getattr(settings, name)}
        _write_private(settings.var_dir / EMBEDDED_FILE, {name: str(url) for name, url in lines.items()})
        yield settings.model_copy(update=found)


def _programs(settings: Settings) -> Iterator[Program]:
    env = os.environ | {"VIGIE_VAR_DIR": str(settings.var_dir)}
    scoring = programs.worker_command(settings, [QueueName.SCORING], settings.scoring_processes)
    errands = programs.worker_command(settings, programs.ERRAND_QUEUES, 1)
    learning = programs.worker_command(settings, [QueueName.LEARNING], 1)  # a step of it would hold up errands
    yield Program("web", programs.web_command(settings), env, ready=lambda: _answers(settings), stop_seconds=8)
    yield Program("scoring", scoring, env, stop_seconds=8)
    yield Program("errands", errands, env, stop_seconds=8)
    yield Program("learning", learning, env, stop_seconds=8)
    yield Program("beat", programs.beat_command(settings), env, stop_seconds=3)


def _with_secrets(settings: Settings) -> Settings:
    """Write the secrets that are missing, once, and return settings that hold them."""
    settings = settings.model_copy(update={"var_dir": settings.var_dir.absolute()})
    try:
        settings.var_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"VIGIE_VAR_DIR cannot be made or used: {error}.") from error
    made = {}
    if not settings.secret_key:
        made["secret_key"] = secrets.token_urlsafe(48)
    if not settings.encryption_keys:
        made["encryption_keys"] = Fernet.generate_key().decode()
    if made:
        path = settings.var_dir / SECRETS_FILE
        _write_private(path, made, "a")
        click.echo(f"Random secrets were written to {path}; keep a copy: without it stored secrets cannot be read.")
    return Settings.load(embedded=False, var_dir=settings.var_dir)


def _first_administrator(database: Database) -> None:
    with database.session() as session:
        if any_administrator(session):
            return
        password = secrets.token_urlsafe(12)
        moderators.create(session, FIRST_ADMINISTRATOR, "Administrator", password, Role.ADMINISTRATOR)
    click.secho("\nThe first administrator (the password is shown this once):", bold=True)
    click.echo(f"  address   {FIRST_ADMINISTRATOR}\n  password  {password}\n")


def _write_private(path: Path, values: dict[str, str], mode: str = "w") -> None:
    with open(
        os.open(path, os.O_WRONLY | os.O_CREAT | (os.O_APPEND if mode == "a" else os.O_TRUNC), 0o600), mode
    ) as file:
        file.writelines(f"VIGIE_{name.upper()}={value}\n" for name, value in values.items())


def _check_port(settings: Settings) -> None:
    try:
        with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken by another program" if taken else f"cannot be used ({error.strerror})"
        raise Misconfigured(
            f"Port {settings.port} of {settings.host} {reason}; set VIGIE_PORT to another one."
        ) from error


def _answers(settings: Settings) -> bool:
    host = settings.host if settings.host not in ("0.0.0.0", "::") else "localhost"  # noqa: S104
    try:
        with socket.create_connection((host, settings.port), timeout=0.5) as line:
            line.settimeout(5)
            line.sendall(b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return line.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def _report(line: str) -> None:
    if sys.stderr.isatty():
        click.secho(f"  {line}", err=True, dim=True)
