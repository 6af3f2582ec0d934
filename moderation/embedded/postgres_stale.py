"""The `postmaster.pid` that a kill -9 leaves. PostgreSQL sees through it unless its number was given away."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path


def forget_recycled_pid(cluster: Path) -> None:
    """Remove the file when its process id now belongs to a live process that is not a server of this cluster.

    For the holder of the directory's lock only. A dead number is left to PostgreSQL, which also checks the
    shared memory that the file names.
    """
    file = cluster / "postmaster.pid"
    try:
        pid = int(file.read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    command = _command_of(pid)
    if command and str(cluster) not in command:
        file.unlink(missing_ok=True)


def _command_of(pid: int) -> str:
    """The command line of a live process; empty when there is no such process."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
    return os.fsdecode(listed.stdout).strip()
