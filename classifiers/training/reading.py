"""Texts turned into matrices and vectors for training, batch by batch, with embeddings kept between runs.

Here lives the plumbing between text and scikit-learn; the numbers are those of scoring time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from classifiers.embedding import weights
from classifiers.embedding.encoder import Encoded, Encoder
from classifiers.features.ngrams import matrix
from classifiers.text.reading import Reading, read

BATCH = 512
Progress = Callable[[str], None]


def batches(texts: Sequence[str]) -> list[Reading]:
    """The readings of texts, `BATCH` at a time."""
    return [read(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]


def gram_matrix(readings: Sequence[Reading]) -> csr_matrix:
    """The n-gram matrix of all texts."""
    return csr_matrix(vstack([matrix(reading) for reading in readings], format="csr"), dtype=np.float32)


def encode(texts: Sequence[str], encoder: Encoder, cache: Path | None, progress: Progress) -> Encoded:
    """The vectors of all texts, read from `cache` when the same texts were encoded before."""
    digest = hashlib.sha256(weights.fingerprint().encode())
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\x00")
    path = cache / f"{digest.hexdigest()[:20]}.npz" if cache else None
    if path and path.exists():
        with np.load(path, allow_pickle=False) as kept:
            return Encoded(kept["text"], kept["sentence"], kept["owner"])
    done: list[Encoded] = []
    for at in range(0, len(texts), BATCH):
        done.append(encoder.encode_sentences(read(texts[at : at + BATCH]).sentence_strings()))
        if at % (BATCH * 20) == 0:
            progress(f"embedding {at} of {len(texts)} texts")
    out = stacked(done)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, text=out.text, sentence=out.sentence, owner=out.owner)
    return out


def stacked(parts: Sequence[Encoded]) -> Encoded:
    """Several batches' vectors as one."""
    offsets = np.cumsum([0, *[len(p.text) for p in parts[:-1]]])
    owner: NDArray[np.int64] = np.concatenate([p.owner + o for p, o in zip(parts, offsets.tolist(), strict=True)])
    return Encoded(np.concatenate([p.text for p in parts]), np.concatenate([p.sentence for p in parts]), owner)


def part(encoded: Encoded, begin: int, end: int) -> Encoded:
    """The vectors of texts `begin` to `end`."""
    a, b = np.searchsorted(encoded.owner, [begin, end])
    return Encoded(encoded.text[begin:end], encoded.sentence[a:b], encoded.owner[a:b] - begin)
