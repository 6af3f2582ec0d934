"""No process outlives the supervisor, however it ends: real processes, real signals."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

Run = Callable[..., "subprocess.Popen[str]"]
Below = Callable[[int], "list[psutil.Process]"]
Eventually = Callable[..., None]
Survivors = Callable[..., "list[psutil.Process]"]

SUPERVISE = """
import pathlib, sys
from moderation.embedded import Program, Supervisor
directory, patience = pathlib.Path(sys.argv[1]), float(sys.argv[2])
stubborn = '''
import os, pathlib, signal, subprocess, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, lambda *_: None)
if len(sys.argv) < 2:
    subprocess.Popen([sys.executable, "-c", open("text").read(), "child"])
    away = not os.path.exists("together")
    subprocess.Popen([sys.executable, "-c", open("text").read(), "child"], start_new_session=away)
while True:
    time.sleep(0.1)
'''
(directory / "text").write_text(stubborn)
with Supervisor(directory / "log", report=print) as supervisor:
    argv = (sys.executable, "-c", stubborn)
    supervisor.start(Program("stubborn", argv, cwd=directory, stop_seconds=patience))
    supervisor.start(Program("quick", (sys.executable, "-c", "import time; time.sleep(99)")))
    supervisor.wait()
print("after the block")
"""
SERVERS = """
import pathlib, sys
from moderation.embedded import EmbeddedPostgres, EmbeddedValkey, Program, Supervisor
directory = pathlib.Path(sys.argv[1])
postgres, valkey = EmbeddedPostgres(directory / "postgres"), EmbeddedValkey(directory / "valkey")
(directory / "faces.py").write_text('''
import celery, os
worker = celery.Celery(broker=os.environ["BROKER"])
def web(environ, start_response):
    start_response("200 OK", [])
    return [b"here"]
''')
import os
with Supervisor(directory / "log", report=print) as supervisor:
    supervisor.start(postgres.program())
    supervisor.start(valkey.program())
    env = {**os.environ, "BROKER": valkey.url(0)}
    def run(name, *arguments):
        supervisor.start(Program(name, (sys.executable, "-m", *arguments), env=env, cwd=directory))
    run("worker", "celery", "-A", "faces:worker", "worker", "-c", "2", "-l", "INFO")
    run("web", "gunicorn", "-w", "2", "-b", "127.0.0.1:0", "faces:web")
    supervisor.wait()
postgres.release()
valkey.release()
print("after the block")
"""


def is_up(run: subprocess.Popen[str], below: Below) -> Callable[[], bool]:
    """Whether the stubborn program and both its children run, and the quick one: with two wrappers, six."""
    return lambda: len(below(run.pid)) == 6 and run.poll() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_in_order(
    number: signal.Signals,
    tmp_path: Path,
    run_script: Run,
    all_below: Below,
    eventually: Eventually,
    survivors: Survivors,
) -> None:
    """A program that ignores its signal is killed with all its children after its time; the run ends with 0."""
    run = run_script(SUPERVISE, str(tmp_path), "0.5")
    eventually(is_up(run, all_below), "everything runs")
    family = all_below(run.pid)
    run.send_signal(number)
    said, _ = run.communicate(timeout=20)
    assert survivors(family) == []
    assert said.splitlines()[-4:] == [
        "stopping quick",
        "stopping stubborn",
        "stubborn was killed",
        "after the block",
    ]
    assert run.returncode == 0


def test_a_second_signal_kills_at_once(
    tmp_path: Path, run_script: Run, all_below: Below, eventually: Eventually, survivors: Survivors
) -> None:
    """Who presses Ctrl-C twice does not wait for a program that has a minute to stop."""
    run = run_script(SUPERVISE, str(tmp_path), "60")
    eventually(is_up(run, all_below), "everything runs")
    family = all_below(run.pid)
    run.send_signal(signal.SIGINT)
    time.sleep(0.7)
    assert run.poll() is None
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=20)
    assert survivors(family) == []


def test_kill_9_of_the_supervisor_ends_all(
    tmp_path: Path, run_script: Run, all_below: Below, eventually: Eventually, survivors: Survivors
) -> None:
    """Programs that ignore signals, and children of theirs in other sessions, end when the supervisor is killed."""
    run = run_script(SUPERVISE, str(tmp_path), "60")
    eventually(is_up(run, all_below), "everything runs")
    family = all_below(run.pid)
    run.kill()
    assert survivors(family, 15) == []


def test_kill_9_of_a_wrapper_ends_its_program(
    tmp_path: Path, run_script: Run, all_below: Below, eventually: Eventually, survivors: Survivors
) -> None:
    """When the small parent is killed, its program and what is in its group go too, and it is started again."""
    (tmp_path / "together").touch()
    run = run_script(SUPERVISE, str(tmp_path), "0.2")
    eventually(is_up(run, all_below), "everything runs")
    wrapper = max(psutil.Process(run.pid).children(), key=lambda each: len(all_below(each.pid)))
    family = all_below(wrapper.pid)
    assert len(family) == 3
    wrapper.kill()
    assert survivors(family, 10) == []
    eventually(is_up(run, all_below), "it is started again")
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=20)


def test_servers_prefork_workers_and_web_workers_end_with_a_killed_supervisor(
    open_dir: Path, run_script: Run, all_below: Below, eventually: Eventually, survivors: Survivors
) -> None:
    """After kill -9 no PostgreSQL, Valkey, Celery or gunicorn process is left, and the next run starts and stops."""
    for ending in (signal.SIGKILL, signal.SIGTERM):
        run = run_script(SERVERS, str(open_dir))
        log = open_dir / "log"
        for name, words in (("worker", "ready."), ("web", "Booting worker")):
            eventually(lambda log=log / f"{name}.log", words=words: _says(log, words), f"{name} is up")
        family = all_below(run.pid)
        names = {process.name() for process in family}
        assert {"postgres", "valkey-server"} <= names
        began = time.monotonic()
        run.send_signal(ending)
        assert survivors(family, 20) == []
        print(f"\nall ended {time.monotonic() - began:.2f} s after {ending.name}")
        run.wait(20)
        for file in log.iterdir():
            file.unlink()


def _says(log: Path, words: str) -> bool:
    return log.exists() and words in log.read_text(encoding="utf-8", errors="replace")
