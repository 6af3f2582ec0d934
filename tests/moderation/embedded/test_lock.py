"""The lock on a directory, between real processes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation.embedded import AlreadyRunning, DirectoryLock

HOLD = """
import pathlib, subprocess, sys, time
from moderation.embedded import DirectoryLock
lock = DirectoryLock(pathlib.Path(sys.argv[1]), "Vigie")
lock.acquire()
if len(sys.argv) > 2:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"], pass_fds=[lock.descriptor()])
print("held", flush=True)
time.sleep(60)
"""
Run = Callable[..., "subprocess.Popen[str]"]


def held_by(run_script: Run, *arguments: str) -> subprocess.Popen[str]:
    """A process that holds the lock."""
    process = run_script(HOLD, *arguments)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_told_who_has_the_directory(tmp_path: Path, run_script: Run) -> None:
    """Two runs on one directory cannot collide: the second is told the first one's process id."""
    holder = held_by(run_script, str(tmp_path))
    with pytest.raises(AlreadyRunning) as refusal, DirectoryLock(tmp_path):
        pass
    assert str(refusal.value) == (f"Vigie already runs on {tmp_path} (process {holder.pid}); stop that one first.")


def test_a_killed_owner_leaves_no_lock(tmp_path: Path, run_script: Run) -> None:
    """After kill -9 of the owner the directory is free."""
    holder = held_by(run_script, str(tmp_path))
    holder.kill()
    holder.wait()
    with DirectoryLock(tmp_path):
        assert (tmp_path / "lock").read_text(encoding="utf-8") == f"{os.getpid()}\n"


def test_what_a_killed_owner_left_running_is_waited_for(tmp_path: Path, run_script: Run) -> None:
    """While a child of a killed owner still works in the directory, the next owner waits, and then has it."""
    holder = held_by(run_script, str(tmp_path), "with a child")
    holder.kill()
    holder.wait()
    with DirectoryLock(tmp_path) as lock:
        assert lock.descriptor() >= 0


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    """Within one process the lock excludes a second holder until it is released."""
    first, second = DirectoryLock(tmp_path), DirectoryLock(tmp_path)
    first.acquire()
    with pytest.raises(AlreadyRunning):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
