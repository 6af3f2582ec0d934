"""The supervisor: starts programs in order, keeps them alive, ends them all. It knows none of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from moderation.embedded.errors import ProgramFailed
from moderation.embedded.logs import last_lines
from moderation.embedded.program import Program
from moderation.embedded.restarts import RestartPolicy
from moderation.embedded.stop_signals import StopRequested, StopSignals
from moderation.embedded.supervised import Supervised

__all__ = ["StopRequested", "Supervisor"]

_TICK = 0.05


class Supervisor:
    """Keeps programs running inside a `with` block, and leaves no process after it.

    Inside, SIGINT, SIGTERM and SIGHUP raise StopRequested in the main thread wherever it is; the block
    swallows it. A second signal kills at once. ProgramFailed is raised there when a program cannot be kept
    running. `report` is given one line for each event, also from another thread. Outside the main thread
    set `handle_signals=False`.
    """

    def __init__(
        self,
        log_dir: Path,
        *,
        report: Callable[[str], None] = lambda line: None,
        policy: RestartPolicy | None = None,
        handle_signals: bool = True,
    ) -> None:
        self._log_dir = log_dir
        self._report = report
        self._policy = policy or RestartPolicy()
        self._signals = StopSignals() if handle_signals else None
        self._programs: list[Supervised] = []
        self._lock = threading.Lock()
        self._hurry = threading.Event() if self._signals is None else self._signals.hurry
        self._stopping = threading.Event()
        self._failure: ProgramFailed | None = None
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def log_of(self, name: str) -> Path:
        """Where the output of the program of that name goes."""
        return self._log_dir / f"{name}.log"

    def start(self, program: Program) -> None:
        """Start it and wait until it is ready; ProgramFailed when it keeps ending or is not ready in time."""
        supervised = Supervised(program, self.log_of(program.name), self._policy, self._report)
        with self._undisturbed(), self._lock:
            try:
                supervised.spawn()
            except OSError as error:
                raise self._failed(supervised, f"cannot be started ({error})") from None
            self._programs.append(supervised)
        began = time.monotonic()
        while not supervised.is_ready():
            self._raise_failure()
            if time.monotonic() - began > program.ready_seconds:
                raise self._failed(supervised, f"was not ready after {program.ready_seconds:g} s")
            time.sleep(_TICK)
        self._report(f"{program.name} is ready after {time.monotonic() - began:.1f} s")

    def pids(self) -> dict[str, int]:
        """The process id of each program's wrapper, by name: its whole process tree is below that."""
        with self._lock:
            return {each.program.name: each.pid for each in self._programs if each.pid}

    def wait(self, seconds: float | None = None) -> None:
        """Do nothing for so many seconds, or for ever; ProgramFailed when a program cannot go on."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while deadline is None or time.monotonic() < deadline:
            self._raise_failure()
            time.sleep(_TICK)

    def stop(self) -> None:
        """Stop every program, last started first, each with its own signal and patience."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join()
        for supervised in reversed(self._programs):
            if self._hurry.is_set():
                break
            supervised.stop(self._hurry)
        for supervised in self._programs:
            supervised.ask_to_die()
        for supervised in reversed(self._programs):
            supervised.kill()
        self._programs.clear()

    def _watch(self) -> None:
        while not self._stopping.wait(_TICK):
            with self._lock:
                for supervised in self._programs:
                    reason = supervised.attend()
                    if reason is not None:
                        self._failure = self._failed(supervised, reason)
                        break
            if self._failure is not None:
                if self._signals is not None:
                    self._signals.interrupt(self._failure)
                return

    def _failed(self, supervised: Supervised, reason: str) -> ProgramFailed:
        return ProgramFailed(supervised.program.name, reason, supervised.log, last_lines(supervised.log))

    def _raise_failure(self) -> None:
        if self._failure is not None and self._signals is None:  # else the signal raises it, once
            raise self._failure

    def _undisturbed(self) -> StopSignals.Undisturbed:
        return StopSignals.Undisturbed(self._signals)

    def __enter__(self) -> Self:
        """Begin to listen for signals and to watch."""
        if self._signals is not None:
            self._signals.install()
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Stop everything; a StopRequested ends here."""
        if self._signals is not None:
            self._signals.expect()
        self.stop()
        if self._signals is not None:
            self._signals.restore()
        return isinstance(error, StopRequested)
