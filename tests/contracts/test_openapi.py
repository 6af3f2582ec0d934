"""The running service against its own OpenAPI document, judged by schemathesis."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation.cli.programs import web_command
from moderation.database import Database
from moderation.domain.words import CredentialKind
from moderation.services import credentials, sites
from moderation.services.credentials import Vault
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


# Ids in addresses are text, so nothing in a path can have a wrong type; wrong bodies have a run of their own.
RUNS = {
    "everything": ("--exclude-checks", "negative_data_rejection"),
    "wrong bodies": ("--include-path", "/api/v1/comments", "--include-method", "POST"),
}


@pytest.mark.parametrize("run", RUNS)
def test_the_service_keeps_its_document(web: str, database: Database, vault: Vault, run: str) -> None:
    """Generated requests, right and wrong, get the statuses, types and bodies that the document promises."""
    with database.session() as session:
        site = sites.create(session, "lejour", "Le Jour")
        key = credentials.issue(session, vault, site, CredentialKind.API_KEY)
    judged = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{web}/api/v1/openapi.json", *RUNS[run]),
            *("-H", f"Authorization: Bearer {key}", "--max-examples", "25", "--seed", "7"),
            *("--request-timeout", "30", "--no-color", "--generation-database", "none"),
        ],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout[-16000:] + judged.stderr[-2000:]
    assert "No issues found" in judged.stdout
