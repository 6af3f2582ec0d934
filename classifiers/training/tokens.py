"""Token features of a whole corpus, kept in a file between the encoder and those who learn from them.

Here lives storage only: half precision on disk, read through a map, so that a corpus larger than memory trains too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding import weights
from classifiers.embedding.encoder import FEATURES, Encoded, Encoder, stacked
from classifiers.embedding.layout import Layout
from classifiers.text.reading import read

BATCH = 512


@dataclass(frozen=True)
class KeptTokens:
    """`layouts` of all rounds; `features` (t, 1280), float16, their tokens one round after the other."""

    layouts: tuple[Layout, ...]
    features: NDArray[np.float16]
    begin: NDArray[np.int64]
    length: NDArray[np.int64]

    def of(self, texts: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The features of some texts one after the other, and the tokens of each."""
        places = [self.features[a : a + n] for a, n in zip(self.begin[texts], self.length[texts], strict=True)]
        return np.concatenate(places).astype(np.float32), self.length[texts]

    def pooled(self, encoder: Encoder) -> Encoded:
        """The vectors of all texts, with what the detectors of `encoder` find."""
        parts, at = [], 0
        for laid in self.layouts:
            parts.append(encoder.pooled(self.features[at : at + len(laid.tokens)].astype(np.float32), laid))
            at += len(laid.tokens)
        return stacked(parts)


def keep(texts: Sequence[str], encoder: Encoder, folder: Path, progress: Callable[[str], None]) -> KeptTokens:
    """The token features of `texts`; a file of the same texts that is already in `folder` is used again."""
    digest = hashlib.sha256(weights.fingerprint().encode())
    layouts: list[Layout] = []
    for at in range(0, len(texts), BATCH):
        batch = texts[at : at + BATCH]
        digest.update("\x00".join(batch).encode("utf-8", "surrogatepass") + b"\x00")
        layouts += encoder.layouts(read(batch).sentence_strings())
    size = sum(len(laid.tokens) for laid in layouts)
    path = folder / f"tokens-{digest.hexdigest()[:20]}.f2"
    if not path.exists() or path.stat().st_size != size * FEATURES * 2:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for number, laid in enumerate(layouts):
                encoder.features(laid).astype(np.float16).tofile(file)
                if number % 500 == 0:
                    progress(f"encoder: round {number} of {len(layouts)}")
    features = np.memmap(path, np.float16, "r", shape=(size, FEATURES))
    starts = np.cumsum([0, *[len(laid.tokens) for laid in layouts[:-1]]])
    begin = np.concatenate([laid.begin[laid.lead] + at for laid, at in zip(layouts, starts.tolist(), strict=True)])
    return KeptTokens(tuple(layouts), features, begin, np.concatenate([laid.length for laid in layouts]))
