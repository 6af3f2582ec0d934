"""Artefacts: what was written is read, anything else is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifiers import artifact


def made() -> artifact.Artifact:
    """A small artefact."""
    return artifact.Artifact("toy", {"a": np.arange(3.0)}, {"encoder": "x", "data": "d"})


def test_the_same_arrays_are_the_same_bytes(tmp_path: Path) -> None:
    """Writing twice gives identical files."""
    for name in ("one", "two"):
        artifact.save(made(), tmp_path / name)
    assert (tmp_path / "one/toy.npz").read_bytes() == (tmp_path / "two/toy.npz").read_bytes()
    assert (tmp_path / "one/toy.json").read_bytes() == (tmp_path / "two/toy.json").read_bytes()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Arrays, facts and version come back."""
    artifact.save(made(), tmp_path)
    again = artifact.load("toy", tmp_path, {"encoder": "x"})
    assert (again.arrays["a"] == np.arange(3.0)).all()
    assert again.version == made().version


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    """One changed byte in the arrays stops the load."""
    artifact.save(made(), tmp_path)
    data = bytearray((tmp_path / "toy.npz").read_bytes())
    data[40] ^= 1
    (tmp_path / "toy.npz").write_bytes(bytes(data))
    with pytest.raises(artifact.ArtifactError, match="hash differs"):
        artifact.load("toy", tmp_path)


def test_another_encoder_is_refused(tmp_path: Path) -> None:
    """An artefact trained with another encoder is not used with this one."""
    artifact.save(made(), tmp_path)
    with pytest.raises(artifact.ArtifactError, match="train it again"):
        artifact.load("toy", tmp_path, {"encoder": "y"})


def test_a_missing_or_broken_artefact_is_named(tmp_path: Path) -> None:
    """The error says which artefact and what is wrong."""
    with pytest.raises(artifact.ArtifactError, match="toy"):
        artifact.load("toy", tmp_path)
    (tmp_path / "toy.json").write_text("{")
    (tmp_path / "toy.npz").write_bytes(b"")
    with pytest.raises(artifact.ArtifactError, match="not JSON"):
        artifact.load("toy", tmp_path)


def test_the_shipped_artefacts_are_small() -> None:
    """All that ships fits the budget of 15 MB."""
    assert sum(p.stat().st_size for p in artifact.SHIPPED.iterdir()) < 15_000_000
