"""What the embedded servers share: a locked directory, a remembered port and password, start and stop."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from moderation.embedded.errors import PlaceUnusable, ServerFailed, belongs_to_another
from moderation.embedded.keepsakes import read_private, remembered_password, remembered_port
from moderation.embedded.lock import DirectoryLock
from moderation.embedded.logs import last_lines, shorten
from moderation.embedded.process import RunningProgram
from moderation.embedded.program import Program

_TICK = 0.02


class EmbeddedServer(ABC):
    """A server whose data, password, port, lock and log are in `data_dir`.

    Either call `start()`, `wait_ready()` and `stop()`, or give `program()` to a supervisor and call
    `release()` once that has stopped it. In a `with` block it runs and is ready.
    """

    title: ClassVar[str]

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self._lock = DirectoryLock(self.data_dir, self.title)
        self._running: RunningProgram | None = None

    @property
    def port(self) -> int:
        """The port on 127.0.0.1, remembered from the last start; PlaceUnusable before the first."""
        return int(self._kept("port"))

    @property
    def password(self) -> str:
        """The random password; PlaceUnusable before the first start."""
        return self._kept("password")

    @property
    def log(self) -> Path:
        """The server's own log when it was begun with `start()`."""
        return self.data_dir / "server.log"

    def program(self) -> Program:
        """Lock and prepare the directory, choose the port, and say how to run the server.

        AlreadyRunning when a live process, be it ours, has the directory; PlaceUnusable when it cannot be
        used; ServerFailed when the first preparation fails.
        """
        self._make_directory()
        self._lock.acquire()
        try:
            remembered_password(self.data_dir / "password")
            remembered_port(self.data_dir / "port")
            return self._prepare((self._lock.descriptor(),))
        except BaseException:
            self._lock.release()
            raise

    def start(self) -> None:
        """Start the server as a child of ours; the errors of `program()`."""
        program = self.program()
        try:
            shorten(self.log)
            self._running = RunningProgram(program, self.log)
        except BaseException:
            self.release()
            raise

    def wait_ready(self, timeout: float = 30.0) -> None:
        """Wait until it answers a query, at most `timeout` seconds; ServerFailed when it ends or does not."""
        deadline = time.monotonic() + timeout
        while not self.is_ready():
            status = self._running.exit_status() if self._running else None
            if status is not None:
                raise self._failure(f"ended with exit status {status}")
            if time.monotonic() >= deadline:
                raise self._failure(f"was not ready after {timeout:g} s")
            time.sleep(_TICK)

    def stop(self) -> None:
        """Stop it in order and unlock the directory; nothing happens when it does not run."""
        if self._running is not None and self._running.exit_status() is None:
            self._running.stop()
        self._running = None
        self.release()

    def release(self) -> None:
        """Unlock the directory, once a supervisor has stopped the program."""
        self._lock.release()

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the server answers a query now."""

    @abstractmethod
    def _prepare(self, hold: tuple[int, ...]) -> Program:
        """Make what the first start needs; how to run the server."""

    def _directory_mode(self) -> int:
        return 0o700

    def _make_directory(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self.data_dir.chmod(self._directory_mode())
        except PermissionError:
            raise belongs_to_another(self.data_dir) from None

    def _kept(self, name: str) -> str:
        value = read_private(self.data_dir / name)
        if value is None:
            raise PlaceUnusable(f"{self.title} was never started on {self.data_dir}.")
        return value

    def _failure(self, what: str) -> ServerFailed:
        return ServerFailed(f"{self.title} {what}; its log is {self.log} and ends:\n{last_lines(self.log)}")

    def __enter__(self) -> Self:
        """Start it and wait until it is ready."""
        self.start()
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()
