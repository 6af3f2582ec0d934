"""Measuring: a scorer run over labelled files, and the cards that record the result.

Here lives the meeting of scorer and evaluation; `vigie evaluate` calls `file`, and `vigie train` ends with `cards`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import artifact, card, dataset, drawing, evaluation, placing, public_sets
from classifiers.scorer import Article, Scorer, Submission
from classifiers.training.corpus import own

LABELS = ("shouting", "off_topic", "incivility")


@dataclass(frozen=True)
class Labelled:
    """Comments with the label of each; `family` for functional tests, `rival` for another's score.

    `identity`: the group that each comment speaks of, where a set says so.
    """

    submissions: tuple[Submission, ...]
    label: NDArray[np.int64]
    family: tuple[str, ...] = ()
    rival: tuple[float, ...] = ()
    identity: tuple[str, ...] = ()


def read_file(path: Path) -> Labelled:
    """A gzip CSV as the public sets are, or JSONL with `text`, `label` and perhaps `language`, `article`, `parent`."""
    if path.suffix == ".gz":
        rows = list(public_sets.rows(path))
        return Labelled(
            tuple(Submission(r.text, r.language or None) for r in rows),
            np.array([r.label for r in rows], np.int64),
            tuple(r.columns.get("functionality", "") for r in rows)
            if rows and rows[0].columns.get("functionality")
            else (),
            tuple(float(r.columns["perspective"]) for r in rows) if rows and rows[0].columns.get("perspective") else (),
        )
    found = list(dataset.rows(path))
    return Labelled(
        tuple(_submission(row) for row in found),
        np.array([int(row["label"]) for row in found], np.int64),
        identity=tuple(str(row["identity"]) for row in found if row.get("identity")),
    )


def _submission(row: dict[str, Any]) -> Submission:
    article, parent = row.get("article"), row.get("parent")
    return Submission(
        str(row["text"]),
        row.get("language"),
        Article(str(article.get("title", "")), str(article.get("text", ""))) if isinstance(article, dict) else None,
        str(parent["text"]) if isinstance(parent, dict) else parent,
    )


def report(scorer: Scorer, labelled: Labelled, label: str) -> dict[str, Any]:
    """The report of one label on labelled comments; those with not enough to judge are left out."""
    scores = [s.scores[label] for s in scorer.score(labelled.submissions)]
    judged = np.array([s is not None for s in scores], np.bool_)
    value = np.array([s for s in scores if s is not None], np.float64)
    kept = [s for s, ok in zip(labelled.submissions, judged.tolist(), strict=True) if ok]
    truth = labelled.label[judged]
    out = evaluation.report(truth, value, [s.text for s in kept], [s.language or "und" for s in kept])
    out["not_judged"] = int((~judged).sum())
    if labelled.family:
        out["families"] = evaluation.by_family(labelled.label, value, labelled.family)
        out["mean_over_families"] = round(float(np.mean(list(out["families"].values()))), 4)
        out["identity_spread"] = evaluation.spread(out["slices"])
    if labelled.identity:
        out["identities"] = evaluation.by_family(labelled.label, value, labelled.identity)
        out["identity_spread"] = round(max(out["identities"].values()) - min(out["identities"].values()), 4)
    if labelled.rival:
        out["rival"] = evaluation.measure(labelled.label, np.array(labelled.rival)).as_dict()
    out["curves"] = evaluation.curves(truth, value)
    return out


def file(scorer: Scorer, path: Path, label: str = "incivility", pictures: Path | None = None) -> dict[str, Any]:
    """The report on one file; with `pictures`, curves are drawn into that folder."""
    told = placing.articles(path) if label == "off_topic" else None
    found = placing.report(scorer, told) if told else report(scorer, read_file(path), label)
    if pictures:
        drawing.write(pictures / path.name.split(".")[0], found["curves"])
    return found


def guard(data: Path, seed: int = 7) -> dict[str, Labelled]:
    """The guard side of our own data, one set for each label."""
    corpus = own(data, "guard", seed)
    loud = [e for e in dataset.comments(data, "shouting") if e.split == "guard"]
    away = [
        (Submission(c["text"], a["language"], Article(a["title"], a["text"]), c.get("parent")), int(c["off_topic"]))
        for a in dataset.articles(data)
        if a["split"] == "guard"
        for c in a["comments"]
    ]
    return {
        "shouting": Labelled(
            tuple(Submission(e.text, e.language) for e in loud), np.array([e.label for e in loud], np.int64)
        ),
        "off_topic": Labelled(tuple(s for s, _ in away), np.array([v for _, v in away], np.int64)),
        "incivility": Labelled(
            tuple(Submission(t, v) for t, v in zip(corpus.texts, corpus.language, strict=True)), corpus.label
        ),
    }


def cards(folder: Path, data: Path, seed: int = 7) -> list[dict[str, Any]]:
    """Measure the artefacts of `folder` on the guard split and write their cards beside them."""
    scorer = Scorer.load(folder)
    out = []
    for name, labelled in guard(data, seed).items():
        kept = [a for a in dataset.articles(data) if a["split"] == "guard"] if name == "off_topic" else []
        found = placing.report(scorer, kept, seed) if kept else report(scorer, labelled, name)
        found.pop("curves")
        made = card.facts(artifact.load(name, folder), {"guard split of our own data": found})
        card.write(made, folder)
        out.append(made)
    return out


def rows_of(name: str, found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The lines of a table that a report amounts to: the set, another's score on the same rows, functional tests."""
    rows = {name: found["all"]}
    rows |= {f"{name} ({key[5:]})": row for key, row in found["slices"].items() if key.startswith("kind ")}
    if "rival" in found:
        rows[f"{name} (Perspective, same rows)"] = found["rival"]
    if "mean_over_families" in found:
        mean = {**found["all"], "accuracy": found["mean_over_families"]}
        rows[f"{name} (mean over {len(found['families'])} families)"] = mean
    if found.get("identity_spread") is not None:
        groups = len(found.get("identities", ())) or sum(key.startswith("identity ") for key in found["slices"])
        rows[f"{name} (best minus worst of {groups} identity terms)"] = {
            **dict.fromkeys(found["all"]),
            "rows": found["all"]["rows"],
            "accuracy": found["identity_spread"],
        }
    return rows


def files(paths: Sequence[Path]) -> list[Path]:
    """The labelled files among these files and folders, by name."""
    return [f for p in paths for f in (sorted([*p.glob("*.csv.gz"), *p.glob("*.jsonl")]) if p.is_dir() else [p])]
