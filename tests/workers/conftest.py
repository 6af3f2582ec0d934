"""A worker's plant for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation.database import Database
from moderation.settings import Settings
from tests.workers.processes import Plant, plant


@pytest.fixture
def running(settings: Settings, database: Database, tmp_path: Path) -> Iterator[Plant]:
    """Return a plant on the emptied database, with small batches and without a process yet."""
    small = settings.model_copy(update={"scoring_batch": 50, "scoring_lease_seconds": 5, "sweep_seconds": 300.0})
    with plant(small, tmp_path / "plant") as made:
        yield made
