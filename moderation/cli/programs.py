"""The long-running programs, one command each, for administrators who have a supervisor of their own.

`vigie run` starts the same ones. Each replaces this process by the real program.
"""

import os
import sys
from collections.abc import Sequence

import click

from moderation.messages import QueueName
from moderation.settings import Settings

ERRAND_QUEUES = (QueueName.CALLBACKS, QueueName.HOUSEKEEPING)


def web_command(settings: Settings) -> tuple[str, ...]:
    """Return the command line of the web server."""
    return (
        *(sys.executable, "-m", "gunicorn", "moderation.app:create_app()"),
        *("--bind", f"{_bracketed(settings.host)}:{settings.port}"),
        *("--workers", str(settings.web_processes), "--worker-class", "gthread"),
        *("--threads", str(settings.web_threads)),
        *("--graceful-timeout", "10", "--keep-alive", "5", "--worker-tmp-dir", _shared_memory()),
        *("--no-control-socket", "--log-level", settings.log_level.lower()),
    )


def worker_command(settings: Settings, queues: Sequence[QueueName], processes: int) -> tuple[str, ...]:
    """Return the command line of a Celery worker for some of the queues."""
    names = ",".join(queues)
    return (
        *(sys.executable, "-m", "celery", "--quiet", "-A", "workers.app", "worker"),
        *("-Q", names, "-n", f"{names.replace(',', '-')}@%h", "-c", str(processes)),
        *("--without-gossip", "--without-mingle", "--loglevel", settings.log_level),
    )


def beat_command(settings: Settings) -> tuple[str, ...]:
    """Return the command line of Celery beat."""
    return (
        *(sys.executable, "-m", "celery", "--quiet", "-A", "workers.app", "beat"),
        *("--pidfile", "", "--loglevel", settings.log_level),
    )


@click.command()
def web() -> None:
    """Serve the API and the dashboard (gunicorn)."""
    _become(web_command(_complete("database_url", "broker_url", "secret_key", "encryption_keys")))


@click.command()
@click.option("--queues", default=",".join(QueueName), show_default=True, help="Task queues, comma-separated.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
def worker(queues: str, processes: int) -> None:
    """Serve task queues (Celery)."""
    try:
        names = [QueueName(name.strip()) for name in queues.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"{error}; there are {', '.join(QueueName)}.", param_hint="--queues") from error
    _become(worker_command(_complete("database_url", "broker_url", "encryption_keys"), names, processes))


@click.command()
def beat() -> None:
    """Ring the periodic tasks (Celery beat); run exactly one, though two do no harm."""
    _become(beat_command(_complete("broker_url")))


COMMANDS = (web, worker, beat)


def _complete(*names: str) -> Settings:
    """Return the settings when these are there; a program that starts without them would only fail in its log."""
    settings = Settings.load()
    for name in names:
        settings.require(name)
    return settings


def _become(argv: Sequence[str]) -> None:
    os.execv(argv[0], list(argv))  # noqa: S606 - our own interpreter, no shell


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _shared_memory() -> str:
    """Return where gunicorn's heartbeat files go: memory where there is some, so that a slow disk kills nobody."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"  # noqa: S108
