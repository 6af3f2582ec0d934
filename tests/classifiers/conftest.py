"""What the classifier tests share: one loaded scorer, and the project's own data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifiers.scorer import Scorer

DATA = Path(__file__).parents[2] / "training_data"


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The shipped artefacts."""
    return Scorer.load()


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder training_data."""
    return DATA
