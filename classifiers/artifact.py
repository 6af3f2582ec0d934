"""Artefacts: arrays and plain facts on disk, in a format that can run no code.

Here lives reading and writing: one .npz (allow_pickle=False) and one .json beside it, which holds the
hash of the arrays, their shapes and types, the environment and the fingerprint of the data. A file that
does not fit what was recorded is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
FEATURES_VERSION = 4
"""Raised whenever folding, hashing or a table of features changes, so that no older artefact is read with it."""
SHIPPED = Path(__file__).parent / "artifacts"


class ArtifactError(ValueError):
    """An artefact that cannot be used as it is; training it again helps, retrying does not."""


@dataclass(frozen=True)
class Artifact:
    """`arrays` by name; `facts` are JSON values: version, data, environment, parameters."""

    name: str
    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The short name of this trained model, from the content of its arrays."""
        if "version" in self.facts:
            return str(self.facts["version"])
        content = hashlib.sha256()
        for name in sorted(self.arrays):
            array = np.ascontiguousarray(self.arrays[name])
            content.update(f"{name} {array.dtype} {array.shape}".encode())
            content.update(array.tobytes())
        return f"{self.name}-{content.hexdigest()[:12]}"


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The same bytes for the same arrays, whatever the day (np.savez writes the time)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue(), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def save(artifact: Artifact, folder: Path) -> None:
    """Write `folder`/name.npz and name.json."""
    folder.mkdir(parents=True, exist_ok=True)
    data = packed(artifact.arrays)
    header = {
        "format": FORMAT,
        "name": artifact.name,
        "version": artifact.version,
        "sha256": digest(data),
        "arrays": {k: {"shape": list(v.shape), "type": str(v.dtype)} for k, v in sorted(artifact.arrays.items())},
        **artifact.facts,
    }
    (folder / f"{artifact.name}.npz").write_bytes(data)
    (folder / f"{artifact.name}.json").write_text(
        json.dumps(header, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8"
    )


def load(name: str, folder: Path | None = None, expect: Mapping[str, Any] | None = None) -> Artifact:
    """Read one artefact; its hash, shapes and types, and the facts in `expect`, must be as recorded."""
    folder = folder or SHIPPED
    try:
        header = json.loads((folder / f"{name}.json").read_text("utf-8"))
        data = (folder / f"{name}.npz").read_bytes()
    except OSError as error:
        raise ArtifactError(f"no artefact {name!r} in {folder}: {error}") from error
    except ValueError as error:
        raise ArtifactError(f"{name}.json is not JSON: {error}") from error
    if header.get("format") != FORMAT:
        raise ArtifactError(f"{name}.json has format {header.get('format')!r}, this program reads {FORMAT}")
    if digest(data) != header.get("sha256"):
        raise ArtifactError(f"{name}.npz is not the file that {name}.json describes (its hash differs)")
    for key, value in (expect or {}).items():
        if header.get(key) != value:
            raise ArtifactError(
                f"{name} was trained with {key}={header.get(key)!r}, here it is {value!r}: train it again"
            )
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {key: file[key] for key in file.files}
    found = {k: {"shape": list(v.shape), "type": str(v.dtype)} for k, v in sorted(arrays.items())}
    if found != header.get("arrays"):
        raise ArtifactError(f"{name}.npz does not hold the arrays that {name}.json lists")
    facts = {k: v for k, v in header.items() if k not in {"format", "name", "sha256", "arrays"}}
    return Artifact(name, arrays, facts)
