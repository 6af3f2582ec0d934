"""Worker, beat and web processes, started with the commands that `vigie run` uses, and what they share.

No test lives here. Nothing is asserted about time; every wait is bounded, and says what it waited for.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from redis import Redis
from sqlalchemy import text

import moderation
from moderation.cli.programs import beat_command, web_command, worker_command
from moderation.database import Database
from moderation.embedded import EmbeddedValkey, Program, RestartPolicy, Supervisor
from moderation.messages import QueueName
from moderation.settings import Settings

ROOT = Path(next(iter(moderation.__path__))).parent
PATIENCE_SECONDS = 90.0


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment that gives a process these settings."""
    values = settings.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    values["encryption_keys"] = ",".join(settings.encryption_keys)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    return ours | {"PYTHONPATH": path} | {f"VIGIE_{name.upper()}": str(value) for name, value in values.items()}


class Plant:
    """One database, one broker of its own, and supervised processes that end with the `with` block."""

    def __init__(self, settings: Settings, valkey: EmbeddedValkey, supervisor: Supervisor, log_dir: Path) -> None:
        self.settings, self.valkey, self.log_dir = settings, valkey, log_dir
        self._supervisor = supervisor
        self.database = Database(settings.require("database_url"))
        self.broker = Redis.from_url(settings.require("broker_url"))

    def start_worker(self, name: str, queues: Sequence[QueueName] = (QueueName.SCORING,), processes: int = 1) -> None:
        """Start a supervised worker and wait until it takes tasks."""
        command = worker_command(self.settings, queues, processes)
        self._start(name, command, stop_seconds=5, ready=lambda: " ready." in self.log_of(name))

    def start_beat(self) -> None:
        """Start the beat that rings the sweeps."""
        self._start("beat", beat_command(self.settings), stop_seconds=3)

    def start_web(self, ready: Callable[[], bool]) -> None:
        """Start the web server."""
        self._start("web", web_command(self.settings), stop_seconds=8, ready=ready)

    def log_of(self, name: str) -> str:
        """Return what a process wrote."""
        path = self._supervisor.log_of(name)
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def tree(self, name: str) -> list[psutil.Process]:
        """Return the living processes of one program, the main one first; none between two lives."""
        pid = self._supervisor.pids().get(name)
        with suppress(psutil.NoSuchProcess):
            return list(psutil.Process(pid).children(recursive=True)) if pid else []
        return []

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to every process of one program."""
        for process in self.tree(name):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def kill(self, name: str) -> None:
        """Kill every process of one program, as a power cut would, and wait until they are gone."""
        family = self.tree(name)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=10)

    def restart_broker(self, *, kill: bool = False, pause: float = 0.0) -> None:
        """Stop the broker, in order or with kill -9, and start it again."""
        self.stop_broker(kill=kill)
        time.sleep(pause)
        self.start_broker()

    def stop_broker(self, *, kill: bool = False) -> None:
        """Stop the broker, in order or with kill -9."""
        if kill:
            int_pid = int(self.broker.info("server")["process_id"])
            os.kill(int_pid, signal.SIGKILL)
            until(lambda: not psutil.pid_exists(int_pid), "the broker is gone", 10)
        self.valkey.stop()

    def start_broker(self) -> None:
        """Start the broker where it was."""
        self.valkey.start()
        self.valkey.wait_ready()

    def count(self, query: str, **values: object) -> int:
        """Return the one number that a query gives."""
        with self.database.session() as session:
            return int(session.scalar(text(query), values) or 0)

    def run(self, statement: str, **values: object) -> None:
        """Change rows behind the services' back, as an accident would."""
        with self.database.session() as session:
            session.execute(text(statement), values)

    def _start(
        self, name: str, argv: tuple[str, ...], stop_seconds: float, ready: Callable[[], bool] | None = None
    ) -> None:
        env = environment(self.settings)
        program = Program(name, argv, env, ROOT, stop_seconds=stop_seconds, ready=ready, ready_seconds=PATIENCE_SECONDS)
        self._supervisor.start(program)


@contextmanager
def plant(settings: Settings, place: Path) -> Iterator[Plant]:
    """Run a broker of its own, to be broken at will, and a supervisor; stop all of it at the end."""
    log_dir = place / "log"
    log_dir.mkdir(parents=True)
    policy = RestartPolicy(first_delay=0.1, longest_delay=0.5, tries=50)
    with EmbeddedValkey(place / "valkey") as valkey:
        ours = settings.model_copy(update={"broker_url": valkey.url(0), "var_dir": place / "var"})
        with Supervisor(log_dir, policy=policy, handle_signals=False) as supervisor:
            made = Plant(ours, valkey, supervisor, log_dir)
            try:
                yield made
            finally:
                made.database.dispose()
                made.broker.close()
