"""Knowledge: what the shipped judgements already know, so that a newsroom's model cannot forget it.

Here live the replay rows (train side of our own data), by which fitting is held, and the guard sets (guard side), by
which it is proven: chosen the same each time, seen once by the scorer, and kept as files under a fingerprint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classifiers import composition, dataset, incivility, off_topic, shouting
from classifiers.artifact import FEATURES_VERSION, ArtifactError
from classifiers.learning.evidence import FORMAT, Evidence, gather
from classifiers.scorer import Article, Scorer, Submission
from classifiers.training.pairing import pairs

DATA = Path(__file__).parents[2] / "training_data"
"""Beside the packages, in a clone and in an installed wheel alike."""
SEED = 7
WRITTEN, COMPOSED, PAIRS = 2000, 2000, 2000
"""Replay rows of incivility, written and composed, and pairs of off topic."""
GROUPS = 40
"""Groups of people that each guard frame meets."""

Flags = NDArray[np.bool_]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Row:
    """One comment of our own with its truth; `group`: rows that are alike (a frame, neighbours, a story).

    `family`: what a functional test tries, `who`: the group of people it names.
    """

    submission: Submission
    truth: bool
    group: str
    family: str = ""
    who: str = ""


@dataclass(frozen=True, eq=False)
class Known:
    """n rows as the scorer saw them: `truth`, `group`, `family` and `who` (n,), the last two "" where there is none."""

    evidence: Evidence
    truth: Flags
    group: NDArray[np.str_]
    family: NDArray[np.str_]
    who: NDArray[np.str_]

    def part(self, rows: NDArray[np.int64]) -> Self:
        """Some of the rows, by number."""
        cut = (getattr(self, name)[rows] for name in ("truth", "group", "family", "who"))
        return type(self)(self.evidence.part(rows), *cut)


@dataclass(frozen=True, eq=False)
class Knowledge:
    """By label: `replay` rows, on which a residual is held at nothing, and the `guards`."""

    replay: Mapping[str, Known]
    guards: Mapping[str, Known]

    @classmethod
    def load(
        cls,
        scorer: Scorer,
        cache: Path | None,
        data: Path | None = None,
        progress: Progress = lambda line: None,
        share: float = 1.0,
    ) -> Self:
        """Gathered with `scorer` from the folder `data` (default: training_data), or read from the folder `cache`.

        `share`: of the rows, the part that is taken. Raises `DatasetError` for data that does not keep its form.
        """
        data = data or DATA
        rows = {"replay": replay_rows(data), "guards": guard_rows(data)}
        told = [
            dict(scorer.versions),
            dataset.fingerprint(data),
            FORMAT,
            FEATURES_VERSION,
            WRITTEN,
            COMPOSED,
            PAIRS,
            GROUPS,
            share,
        ]
        mark = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
        found: dict[str, dict[str, Known]] = {"replay": {}, "guards": {}}
        for side, by_label in rows.items():
            for label, listed in by_label.items():
                some = _sample(listed, round(share * len(listed)))
                path = cache / f"knowledge-{mark}-{side}-{label}.npz" if cache else None
                progress(f"{side} {label}: {len(some)}")
                found[side][label] = _known(some, _evidence(scorer, some, path))
        return cls(**found)


def replay_rows(data: Path) -> dict[str, list[Row]]:
    """Rows of the train side, by label."""
    written = _sample(_comments(data, incivility.LABEL, "train"), WRITTEN)
    composed = _sample(_composed(data, "train", 4), COMPOSED)
    return {
        shouting.LABEL: _comments(data, shouting.LABEL, "train"),
        off_topic.LABEL: _pairs(data, "train", PAIRS),
        incivility.LABEL: written + composed,
    }


def guard_rows(data: Path) -> dict[str, list[Row]]:
    """Rows of the guard side, by label."""
    return {
        shouting.LABEL: _comments(data, shouting.LABEL, "guard"),
        off_topic.LABEL: _pairs(data, "guard", 10**9),
        incivility.LABEL: _comments(data, incivility.LABEL, "guard") + _composed(data, "guard", GROUPS),
    }


def _comments(data: Path, label: str, split: str) -> list[Row]:
    return [
        Row(Submission(e.text, e.language), bool(e.label), e.group)
        for e in dataset.comments(data, label)
        if e.split == split
    ]


def _composed(data: Path, split: str, each: int) -> list[Row]:
    return [
        Row(
            Submission(made.text, made.language),
            bool(made.label),
            made.frame,
            f"{made.language} {made.family}",
            made.who,
        )
        for made in composition.compose(data, SEED, each)
        if dataset.split_of(f"frames/{made.frame}") == split
    ]


def _pairs(data: Path, split: str, most: int) -> list[Row]:
    """Comments under the articles they were written for (two thirds), then under others."""
    articles = [a for a in dataset.articles(data) if a["split"] == split]
    about = [Article(a["title"], a["text"]) for a in articles]
    rows = [
        Row(
            Submission(p.text, articles[p.article]["language"], about[p.article], p.parent),
            bool(p.label),
            p.story,
            "written" if p.as_written else "moved",
        )
        for p in pairs(articles, SEED)
    ]
    written, moved = ([row for row in rows if row.family == kind] for kind in ("written", "moved"))
    return _sample(written, most - most // 3) + _sample(moved, most // 3)


def _sample(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many of the rows, spread evenly over the files they stand in, in their order."""
    if len(rows) <= most:
        return list(rows)
    return [rows[i] for i in np.linspace(0, len(rows) - 1, most).round().astype(int).tolist()] if most else []


def _evidence(scorer: Scorer, rows: Sequence[Row], path: Path | None) -> Evidence:
    if path is not None and path.exists():
        try:
            found = Evidence.load(path)
        except ArtifactError:
            path.unlink(missing_ok=True)  # a torn file is no knowledge
        else:
            if len(found) == len(rows):
                return found
    found = gather(scorer, [row.submission for row in rows])
    if path is not None:
        found.save(path)
    return found


def _known(rows: Sequence[Row], evidence: Evidence) -> Known:
    return Known(
        evidence,
        np.array([row.truth for row in rows], np.bool_),
        np.array([row.group for row in rows], np.str_),
        np.array([row.family for row in rows], np.str_),
        np.array([row.who for row in rows], np.str_),
    )
