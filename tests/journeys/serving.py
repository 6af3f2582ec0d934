"""Starting the web process as it is run for real. No test lives here."""

import os
import socket
import subprocess
import time
from pathlib import Path
from urllib.request import urlopen

from moderation.settings import Settings


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment of a process that runs on these settings alone."""
    values = settings.model_dump(mode="json", exclude_unset=True)
    given = {f"VIGIE_{k.upper()}": ",".join(v) if isinstance(v, list) else str(v) for k, v in values.items()}
    return {k: v for k, v in os.environ.items() if not k.startswith("VIGIE_")} | given


def wait_until_served(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the address answers. Raises RuntimeError with the log when the process ends, or never does."""
    for _ in range(300):
        try:
            with urlopen(url, timeout=5):
                return
        except OSError:  # refused, or slow on a busy machine
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"The web server did not answer: {log.read_text()}")
