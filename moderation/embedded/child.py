"""The small parent of one program: started by path, it makes sure that the program never outlives us.

    python -I -S child.py LIFE HOLD SIGNAL UID GID command…

LIFE is the reading end of a pipe whose writing end only the supervisor holds: its end means that the
supervisor has gone, even by kill -9, on Linux and on macOS alike. (PR_SET_PDEATHSIG towards the supervisor
would fire when the *thread* that started us ends; it is used below, towards this single-threaded process.)
HOLD are comma-separated descriptors to keep open here and not in the program: locks. SIGNAL ends the
program in an orderly way.

On Linux this process is a subreaper: what the program leaves behind becomes its child and is killed before
it ends, so that prefork workers, web workers and daemons of any session go too. Only the standard library,
and no import of ours: it must start in a hundredth of a second.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys
import time

ORPHAN_SECONDS = 2.0
KILL_NOW = signal.SIGUSR1
FORWARDED = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR2}
CAUGHT = FORWARDED | {KILL_NOW, signal.SIGCHLD}
LINUX = os.uname().sysname == "Linux"
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def main(arguments: list[str]) -> int:
    """Run the command until it ends, and return its exit status (128 + n when signal n ended it)."""
    life = int(arguments[0])
    held = [int(number) for number in arguments[1].split(",") if number]
    stop_signal, uid, gid = (int(number) for number in arguments[2:5])
    for descriptor in (life, *held):
        os.set_inheritable(descriptor, False)
    if LINUX:
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
    wake = _catch_signals()
    main_pid = _start(arguments[5:], uid, gid)
    return _attend(main_pid, life, wake, stop_signal)


def _attend(main_pid: int, life: int, wake: int, stop_signal: int) -> int:
    watched = [life, wake]
    deadline: float | None = None
    while True:
        patience = None if deadline is None else max(0.0, deadline - time.monotonic())
        ready = select.select(watched, [], [], patience)[0]
        if life in ready:
            watched.remove(life)
            deadline = time.monotonic() + ORPHAN_SECONDS
            _send(main_pid, stop_signal)
        for number in os.read(wake, 64) if wake in ready else b"":
            if number in FORWARDED:
                _send(main_pid, number)
            elif number == KILL_NOW:
                _send(main_pid, signal.SIGKILL)
        status = _reap(main_pid)
        if status is not None:
            _end_descendants()
            return status
        if deadline is not None and time.monotonic() >= deadline:
            _send(main_pid, signal.SIGKILL)
            deadline = None


def _catch_signals() -> int:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in CAUGHT:
        signal.signal(number, lambda *_: None)  # the number arrives through the pipe
    return reading


def _start(command: list[str], uid: int, gid: int) -> int:
    """Fork with signals held back, so that one sent meanwhile reaches the program with its default effect."""
    ourselves = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, CAUGHT)
    pid = os.fork()
    if pid == 0:
        try:
            signal.set_wakeup_fd(-1)
            for number in (*CAUGHT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, CAUGHT)
            _become(uid, gid)
            if LINUX:  # after the change of user, which clears it
                _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                if os.getppid() != ourselves:
                    os._exit(1)
            os.execvp(command[0], command)  # noqa: S606 - the command is the supervisor's own
        except OSError as error:
            print(f"{command[0]}: {error.strerror}", file=sys.stderr, flush=True)
        finally:
            os._exit(127)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, CAUGHT)
    return pid


def _become(uid: int, gid: int) -> None:
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def _reap(main_pid: int) -> int | None:
    """Bury every child that has ended; the exit status of the main one, if it is among them."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == main_pid:
                code = os.waitstatus_to_exitcode(status)
                found = code if code >= 0 else 128 - code
    return found


def _end_descendants() -> None:
    if not LINUX:
        _end_group()
        return
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (children := _children()) and time.monotonic() < deadline:
        for pid in children:
            _send(pid, signal.SIGKILL)
        _reap(0)
        time.sleep(0.005)


def _end_group() -> None:
    """Where orphans cannot be adopted: end our group, sparing us while someone reads our status."""
    os.killpg(0, signal.SIGTERM)
    if os.getppid() == 1:
        os.killpg(0, signal.SIGKILL)


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _children() -> list[int]:
    """Our children, dead ones not yet buried included: /proc names each one's parent."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
            if int(file.read().rpartition(b")")[2].split()[1]) == os.getpid():
                found.append(int(name))
    return found


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
