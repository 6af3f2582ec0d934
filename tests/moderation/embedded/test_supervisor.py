"""The supervisor inside this process: order, restarts, failures, logs."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from moderation.embedded import Program, ProgramFailed, RestartPolicy, Supervisor
from moderation.embedded.logs import last_lines, shorten

QUICK = RestartPolicy(first_delay=0.01, longest_delay=0.05, settled=5.0, tries=3)
Eventually = Callable[..., None]


def python(name: str, text: str, *arguments: str) -> Program:
    """A program that is a few lines of Python."""
    return Program(name, (sys.executable, "-I", "-S", "-c", text, *arguments), stop_seconds=2.0)


SLEEP = "import time; print('up', flush=True); time.sleep(60)"


def test_programs_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    """Each program is ready before the next starts, and the last to start is the first to stop."""
    events: list[str] = []
    flag = tmp_path / "flag"
    text = f"import pathlib, time; time.sleep(.3); pathlib.Path({str(flag)!r}).touch(); time.sleep(60)"
    first = replace(python("first", text), ready=flag.exists)
    with Supervisor(tmp_path, report=events.append) as supervisor:
        supervisor.start(first)
        assert flag.exists()
        supervisor.start(python("second", SLEEP))
        wrappers = [psutil.Process(pid) for pid in supervisor.pids().values()]
        family = [each for wrapper in wrappers for each in (wrapper, *wrapper.children(recursive=True))]
    assert [event.split(" after")[0] for event in events] == [
        "first is ready",
        "second is ready",
        "stopping second",
        "stopping first",
    ]
    assert [process for process in family if process.is_running()] == []


def test_a_dead_program_is_started_again(tmp_path: Path, eventually: Eventually) -> None:
    """A program that is killed comes back under another process id, and the event is reported."""
    events: list[str] = []
    with Supervisor(tmp_path, policy=QUICK, report=events.append) as supervisor:
        supervisor.start(python("worker", SLEEP))
        wrapper = psutil.Process(supervisor.pids()["worker"])
        eventually(lambda: "up" in last_lines(supervisor.log_of("worker")), "the program started")
        wrapper.children()[0].send_signal(signal.SIGKILL)
        eventually(lambda: supervisor.pids().get("worker") not in (None, wrapper.pid), "a new one")
        eventually(lambda: last_lines(supervisor.log_of("worker")).count("up") == 2, "it came up again")
    assert "worker ended with signal 9; starting it again in 0.01 s" in events


def supervise(supervisor: Supervisor, *programs: Program) -> None:
    """Start the programs and wait for their failure."""
    with supervisor:
        for program in programs:
            supervisor.start(program)
        supervisor.wait(20)


def test_a_program_that_keeps_dying_stops_everything(tmp_path: Path) -> None:
    """One sentence names the program, what happened and its log, and the log's last lines follow."""
    good = python("good", SLEEP)
    bad = python("web", "print('the port is taken'); raise SystemExit(3)")
    supervisor = Supervisor(tmp_path, policy=QUICK, handle_signals=False)
    before = psutil.Process().children()
    with pytest.raises(ProgramFailed) as failure:
        supervise(supervisor, good, bad)
    log = tmp_path / "web.log"
    assert str(failure.value) == (
        "web ended 3 times soon after its start, the last time with exit status 3; "
        f"its log is {log} and ends:\n" + "\n".join(["  the port is taken"] * 3)
    )
    assert supervisor.pids() == {}
    assert psutil.Process().children() == before


def test_a_failure_interrupts_the_main_thread(tmp_path: Path) -> None:
    """With signals handled, work in the main thread is interrupted when a program is given up."""
    bad = replace(python("web", "raise SystemExit('no')"), restart=False)

    def work() -> None:
        with Supervisor(tmp_path) as supervisor:
            supervisor.start(bad)
            time.sleep(20)
            raise AssertionError("not interrupted")

    with pytest.raises(ProgramFailed, match="web ended with exit status 1"):
        work()


def test_a_program_that_is_never_ready_is_named(tmp_path: Path) -> None:
    """A program that runs without becoming ready fails the start after its time."""
    mute = replace(python("mute", SLEEP), ready=lambda: False, ready_seconds=0.5)
    with pytest.raises(ProgramFailed, match=r"mute was not ready after 0.5 s; its log is .*mute.log"):
        supervise(Supervisor(tmp_path), mute)


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """The log's last line, shown in the message, names the command that cannot be run."""
    ghost = Program("ghost", ("/nowhere/ghost",), restart=False)
    with pytest.raises(ProgramFailed, match="/nowhere/ghost: No such file or directory"):
        supervise(Supervisor(tmp_path), ghost)


def test_signals_are_given_back(tmp_path: Path) -> None:
    """After the block the signals belong to whoever had them before."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with Supervisor(tmp_path):
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_a_long_log_is_shortened_while_it_is_written(tmp_path: Path) -> None:
    """A log over the limit moves to one older file, of mode 0600, and its writer goes on at the beginning."""
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 100)
        assert not shorten(log, limit_bytes=400)
        assert shorten(log, limit_bytes=399)
        writer.write(b"new\n")
    assert log.read_bytes() == b"new\n"
    assert (tmp_path / "web.log.1").read_bytes() == b"old\n" * 100
    assert (tmp_path / "web.log.1").stat().st_mode & 0o777 == 0o600
