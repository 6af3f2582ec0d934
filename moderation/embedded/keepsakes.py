"""What a server finds again at its next start, one value a file of mode 0600: its password, its port."""

from __future__ import annotations

import os
import random
import secrets
import socket
from pathlib import Path

from moderation.embedded.errors import PlaceUnusable, belongs_to_another

_PORTS = range(20_000, 32_000)  # below what Linux and macOS give to outgoing connections
_PASSWORD_BYTES = 32


def write_private(path: Path, text: str) -> None:
    """Write a file that only the owner of its directory may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.write(text)


def read_private(path: Path) -> str | None:
    """The text of such a file, or None when there is none; PlaceUnusable when it belongs to someone else."""
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
    except PermissionError:
        raise belongs_to_another(path) from None


def remembered_password(path: Path) -> str:
    """The password in the file, made up at the first call; its letters need no quoting in a URL."""
    password = read_private(path)
    if password is None:
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        write_private(path, password)
    return password


def remembered_port(path: Path) -> int:
    """The loopback port in the file if it is free, else another free one, which the file then holds."""
    before = read_private(path)
    if before is not None and before.isdigit() and _is_free(int(before)):
        return int(before)
    port = free_port()
    write_private(path, str(port))
    return port


def free_port() -> int:
    """A TCP port on which nothing listens at 127.0.0.1 just now; PlaceUnusable when none is found."""
    for port in random.sample(_PORTS, 200):
        if _is_free(port):
            return port
    raise PlaceUnusable(f"No free port between {_PORTS.start} and {_PORTS.stop} on 127.0.0.1.")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
