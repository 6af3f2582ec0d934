"""Log files of programs: appended to by the programs themselves, kept short and read back here.

A program writes straight into its file, so nothing is lost and nothing blocks when the supervisor has gone.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LIMIT_BYTES = 10_000_000
_TAIL_BYTES = 8_192


def open_log(path: Path) -> int:
    """A descriptor that appends to the file, which only its owner may read; OSError when that cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def shorten(path: Path, limit_bytes: int = LIMIT_BYTES) -> bool:
    """Move the text of a file over the limit to `name.1` and empty it; whether that was done.

    The file stays the same file, because programs hold it open: what is written between the two steps is
    lost.
    """
    if not path.exists() or path.stat().st_size <= limit_bytes:
        return False
    older = path.with_name(path.name + ".1")
    older.touch(0o600)
    shutil.copyfile(path, older)
    os.truncate(path, 0)
    return True


def last_lines(path: Path, count: int = 12) -> str:
    """The last lines of a file, indented by two spaces; empty when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(f"  {line}" for line in text.splitlines()[-count:])
