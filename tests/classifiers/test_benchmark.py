"""The benchmark runs, and its figures are of the right order even on a busy machine."""

from __future__ import annotations

from pathlib import Path

from classifiers import benchmark


def test_a_quick_run_times_everything(data: Path) -> None:
    """All rates, the single comment, load, memory and size come out; n-grams beat scikit-learn's by far."""
    found = benchmark.run(data, count=400, least=0.05)
    assert found["times_scikit_learn"] > 3
    assert found["artefacts_mb"] < 15
    assert found["one_comment_ms"]["p50"] < 200
    assert min(found["comments_a_second"].values()) > 20
