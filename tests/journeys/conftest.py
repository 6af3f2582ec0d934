"""What whole stories need: a browser, and the web process as it is run for real."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from moderation.cli.programs import web_command
from moderation.settings import Settings
from tests import browser as browsers
from tests.journeys.serving import environment, free_port, wait_until_served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a running Chromium."""
    with browsers.running() as browser:
        yield browser


@pytest.fixture
def web(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """Start the production web server on the test's settings; return its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = web_command(settings.model_copy(update={"port": port, "web_processes": 1}))
    with (
        (tmp_path / "web.log").open("w") as log,
        subprocess.Popen(command, env=environment(settings), cwd=tmp_path, stdout=log, stderr=log) as process,
    ):
        try:
            wait_until_served(f"{url}/sign-in", process, tmp_path / "web.log")
            yield url
        finally:
            process.terminate()
