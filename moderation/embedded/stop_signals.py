"""Signals that ask for the end: an exception in the main thread and, the second time, a hurry."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_WAKE = signal.SIGTERM


class StopRequested(BaseException):
    """A person or the system asked us to stop. No Exception: no handler of errors may take it for one."""

    def __init__(self, number: int) -> None:
        self.signal = signal.Signals(number)
        super().__init__(f"stopped by {self.signal.name}")


class StopSignals:
    """The main thread's handlers of SIGINT, SIGTERM and SIGHUP, between `install()` and `restore()`."""

    def __init__(self) -> None:
        self.hurry = threading.Event()
        self._asked = False
        self._failure: BaseException | None = None
        self._disturb = True
        self._pending: BaseException | None = None
        self._before: dict[int, object] = {}

    def install(self) -> None:
        """Take over the signals; ValueError outside the main thread."""
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._receive)

    def restore(self) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def expect(self) -> None:
        """From now on raise nothing: the end has begun, and a signal only makes it hurry."""
        self._asked, self._disturb = True, False

    def interrupt(self, failure: BaseException) -> None:
        """Raise the failure in the main thread, wherever it is; callable from any thread."""
        self._failure = failure
        main = threading.main_thread().ident
        if main is not None:
            signal.pthread_kill(main, _WAKE)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        failure, self._failure = self._failure, None
        if self._asked:  # raised once already: a second exception could break the clearing up
            if failure is None:
                self.hurry.set()
            return
        self._asked = True
        error = failure or StopRequested(number)
        if self._disturb:
            raise error
        self._pending = self._pending or error

    class Undisturbed:
        """A block that a signal does not interrupt: its exception is raised at the end of the block."""

        def __init__(self, signals: StopSignals | None) -> None:
            self._signals = signals

        def __enter__(self) -> None:
            """Hold exceptions back."""
            if self._signals is not None:
                self._signals._disturb = False

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            """Raise what was held back."""
            if self._signals is not None:
                self._signals._disturb = True
                pending, self._signals._pending = self._signals._pending, None
                if pending is not None:
                    raise pending
