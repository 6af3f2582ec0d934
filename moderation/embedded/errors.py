"""What can go wrong with an embedded server or a supervised program: each message is a sentence for a person.

    EmbeddedError
    ├── AlreadyRunning    another process holds the directory
    ├── PlaceUnusable     the directory or its owner does not allow what is needed
    ├── ServerFailed      a server ended, or was not ready in time
    └── ProgramFailed     a supervised program keeps ending

No handling and no printing here.
"""

from __future__ import annotations

from pathlib import Path


class EmbeddedError(Exception):
    """The root of this package's errors; its text can be shown to a person as it is."""


class AlreadyRunning(EmbeddedError):
    """Another live process holds the directory; `pid` is 0 when it could not be read."""

    def __init__(self, what: str, directory: Path, pid: int) -> None:
        self.pid = pid
        holder = f"process {pid}" if pid else "another process"
        super().__init__(f"{what} already runs on {directory} ({holder}); stop that one first.")


class PlaceUnusable(EmbeddedError):
    """A directory, its owner or a file in it does not allow what is needed."""


def belongs_to_another(path: Path) -> PlaceUnusable:
    """The error that says that we may not use the path."""
    return PlaceUnusable(f"{path} belongs to another user: run as that user, or as root.")


class ServerFailed(EmbeddedError):
    """A server ended or was not ready in time; the text names its log and shows the last lines."""


class ProgramFailed(EmbeddedError):
    """A supervised program cannot be kept running; the text names its log and shows the last lines."""

    def __init__(self, name: str, what: str, log: Path, last_lines: str) -> None:
        self.name = name
        self.log = log
        super().__init__(f"{name} {what}; its log is {log} and ends:\n{last_lines or '(nothing)'}")
