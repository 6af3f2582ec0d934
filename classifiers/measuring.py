"""Measuring: a scorer run over labelled files, and the cards that record the result.

Here lives the meeting of scorer and evaluation; `vigie evaluate` calls `file`, `make evaluate` runs
`python -m classifiers.measuring FOLDER…`, and training ends with `cards`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import artifact, card, dataset, drawing, evaluation, public_sets
from classifiers.scorer import Article, Scorer, Submission
from classifiers.training.corpus import own

LABELS = ("shouting", "off_topic", "incivility")


@dataclass(frozen=True)
class Labelled:
    """Comments with the label of each; `family` for functional tests, `rival` for another's score."""

    submissions: tuple[Submission, ...]
    label: NDArray[np.int64]
    family: tuple[str, ...] = ()
    rival: tuple[float, ...] = ()


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
    return Labelled(tuple(_submission(row) for row in found), np.array([int(row["label"]) for row in found], np.int64))


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
    if labelled.rival:
        out["rival"] = evaluation.measure(labelled.label, np.array(labelled.rival)).as_dict()
    out["curves"] = evaluation.curves(truth, value)
    return out


def file(scorer: Scorer, path: Path, label: str = "incivility", pictures: Path | None = None) -> dict[str, Any]:
    """The report on one file; with `pictures`, curves are drawn into that folder."""
    found = report(scorer, read_file(path), label)
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
        found = report(scorer, labelled, name)
        found.pop("curves")
        made = card.facts(artifact.load(name, folder), {"guard split of our own data": found})
        card.write(made, folder)
        out.append(made)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Measure incivility on labelled files, and print one Markdown table."""
    parser = argparse.ArgumentParser(
        prog="python -m classifiers.measuring", description="Measure the shipped classifiers on labelled files."
    )
    parser.add_argument("paths", nargs="+", type=Path, help="files (.csv.gz, .jsonl) or folders of them")
    parser.add_argument("--label", choices=LABELS, default="incivility")
    parser.add_argument("--pictures", type=Path, help="folder for PNG curves")
    parser.add_argument("--out", type=Path, help="file that the table is also written to, with the version measured")
    parser.add_argument("--json", action="store_true", help="whole reports as JSON lines")
    options = parser.parse_args(arguments)
    scorer = Scorer.load()
    rows: dict[str, dict[str, Any]] = {}
    for path in _files(options.paths):
        found = file(scorer, path, options.label, options.pictures)
        name = path.name.split(".")[0]
        if options.json:
            sys.stdout.write(json.dumps({"set": name, **found}, ensure_ascii=False) + "\n")
            continue
        rows[name] = found["all"]
        if "rival" in found:
            rows[f"{name} (Perspective, same rows)"] = found["rival"]
        if "mean_over_families" in found:
            rows[f"{name} (mean over {len(found['families'])} families)"] = {
                **found["all"],
                "accuracy": found["mean_over_families"],
            }
    if rows:
        table = "\n".join(card.table(rows)) + "\n"
        sys.stdout.write(table)
        if options.out:
            version = artifact.load(options.label).version
            options.out.write_text(f"# {options.label}, measured\n\nVersion `{version}`.\n\n{table}", "utf-8")
    return 0


def _files(paths: Sequence[Path]) -> list[Path]:
    return [f for p in paths for f in (sorted([*p.glob("*.csv.gz"), *p.glob("*.jsonl")]) if p.is_dir() else [p])]


if __name__ == "__main__":
    sys.exit(main())
