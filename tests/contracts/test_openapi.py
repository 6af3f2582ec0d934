"""The running service against its own OpenAPI document, judged by schemathesis."""

import subprocess
import sys
from pathlib import Path

import pytest

from moderation.database import Database
from moderation.domain.words import CredentialKind
from moderation.services import credentials, sites
from moderation.services.credentials import Vault

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
