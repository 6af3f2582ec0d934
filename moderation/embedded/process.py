"""One running program, behind `child.py`: started, asked, stopped, killed. Restarts are not decided here."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from moderation.embedded import child
from moderation.embedded.logs import open_log
from moderation.embedded.program import Program

_TICK = 0.02
_KILL_SECONDS = 2 * child.ORPHAN_SECONDS


class RunningProgram:
    """The processes of one program, from its start to the end of the last of them."""

    def __init__(self, program: Program, log: Path) -> None:
        """Start it, its output appended to `log`; OSError when the log cannot be opened."""
        self.program = program
        self.log = log
        self.started_at = time.monotonic()
        life, self._life = os.pipe()
        output = -1
        try:
            output = open_log(log)
            self._process = self._spawn(life, output)
        except BaseException:
            os.close(self._life)
            raise
        finally:
            os.close(life)
            if output >= 0:
                os.close(output)

    def _spawn(self, life: int, output: int) -> subprocess.Popen[bytes]:
        program = self.program
        uid, gid = (program.account.uid, program.account.gid) if program.account else (-1, -1)
        held = ",".join(map(str, program.hold))
        wrapper = [sys.executable, "-I", "-S", child.__file__, str(life), held]
        return subprocess.Popen(
            [*wrapper, str(int(program.stop_signal)), str(uid), str(gid), *program.argv],
            env=program.env,
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(life, *program.hold),
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process id of the wrapper, which is also the id of its session and process group."""
        return self._process.pid

    def exit_status(self) -> int | None:
        """None while it runs; else its exit status, 128 + n when signal n ended it."""
        code = self._process.poll()
        if code is None:
            return None
        self._bury()
        return code if code >= 0 else 128 - code

    def ask_to_stop(self) -> None:
        """Send the program's stop signal to its main process."""
        self._process.send_signal(self.program.stop_signal)

    def wait(self, seconds: float, hurry: threading.Event | None = None) -> bool:
        """Whether it has ended within `seconds`, or before `hurry` was set."""
        deadline = time.monotonic() + seconds
        while self.exit_status() is None:
            if time.monotonic() >= deadline or (hurry is not None and hurry.is_set()):
                return False
            time.sleep(_TICK)
        return True

    def ask_to_die(self) -> None:
        """Have the wrapper kill everything below it."""
        self._process.send_signal(child.KILL_NOW)

    def kill(self) -> None:
        """Kill its whole process tree and wait until it has gone."""
        self.ask_to_die()
        if not self.wait(_KILL_SECONDS):
            self._process.kill()
            self._kill_group()
            self._process.wait()
            self._bury()

    def stop(self, hurry: threading.Event | None = None) -> bool:
        """Stop it in order; whether it obeyed (False: it was killed)."""
        self.ask_to_stop()
        obeyed = self.wait(self.program.stop_seconds, hurry)
        if not obeyed:
            self.kill()
        return obeyed

    def _bury(self) -> None:
        """Once the wrapper has gone: end what a killed wrapper, or macOS, may have left in its group."""
        if self._life >= 0:
            self._kill_group()
            os.close(self._life)
            self._life = -1

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
