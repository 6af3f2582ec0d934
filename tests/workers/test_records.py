"""The worker processes know the whole schema, though each imports little of it."""

import subprocess
import sys

import pytest

KNOWS_ALL = "from moderation.storage.base import Record; print(len(Record.metadata.sorted_tables))"


@pytest.mark.parametrize("module", ["workers.scoring", "workers.callbacks", "workers.housekeeping", "moderation.app"])
def test_every_process_knows_every_record(module: str) -> None:
    """In a fresh process each foreign key finds its table, so that no flush fails for want of an import."""
    env = {"VIGIE_DATABASE_URL": "postgresql://127.0.0.1:1/none", "VIGIE_BROKER_URL": "redis://127.0.0.1:1/0"}
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import {module}; {KNOWS_ALL}"],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )
    assert found.returncode == 0, found.stderr[-500:]
    assert int(found.stdout) > 20
