"""What whole stories need: a browser, and the web process as it is run for real."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser

from moderation.cli.programs import web_command
from moderation.settings import Settings
from tests import browser as browsers


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a running Chromium."""
    with browsers.running() as browser:
        yield browser


@pytest.fixture
def web(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """Start the production web server on the test's settings; return its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = web_command(settings.model_copy(update={"port": port, "web_processes": 1}))
    with (
        (tmp_path / "web.log").open("w") as log,
        subprocess.Popen(command, env=_environment(settings), cwd=tmp_path, stdout=log, stderr=log) as process,
    ):
        try:
            _wait_until_served(f"{url}/sign-in", process, tmp_path / "web.log")
            yield url
        finally:
            process.terminate()


def _environment(settings: Settings) -> dict[str, str]:
    values = settings.model_dump(mode="json", exclude_unset=True)
    given = {f"VIGIE_{k.upper()}": ",".join(v) if isinstance(v, list) else str(v) for k, v in values.items()}
    return {k: v for k, v in os.environ.items() if not k.startswith("VIGIE_")} | given


def _wait_until_served(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        try:
            with urlopen(url, timeout=5):
                return
        except URLError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
    pytest.fail(f"The web server did not answer: {log.read_text()}")
