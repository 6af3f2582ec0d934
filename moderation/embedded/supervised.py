"""One program under supervision: its current process, its history, its log. It knows of no other program."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

from moderation.embedded.logs import shorten
from moderation.embedded.process import RunningProgram
from moderation.embedded.program import Program
from moderation.embedded.restarts import History, RestartPolicy


class Supervised:
    """A program that is started again after its end; not safe for use by two threads at once."""

    def __init__(self, program: Program, log: Path, policy: RestartPolicy, report: Callable[[str], None]) -> None:
        self.program = program
        self.log = log
        self._policy = policy
        self._report = report
        self._history = History()
        self._running: RunningProgram | None = None
        self._again_at = 0.0

    @property
    def pid(self) -> int:
        """The process id of its wrapper; 0 between two lives."""
        return self._running.pid if self._running else 0

    def spawn(self) -> None:
        """Start it; OSError when that cannot be."""
        self._running = RunningProgram(self.program, self.log)

    def is_ready(self) -> bool:
        """Whether it runs and says that it is ready."""
        if self._running is None:
            return False
        return self.program.ready is None or self.program.ready()

    def attend(self) -> str | None:
        """Notice its end and start it again when due; a reason when it cannot be kept running."""
        with contextlib.suppress(OSError):  # a full disk is no reason to stop
            shorten(self.log)
        now = time.monotonic()
        if self._running is None:
            if now >= self._again_at:
                return self._spawn_again()
            return None
        status = self._running.exit_status()
        if status is None:
            return None
        lived, self._running = now - self._running.started_at, None
        return self._mourn(status, lived, now)

    def _spawn_again(self) -> str | None:
        try:
            self.spawn()
        except OSError as error:
            return f"cannot be started again ({error})"
        return None

    def _mourn(self, status: int, lived: float, now: float) -> str | None:
        ending = _describe(status)
        if not self.program.restart:
            return f"ended with {ending}"
        self._history = self._history.after_death(lived, self._policy)
        if self._history.is_hopeless(self._policy):
            times = self._history.early_deaths
            return f"ended {times} times soon after its start, the last time with {ending}"
        delay = self._history.delay(self._policy)
        self._again_at = now + delay
        self._report(f"{self.program.name} ended with {ending}; starting it again in {delay:g} s")
        return None

    def stop(self, hurry: threading.Event) -> None:
        """Stop it in order, or at once when there is a hurry."""
        if self._running is None or self._running.exit_status() is not None:
            return
        self._report(f"stopping {self.program.name}")
        if not self._running.stop(hurry):
            self._report(f"{self.program.name} was killed")

    def ask_to_die(self) -> None:
        """Have its process tree killed, without waiting."""
        if self._running is not None and self._running.exit_status() is None:
            self._running.ask_to_die()

    def kill(self) -> None:
        """Kill its process tree, and wait until it has gone."""
        if self._running is not None and self._running.exit_status() is None:
            self._running.kill()
        self._running = None


def _describe(status: int) -> str:
    return f"signal {status - 128}" if status > 128 else f"exit status {status}"
