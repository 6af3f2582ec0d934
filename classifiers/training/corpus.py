"""The corpus of one training: own comments, composed ones, moderators' decisions and public sets, weighted.

Here lives what goes in and how much it counts; no model is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers import composition, dataset, public_sets

EACH = 8
"""Groups of people that each frame meets."""
OWN, COMPOSED, DISGUISED, PAGE = 1.0, 1.0, 0.5, 0.25
ARABIC, LAMENT = 4.0, 8.0
"""What only our own comments teach: languages that no public set speaks, and sorrow that is no contempt."""


@dataclass(frozen=True)
class Corpus:
    """Rows side by side: `weight` in training, `group` for folds, `own` true where our label guide ruled."""

    texts: tuple[str, ...]
    label: NDArray[np.int64]
    language: tuple[str, ...]
    weight: NDArray[np.float64]
    group: tuple[str, ...]
    source: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)


def own(data: Path, split: str, seed: int) -> Corpus:
    """The written and composed comments of one split."""
    rows = [
        (e.text, e.label, e.language, _weight(e), e.group, e.id.rsplit("-", 2)[0])
        for e in dataset.comments(data)
        if e.split == split
    ]
    for made in composition.compose(data, seed, EACH):
        group = f"frames/{made.frame}"
        if dataset.split_of(group) == split:
            rows.append((made.text, made.label, made.language, COMPOSED, group, f"frames_{made.language}"))
    return _corpus(rows)


def _weight(example: dataset.Example) -> float:
    if example.id.startswith("laments"):
        return LAMENT
    return ARABIC if example.language.startswith("ar") else OWN


def public(folder: Path, seed: int) -> tuple[list[Corpus], list[Corpus]]:
    """The public sets that may train: of each a random part of at most its `most` rows, and the rest of it."""
    parts: tuple[list[Corpus], list[Corpus]] = [], []
    for source, path in public_sets.available(folder):
        told = list(public_sets.rows(path))
        order = np.random.default_rng(seed).permutation(len(told))
        for part, chosen in zip(parts, (order[: source.most], order[source.most :]), strict=True):
            rows = [(told[i], f"{source.name}/{i}") for i in np.sort(chosen).tolist()]
            part.append(
                _corpus([(r.text, r.label, r.language or "en", source.weight, key, source.name) for r, key in rows])
            )
    return parts


def disguised(corpus: Corpus, seed: int, share: float = 0.15) -> Corpus:
    """Copies of some rows with letters masked or changed for signs, rude and civil words alike."""
    chance = np.random.default_rng(seed)
    chosen = np.flatnonzero(chance.random(len(corpus)) < share)
    rows = [
        (
            _disguise(corpus.texts[i], chance),
            int(corpus.label[i]),
            corpus.language[i],
            DISGUISED * float(corpus.weight[i]),
            corpus.group[i],
            "disguised",
        )
        for i in chosen.tolist()
    ]
    return _corpus(rows)


def pages(corpus: Corpus, seed: int, count: int = 1000) -> Corpus:
    """Long comments made of several civil ones of a group; half of them hide one rude comment, and are rude."""
    chance = np.random.default_rng(seed)
    members: dict[str, list[int]] = {}
    for i, group in enumerate(corpus.group):
        members.setdefault(group, []).append(i)
    groups = sorted(g for g, rows in members.items() if len(rows) >= 4 and not g.startswith("frames/"))
    rows = []
    for number in range(count if groups else 0):
        group = groups[int(chance.integers(len(groups)))]
        calm = [i for i in members[group] if corpus.label[i] == 0]
        rude = [i for i in members[group] if corpus.label[i] == 1]
        if len(calm) < 2 or not rude:
            continue
        chosen = [calm[int(k)] for k in chance.integers(len(calm), size=int(chance.integers(2, 9)))]
        if number % 2:
            chosen[int(chance.integers(len(chosen)))] = rude[int(chance.integers(len(rude)))]
        text = " ".join(t if t[-1:] in ".!?…" else f"{t}." for t in (corpus.texts[i].strip() for i in chosen))
        rows.append((text, number % 2, corpus.language[calm[0]], PAGE, group, "pages"))
    return _corpus(rows)


def _disguise(text: str, chance: np.random.Generator) -> str:
    words = text.split(" ")
    for i, word in enumerate(words):
        inner = [k for k in range(1, len(word) - 1) if word[k].isalpha()]
        if len(word) >= 4 and inner and chance.random() < 0.3:
            k = inner[int(chance.integers(len(inner)))]
            words[i] = word[:k] + "*" * int(chance.integers(1, 3)) + word[k + 1 :]
    return " ".join(words)


def joined(parts: Sequence[Corpus]) -> Corpus:
    """Several corpora as one."""
    return Corpus(
        tuple(t for p in parts for t in p.texts),
        np.concatenate([np.zeros(0, np.int64), *(p.label for p in parts)]),
        tuple(v for p in parts for v in p.language),
        np.concatenate([np.zeros(0), *(p.weight for p in parts)]),
        tuple(g for p in parts for g in p.group),
        tuple(s for p in parts for s in p.source),
    )


def _corpus(rows: Sequence[tuple[str, int, str, float, str, str]]) -> Corpus:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    return Corpus(
        tuple(columns[0]),
        np.array(columns[1], np.int64),
        tuple(columns[2]),
        np.array(columns[3], np.float64),
        tuple(columns[4]),
        tuple(columns[5]),
    )
