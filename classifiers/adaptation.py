"""Adaptation: what a newsroom's decisions add to one shipped judgement.

Here lives the small linear residual that stands on a shipped logit, and its form as bytes that can run no code. It
never replaces the shipped judgement: without evidence it is that judgement. How it is fitted is not known here.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers import incivility, off_topic, shouting
from classifiers.artifact import FEATURES_VERSION, ArtifactError, digest, packed
from classifiers.embedding.weights import WIDTH
from classifiers.features import casing
from classifiers.features.ngrams import BITS

FORMAT = 1
MOST_BYTES = 16_000_000
"""A file, or an array in it, beyond this is refused unread."""
DENSE: Mapping[str, int] = {
    incivility.LABEL: WIDTH,
    off_topic.LABEL: len(off_topic.FEATURES) + WIDTH,
    shouting.LABEL: len(casing.FEATURES),
}
"""How many dense features each label's residual is a line over: the text's vector; the evidence table, then the
text's vector; the casing table."""
NGRAMS = (incivility.LABEL, off_topic.LABEL)
"""Labels whose residual also weighs n-grams."""

Floats = NDArray[np.float64]
_KINDS = {"bias": "<f8", "buckets": "<u4", "dense": "<f4", "header": "|u1", "slope": "<f8", "weights": "<f4"}


@dataclass(frozen=True, eq=False)
class Adaptation:
    """logit' = `slope` * base + `bias` + features · `dense` + the sum of n-gram weights / sqrt(number of n-grams).

    `label` says which judgement, `base` which version of its shipped artefact it stands on; `version` is its own
    name, "" while unnamed. `dense` (DENSE[label],); `buckets` (k,) rising n-gram buckets with their `weights` (k,).
    """

    label: str
    base: str
    version: str
    slope: float
    bias: float
    dense: NDArray[np.float32]
    buckets: NDArray[np.uint32]
    weights: NDArray[np.float32]

    @classmethod
    def nothing(cls, label: str, base: str) -> Self:
        """The adaptation that changes no score."""
        none = np.zeros(0, np.uint32)
        return cls(label, base, "", 1.0, 0.0, np.zeros(DENSE[label], np.float32), none, none.astype(np.float32))

    def logits(self, base: Floats, dense: NDArray[np.float32], grams: Floats | float = 0.0) -> Floats:
        """The adapted logits (n,) of shipped logits (n,), dense features (n, d) and n-gram parts (n,).

        What is not judged (nan) stays so, and so does what is settled (-inf).
        """
        # A sum along the row, not a matrix product: a row's number must not depend on its neighbours.
        moved = (dense.astype(np.float64) * self.dense).sum(axis=1) if self.dense.any() else 0.0
        return np.asarray(self.slope * base + self.bias + moved + grams, np.float64)

    @property
    def grams(self) -> bool:
        """Whether it weighs any n-gram."""
        return len(self.buckets) > 0

    def table(self) -> NDArray[np.float32]:
        """The n-gram weights by bucket (2**BITS,)."""
        out = np.zeros(1 << BITS, np.float32)
        out[self.buckets] = self.weights
        return out

    def drawn_back(self, share: float, level: float = 1.0) -> Self:
        """The same with this share (0-1) of what it changes: its logits lie so far between the shipped and its own.

        `level`: the share of that which moves every comment alike, slope and bias.
        """
        return replace(
            self,
            slope=1 + (self.slope - 1) * share * level,
            bias=self.bias * share * level,
            dense=(self.dense * share).astype(np.float32),
            weights=(self.weights * share).astype(np.float32),
        )

    def named(self, name: str) -> Self:
        """The same with its version: label, `name` (a site's slug, or "shared") and the start of its hash."""
        return replace(self, version=f"{self.label}-{name}-{digest(self.to_bytes())[:12]}")

    def to_bytes(self) -> bytes:
        """One .npz with its header inside, without pickle; the same arrays give the same bytes."""
        header = {"format": FORMAT, "label": self.label, "base": self.base, "features": FEATURES_VERSION}
        arrays: dict[str, NDArray[Any]] = {
            "header": np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8),
            "slope": np.array([self.slope]),
            "bias": np.array([self.bias]),
            "dense": self.dense,
            "buckets": self.buckets,
            "weights": self.weights,
        }
        return packed({name: array.astype(_KINDS[name]) for name, array in arrays.items()})

    @classmethod
    def from_bytes(cls, data: bytes, sha256: str, version: str, bases: Mapping[str, str]) -> Self:
        """The adaptation that `to_bytes` wrote; `bases`: label to the version of the shipped artefact at hand.

        Raises `ArtifactError` for anything that is not exactly that.
        """
        if digest(data) != sha256:
            raise ArtifactError(f"{version or 'the model'} is not the file that was recorded: restore it or retrain")
        arrays = _arrays(data, version)
        header = _header(arrays["header"], version)
        label, base = header["label"], header["base"]
        if label not in DENSE or header.get("features") != FEATURES_VERSION:
            raise ArtifactError(f"{version} was made for other features than this program has: retrain it")
        if base != bases.get(label):
            raise ArtifactError(f"{version} stands on {base}, here {label} is {bases.get(label)}: retrain it")
        slope, bias = (float(arrays[name][0]) if arrays[name].shape == (1,) else np.nan for name in ("slope", "bias"))
        dense, buckets, weights = (arrays[name] for name in ("dense", "buckets", "weights"))
        grams = buckets.astype(np.int64)
        fits = dense.shape == (DENSE[label],) and buckets.ndim == 1 and weights.shape == buckets.shape
        if not fits or (len(grams) and (label not in NGRAMS or (np.diff(grams) <= 0).any() or grams[-1] >= 1 << BITS)):
            raise ArtifactError(f"{version} holds arrays of the wrong shape: retrain it")
        if not (slope > 0 and np.isfinite([slope, bias, *dense]).all() and np.isfinite(weights).all()):
            raise ArtifactError(f"{version} holds numbers that are none: retrain it")
        return cls(label, str(base), version, slope, bias, dense, buckets, weights)


def _arrays(data: bytes, version: str) -> dict[str, NDArray[Any]]:
    """The arrays of a file, each of its recorded type."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if max([len(data), *(member.file_size for member in archive.infolist())]) > MOST_BYTES:
                raise ArtifactError(f"{version} is larger than any adaptation: retrain it")
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        if isinstance(error, ArtifactError):
            raise
        raise ArtifactError(f"{version} cannot be read as an adaptation: retrain it") from error
    if {name: array.dtype.str for name, array in arrays.items()} != _KINDS:
        raise ArtifactError(f"{version} does not hold the arrays of an adaptation: retrain it")
    return arrays


def _header(array: NDArray[np.uint8], version: str) -> dict[str, Any]:
    try:
        header = json.loads(array.tobytes())
    except ValueError as error:
        raise ArtifactError(f"{version} has no header that can be read: retrain it") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT or not {"label", "base"} <= set(header):
        raise ArtifactError(f"{version} has a format that this program does not read: retrain it")
    return header
