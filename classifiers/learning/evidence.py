"""Evidence: all that fitting needs to know of comments, gathered once, without their texts.

Here live the arrays, their file, and the gathering through the scorer's own eyes: the numbers are those of scoring.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from classifiers import off_topic, shouting
from classifiers.adaptation import DENSE, Adaptation
from classifiers.artifact import ArtifactError
from classifiers.embedding.weights import WIDTH
from classifiers.features.ngrams import BITS, matrix
from classifiers.scorer import Scorer, Submission
from classifiers.seeing import LABELS, Seen

FORMAT = 1
CHUNK = 256
"""Comments that are gathered at once."""

Floats = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Evidence:
    """n comments as the scorer saw them; `versions`: the shipped artefacts by label that saw them.

    `base` by label (n,): shipped logits, nan where not judged, -inf where settled. `vectors` (n, 512); `topic`
    (n, t) and `casing` (n, c): the evidence tables; `grams` (n, 2**BITS) sparse. `text` (n,): a hash of the folded
    text; `place` (n,): of the article and parent; `language` (n,).
    """

    versions: Mapping[str, str]
    base: Mapping[str, Floats]
    vectors: NDArray[np.float32]
    topic: NDArray[np.float32]
    casing: NDArray[np.float32]
    grams: csr_matrix
    text: NDArray[np.uint64]
    place: NDArray[np.uint64]
    language: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.text)

    def dense(self, label: str) -> NDArray[np.float32]:
        """The features (n, DENSE[label]) that an adaptation of a label is a line over."""
        if label == shouting.LABEL:
            return self.casing
        return np.concatenate([self.topic, self.vectors], axis=1) if label == off_topic.LABEL else self.vectors

    def logits(self, label: str, adaptation: Adaptation | None = None) -> Floats:
        """The logits (n,) of a label, as shipped or adapted."""
        if adaptation is None:
            return self.base[label]
        grams = self.grams.astype(np.float64) @ adaptation.table() if adaptation.grams else 0.0
        return adaptation.logits(self.base[label], self.dense(label), grams)

    def part(self, rows: Index | NDArray[np.bool_]) -> Self:
        """Some of the rows, by number or mask."""
        base = {label: values[rows] for label, values in self.base.items()}
        arrays = {name: getattr(self, name)[rows] for name in _ARRAYS}
        return self._of(self.versions, base, csr_matrix(self.grams[rows]), arrays)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Several as one (at least one). Raises ValueError when different artefacts saw them."""
        first = parts[0]
        if any(dict(part.versions) != dict(first.versions) for part in parts):
            raise ValueError("Evidence that different artefacts saw cannot be joined: gather it again.")
        base = {label: np.concatenate([part.base[label] for part in parts]) for label in first.base}
        grams = csr_matrix(vstack([part.grams for part in parts], format="csr"))
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS}
        return cls._of(first.versions, base, grams, arrays)

    def save(self, path: Path) -> None:
        """Write one .npz, whole or not at all."""
        header = json.dumps({"format": FORMAT, "versions": dict(self.versions)}).encode()
        arrays: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in _ARRAYS}
        arrays |= {f"base_{label}": values for label, values in self.base.items()}
        arrays |= {f"grams_{name}": getattr(self.grams, name) for name in ("data", "indices", "indptr")}
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, header=np.frombuffer(header, np.uint8), **arrays)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        beside.write_bytes(out.getvalue())
        beside.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """What `save` wrote. Raises `ArtifactError` for anything else."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            header = json.loads(arrays["header"].tobytes())
            if header["format"] != FORMAT:
                raise ArtifactError(f"{path.name} has a format that this program does not read: gather it again")
            grams = tuple(arrays[f"grams_{name}"] for name in ("data", "indices", "indptr"))
            base = {label: arrays[f"base_{label}"] for label in LABELS}
            table = csr_matrix(grams, shape=(len(arrays["text"]), 1 << BITS))
            return cls._of(header["versions"], base, table, arrays)
        except (ValueError, OSError, EOFError, KeyError, TypeError, zipfile.BadZipFile, zlib.error) as error:
            if isinstance(error, ArtifactError):
                raise
            raise ArtifactError(f"{path.name} cannot be read: gather it again") from error

    @classmethod
    def _of(
        cls,
        versions: Mapping[str, str],
        base: Mapping[str, Floats],
        grams: csr_matrix,
        arrays: Mapping[str, NDArray[Any]],
    ) -> Self:
        vectors, topic, casing, text, place, language = (arrays[name] for name in _ARRAYS)
        return cls(versions, base, vectors, topic, casing, grams, text, place, language)


_ARRAYS = ("vectors", "topic", "casing", "text", "place", "language")


def gather(scorer: Scorer, submissions: Sequence[Submission]) -> Evidence:
    """The evidence of comments, in order; their `adaptations` play no part."""
    parts = [
        _evidence(scorer, seen)
        for at in range(0, len(submissions), CHUNK)
        for seen in scorer.see(submissions[at : at + CHUNK])
    ]
    return Evidence.joined(parts) if parts else nothing(scorer.versions)


def nothing(versions: Mapping[str, str]) -> Evidence:
    """The evidence of no comment."""
    hashes, none = np.zeros(0, np.uint64), np.zeros(0)
    topic, casing = DENSE[off_topic.LABEL] - WIDTH, DENSE[shouting.LABEL]
    vectors, table, cases = (np.zeros((0, width), np.float32) for width in (WIDTH, topic, casing))
    grams = csr_matrix((0, 1 << BITS), dtype=np.float32)
    base = dict.fromkeys(LABELS, none)
    return Evidence(versions, base, vectors, table, cases, grams, hashes, hashes, np.zeros(0, "<U8"))


def _evidence(scorer: Scorer, seen: Seen) -> Evidence:
    rows = np.arange(len(seen.texts))
    topic = seen.dense(off_topic.LABEL, rows)
    around = [f"{c.title}\x00{c.text}\x00{c.parent}" for c in seen.contexts]
    return Evidence(
        scorer.versions,
        seen.base,
        topic[:, -WIDTH:],
        topic[:, :-WIDTH],
        seen.dense(shouting.LABEL, rows),
        matrix(seen.reading),
        _hashed([" ".join(text.split()) for text in seen.reading.hard.strings()]),
        _hashed(around),
        np.array(seen.languages, "<U8"),
    )


def _hashed(texts: Sequence[str]) -> NDArray[np.uint64]:
    digests = (hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
