"""What to run, as a value: no process is started here."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """The numeric user and group that a process runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Program:
    """One long-running command.

    `env` is the whole environment, None inherits ours. `ready` is asked every few hundredths of a second
    until it says yes or `ready_seconds` have passed; None means ready as soon as it is alive. To stop it,
    `stop_signal` is sent to the main process only, and after `stop_seconds` its whole process tree is
    killed. `account` needs root. `hold` are file descriptors (locks) that stay open until the last of its
    processes has gone.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 5.0
    restart: bool = True
    ready: Callable[[], bool] | None = None
    ready_seconds: float = 30.0
    account: Account | None = None
    hold: tuple[int, ...] = ()
