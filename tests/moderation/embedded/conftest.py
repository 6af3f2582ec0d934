"""Places and processes for the tests of the embedded servers and the supervisor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

import moderation

ROOT = Path(next(iter(moderation.__path__))).parent


@pytest.fixture(scope="module")
def open_dir() -> Iterator[Path]:
    """A new folder that every account may enter, which pytest's own are not."""
    path = Path(tempfile.mkdtemp(prefix="vigie-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def run_script(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a Python script as a process of its own; what it left is killed after the test."""
    started: list[subprocess.Popen[str]] = []

    def run(text: str, *arguments: str) -> subprocess.Popen[str]:
        script = tmp_path / "script.py"
        script.write_text(text, encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
                "PYTHONUNBUFFERED": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until something is so, at most 20 s."""

    def wait(condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, f"not within 20 s: {what}"
            time.sleep(0.02)

    return wait


@pytest.fixture
def all_below() -> Iterator[Callable[[int], list[psutil.Process]]]:
    """Every process below the one with that id, now; what is left of them is killed after the test."""
    seen: set[psutil.Process] = set()

    def find(pid: int) -> list[psutil.Process]:
        found: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
        seen.update(found)
        return found

    yield find
    for process in filter(_lives, seen):
        process.kill()


@pytest.fixture
def survivors() -> Callable[..., list[psutil.Process]]:
    """Those of the processes that still live after so many seconds at most; a zombie has ended."""

    def wait(family: list[psutil.Process], seconds: float = 0.0) -> list[psutil.Process]:
        deadline = time.monotonic() + seconds
        while (living := [*filter(_lives, family)]) and time.monotonic() < deadline:
            time.sleep(0.02)
        return living

    return wait


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
