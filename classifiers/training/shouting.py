"""Fitting shouting: from graded examples, and from calm comments made loud in known ways.

Here lives the making of loud and nearly loud variants and the fit over casing features.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classifiers import dataset
from classifiers.features.casing import casing
from classifiers.features.lexicon import CaseLexicon, learn
from classifiers.logit import CalibratedLogit
from classifiers.shouting import Shouting
from classifiers.text.reading import read

MADE = 600
"""Variants of each kind."""


def variants(texts: Sequence[str], seed: int) -> list[tuple[str, int]]:
    """Loud and nearly loud comments made from calm ones: (text, label)."""
    chance = np.random.default_rng(seed)
    long = [t for t in texts if 8 <= len(t.split()) <= 60 and t.upper() != t]
    out: list[tuple[str, int]] = []
    for text in (long[i] for i in chance.permutation(len(long))[:MADE].tolist()):
        words = text.split()
        first = int(chance.integers(0, max(len(words) - 6, 1)))
        size = int(chance.integers(5, 9))
        one = int(chance.integers(len(words)))
        out.append((text, 0))
        out.append((text.upper(), 1))
        out.append(
            (" ".join([*words[:first], *(w.upper() for w in words[first : first + size]), *words[first + size :]]), 1)
        )
        out.append((" ".join([*words[:one], words[one].upper(), *words[one + 1 :]]), 0))
    return out


def fit(data: Path, seed: int) -> tuple[Shouting, dict[str, Any]]:
    """Fit on the train side of shouting.jsonl, when there is one, and on variants of our other comments."""
    calm = [e.text for e in dataset.comments(data) if e.split == "train"]
    told = [(e.text, e.label) for e in dataset.comments(data, "shouting") if e.split == "train"]
    path = data / "acronyms.txt"
    acronyms = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()] if path.exists() else []
    lexicon: CaseLexicon = learn(calm, acronyms)
    made = variants(calm, seed)
    texts = [t for t, _ in told] + [t for t, _ in made]
    label = np.array([v for _, v in told] + [v for _, v in made])
    weight = np.array([4.0] * len(told) + [1.0] * len(made))
    table = np.concatenate(
        [casing(texts[at : at + 512], read(texts[at : at + 512]), lexicon).table for at in range(0, len(texts), 512)]
    )
    logit = CalibratedLogit(C=3.0, random_state=seed).fit(table, label, sample_weight=weight)
    return Shouting(logit, lexicon), {"rows": {"shouting": len(told), "made": len(made)}}
