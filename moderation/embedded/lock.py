"""The lock on a directory: one live owner at most, named in the file, released when it has gone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from moderation.embedded.errors import AlreadyRunning, belongs_to_another

_LINGER_SECONDS = 10.0


class DirectoryLock:
    """An exclusive lock on a directory, by the file `lock` in it; `what` names the owner in messages.

    The descriptor may be given to children (`Program.hold`): the directory then stays locked until the last
    of them has gone, also when their parent was killed.
    """

    def __init__(self, directory: Path, what: str = "Vigie") -> None:
        self._directory = directory
        self._path = directory / "lock"
        self._what = what
        self._descriptor = -1

    def acquire(self) -> None:
        """Take the lock; AlreadyRunning when its owner lives, PlaceUnusable when the directory is another's.

        What a killed owner left running is given 10 s to end.
        """
        descriptor = self._open()
        try:
            self._wait_for(descriptor)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def _open(self) -> int:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError:
            raise belongs_to_another(self._path) from None

    def _wait_for(self, descriptor: int) -> None:
        deadline = time.monotonic() + _LINGER_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                owner = _pid_in(descriptor)
                if _alive(owner) or time.monotonic() >= deadline:
                    raise AlreadyRunning(self._what, self._directory, owner) from None
                time.sleep(0.05)

    def descriptor(self) -> int:
        """The open descriptor, for `Program.hold`; -1 when the lock is not held."""
        return self._descriptor

    def release(self) -> None:
        """Give up our hold of the lock; nothing happens when there is none."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock; AlreadyRunning when another process has it."""
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release it."""
        self.release()


def _pid_in(descriptor: int) -> int:
    with contextlib.suppress(ValueError):
        return int(os.pread(descriptor, 32, 0))
    return 0


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
