"""The files of a retraining on this machine: what was gathered so far, in chunks, until it ends.

They derive from what readers wrote: nobody else may read them, and none outlives its retraining. What is missing,
torn or made by other classifiers is gathered again.
"""

import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers.artifact import ArtifactError
from classifiers.learning.evidence import Evidence
from moderation.domain.words import TrainingStage

_NAME = re.compile(r"(?P<stage>[a-z]+)-(?P<begin>\d+)-(?P<end>\d+)\.npz")
_PRIVATE = 0o700

Keys = NDArray[np.int64]


@dataclass(frozen=True)
class Chunk:
    """One file: what was gathered between two ids, in the order of reading (rising or falling)."""

    begin: int
    end: int
    path: Path

    @property
    def keys_path(self) -> Path:
        """Where the key of each row is: an example's decision, or 0 and 1 for what an archive says."""
        return self.path.with_suffix(".npy")

    def read(self) -> tuple[Evidence | None, Keys]:
        """Return the evidence, and the key of each row; None for what is torn."""
        try:
            return Evidence.load(self.path), np.load(self.keys_path, allow_pickle=False)
        except (ArtifactError, OSError, EOFError, ValueError):
            return None, np.zeros(0, np.int64)


@dataclass(frozen=True)
class Workbench:
    """The folder of one retraining below the place of all of them."""

    place: Path
    retraining_id: int

    @property
    def folder(self) -> Path:
        """The folder, which need not be there."""
        return self.place / str(self.retraining_id)

    def begin(self, stage: TrainingStage) -> int | None:
        """Return the id at which reading upwards began here; None: it has not begun."""
        return min(self._found(stage), default=None)

    def chunks(self, stage: TrainingStage, begin: int) -> Iterator[Chunk]:
        """Yield the unbroken chain of what was gathered from an id on."""
        found = self._found(stage)
        while chunk := found.pop(begin, None):
            yield chunk
            begin = chunk.end

    def keep(self, stage: TrainingStage, begin: int, end: int, keys: Collection[int], evidence: Evidence) -> None:
        """Write one chunk, whole or not at all: the evidence, which makes it count, comes last."""
        private(self.place)
        private(self.folder)
        chunk = Chunk(begin, end, self.folder / f"{stage}-{begin}-{end}.npz")
        np.save(chunk.keys_path, np.array(list(keys), np.int64), allow_pickle=False)
        evidence.save(chunk.path)

    def load(self, stage: TrainingStage, begin: int, versions: Mapping[str, str]) -> tuple[Keys, list[Evidence]] | None:
        """Return everything that was gathered; None, and nothing is left, when a part of it cannot be used."""
        keys, parts = [np.zeros(0, np.int64)], []
        for chunk in self.chunks(stage, begin):
            part, key = chunk.read()
            if part is None or dict(part.versions) != dict(versions) or key.shape != (len(part),):
                self.remove()
                return None
            keys.append(key)
            parts.append(part)
        return np.concatenate(keys), parts

    def remove(self) -> None:
        """Remove everything of this retraining."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _found(self, stage: TrainingStage) -> dict[int, Chunk]:
        paths = self.folder.glob(f"{stage}-*.npz") if self.folder.exists() else ()
        matches = ((path, _NAME.fullmatch(path.name)) for path in paths)
        found = [Chunk(int(match["begin"]), int(match["end"]), path) for path, match in matches if match]
        return {chunk.begin: chunk for chunk in found}


def private(folder: Path) -> None:
    """Make a folder that only this account can enter."""
    folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    folder.chmod(_PRIVATE)


def kept(place: Path) -> set[int]:
    """Return the ids of the retrainings that have a folder here."""
    return {int(path.name) for path in place.iterdir() if path.name.isdigit()} if place.exists() else set()
