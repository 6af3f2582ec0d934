"""`vigie run` as a person starts it: a process of its own, in a directory of its own, on a free port."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from sqlalchemy import text

import moderation
from moderation.database import Database
from moderation.settings import Settings
from moderation.storage import schema

ROOT = Path(next(iter(moderation.__path__))).parent
STARTED = "(Ctrl-C ends everything)"


class Place:
    """A directory that PostgreSQL's account may enter, a free port, and what runs there."""

    def __init__(self, path: Path) -> None:
        self.path, self.var, self.port = path, path / "var", free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._seen: set[psutil.Process] = set()
        self._count = 0

    def command(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run another command of Vigie there to its end."""
        done = [sys.executable, "-m", "moderation.cli", *argv]
        return subprocess.run(done, env=self._env(), cwd=self.path, capture_output=True, text=True, timeout=180)

    def start(self, *argv: str) -> str:
        """Start `vigie run`, wait until it says that everything stands, and return what it printed."""
        self._count += 1
        with (self.path / f"out-{self._count}").open("wb") as out:
            line = [sys.executable, "-W", "error::ResourceWarning", "-m", "moderation.cli", "run", *argv]
            self.process = subprocess.Popen(line, env=self._env(), cwd=self.path, stdout=out, stderr=out)
        eventually(lambda: STARTED in self.printed() or not self.runs(), "vigie run started", 240)
        assert self.runs(), self.printed()
        return self.printed()

    def runs(self) -> bool:
        """Say whether `vigie run` has started and not ended."""
        return self.process is not None and self.process.poll() is None

    def printed(self) -> str:
        """Return what the last start printed so far."""
        return (self.path / f"out-{self._count}").read_text(encoding="utf-8")

    def family(self) -> dict[str, list[psutil.Process]]:
        """Return every process below `vigie run`, by the word of its command line that tells what it is."""
        assert self.process
        found: dict[str, list[psutil.Process]] = {}
        for process in psutil.Process(self.process.pid).children(recursive=True):
            self._seen.add(process)
            with contextlib.suppress(psutil.NoSuchProcess):
                line = " ".join(process.cmdline())
                kind = next(
                    (k for k in ("gunicorn", "celery", "example-site", "valkey", "postgres") if k in line), "other"
                )
                found.setdefault(kind, []).append(process)
        return found

    def left(self) -> list[psutil.Process]:
        """Return the processes seen so far, and any that works in this directory, that still live."""
        mine = [p for p in psutil.process_iter() if _mentions(p, str(self.path))]
        return [p for p in {*self._seen, *mine} if lives(p)]

    def end(self, number: int) -> int:
        """Send a signal to `vigie run` alone, wait for its end, and return its exit code."""
        assert self.process
        self.family()
        self.process.send_signal(number)
        return self.process.wait(60)

    def clean(self) -> None:
        """Kill what is left after a failed test."""
        if self.process and self.runs():
            self.family()
            self.process.kill()
            self.process.wait(30)
        eventually(lambda: not self.left(), "everything ended", 30, self.kill)

    def kill(self) -> None:
        """Kill every process that is left."""
        for process in self.left():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def rows(self) -> dict[str, int]:
        """Count the rows of every table."""
        return {t.name: int(self.ask(f"SELECT count(*) FROM {t.name}")[0]) for t in schema.METADATA.sorted_tables}

    def ask(self, query: str) -> list[Any]:
        """Return the first column of what a query finds in the running database."""
        database = Database(Settings.load(var_dir=self.var).require("database_url"))
        try:
            with database.session() as session:
                return list(session.scalars(text(query)))
        finally:
            database.dispose()

    def received(self) -> list[dict[str, Any]]:
        """Return the callbacks that the example site remembers."""
        file = self.var / "example" / "received.ndjson"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def answers(self) -> bool:
        """Say whether the web server is ready."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5) as response:
                return bool(response.status == 200)
        except (URLError, OSError):
            return False

    def _env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("VIGIE_")}
        python_path = os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH")]))
        own = {"VIGIE_VAR_DIR": str(self.var), "VIGIE_PORT": str(self.port), "VIGIE_WEB_PROCESSES": "1"}
        return kept | own | {"PYTHONPATH": python_path, "COLUMNS": "160", "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """Make a place, and leave nothing of it behind."""
    with tempfile.TemporaryDirectory(prefix="vigie-run-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        here = Place(Path(name))
        try:
            yield here
        finally:
            here.clean()


def eventually(
    condition: Callable[[], object], what: str, seconds: float = 30, meanwhile: Callable[[], object] | None = None
) -> None:
    """Wait until something is so, for a bounded time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        if meanwhile:
            meanwhile()
        time.sleep(0.05)


def free_port() -> int:
    """Return a port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lives(process: psutil.Process) -> bool:
    """Say whether a process is there and no zombie."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _mentions(process: psutil.Process, path: str) -> bool:
    try:
        return path in " ".join(process.cmdline()) or process.cwd().startswith(path)
    except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
        return False
