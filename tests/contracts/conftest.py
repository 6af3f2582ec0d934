"""The running service, as its users reach it."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation.cli.programs import web_command
from moderation.database import Database
from moderation.settings import Settings


@pytest.fixture
def web(settings: Settings, database: Database, tmp_path: Path) -> Iterator[str]:
    """Serve the application with the production web server; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = settings.model_copy(update={"port": port, "web_processes": 1, "api_rate": "1000000/minute"})
    values = settings.model_dump(exclude_none=True, mode="json") | {"encryption_keys": settings.encryption_keys[0]}
    env = os.environ | {f"VIGIE_{name.upper()}": str(value) for name, value in values.items()}
    with (tmp_path / "web.log").open("w") as log, subprocess.Popen(web_command(settings), env=env, stderr=log) as web:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            else:
                pytest.fail(f"the web server did not start:\n{(tmp_path / 'web.log').read_text()}")
            yield f"http://127.0.0.1:{port}"
        finally:
            web.terminate()
