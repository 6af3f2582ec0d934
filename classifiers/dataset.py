"""The project's own training data: read, checked, and kept apart from what may not train.

Here lives the form of `training_data/`: JSONL files of labelled comments and of articles with their
comments, a manifest with hashes, and the check that no sentence was copied from elsewhere.
`python -m classifiers.dataset training_data [--public DIR]` checks a folder and prints what is wrong;
`--write-manifest` records the hashes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.features.ngrams import word_hashes
from classifiers.public_sets import texts_below
from classifiers.text.reading import read

SPLITS = ("train", "guard")
GUARD_SHARE = 12
"""Percent of the groups that are kept for the guard."""
LABELS_OF = {"shouting": "shouting", "off_topic": "off_topic"}
"""Files whose label is not incivility, by name without ending."""


class DatasetError(ValueError):
    """Training data that does not keep its own form."""


@dataclass(frozen=True)
class Example:
    """One labelled comment."""

    id: str
    text: str
    language: str
    label: int
    tags: tuple[str, ...]
    group: str
    split: str
    parent: str | None = None


def split_of(group: str) -> str:
    """The side of a group: by its hash, so that adding data moves nothing."""
    return "guard" if int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % 100 < GUARD_SHARE else "train"


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DatasetError(f"{path.name}:{number}: not JSON ({error})") from error
        if not isinstance(row, dict):
            raise DatasetError(f"{path.name}:{number}: not an object")
        yield row


def comments(folder: Path, label: str = "incivility") -> list[Example]:
    """All examples of one label, from every file that carries it, in file order."""
    out = []
    for path in sorted(folder.glob("*.jsonl")):
        if LABELS_OF.get(path.stem, "incivility") == label:
            out += [_example(row, path.name) for row in rows(path)]
    return out


def articles(folder: Path) -> list[dict[str, Any]]:
    """The articles with their comments, for the off-topic label."""
    path = folder / "off_topic.jsonl"
    return list(rows(path)) if path.exists() else []


def _example(row: dict[str, Any], name: str) -> Example:
    try:
        parent = row.get("parent")
        return Example(
            str(row["id"]),
            str(row["text"]),
            str(row["language"]),
            int(row["label"]),
            tuple(row["tags"]),
            str(row["group"]),
            str(row["split"]),
            None if parent is None else str(parent),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{name}: {row.get('id')!r}: missing or wrong field {error}") from error


def problems(folder: Path) -> list[str]:
    """What is wrong with a folder, one sentence each; empty when all is well."""
    found: list[str] = []
    seen: dict[str, str] = {}
    sides: dict[str, str] = {}
    texts: dict[str, tuple[int, str]] = {}
    for label in ("incivility", "shouting"):
        for example in comments(folder, label):
            if example.id in seen:
                found.append(f"{example.id}: the id is used twice")
            seen[example.id] = example.text
            if example.label not in (0, 1):
                found.append(f"{example.id}: label {example.label} is neither 0 nor 1")
            if not example.text.strip():
                found.append(f"{example.id}: empty text")
            if example.split != split_of(example.group):
                found.append(f"{example.id}: split {example.split!r} is not that of its group")
            if sides.setdefault(example.group, example.split) != example.split:
                found.append(f"{example.id}: group {example.group} is on both sides")
            folded = example.text.casefold().strip() if label == "incivility" else example.text
            key = f"{label}\x00{folded}\x00{example.parent or ''}"
            if key in texts and texts[key] != (example.label, example.split):
                found.append(f"{example.id}: the same text with another label or on the other side")
            texts[key] = (example.label, example.split)
    for article in articles(folder):
        if article["split"] != split_of(article["story"]):
            found.append(f"{article['id']}: split {article['split']!r} is not that of its story")
        found += [
            f"{article['id']}: a comment without a label of 0 or 1"
            for c in article["comments"]
            if c.get("off_topic") not in (0, 1)
        ]
    manifest = folder / "manifest.json"
    if not manifest.exists() or json.loads(manifest.read_text("utf-8"))["files"] != hashes(folder):
        found.append(
            "manifest.json does not hold the hashes of the files (python -m classifiers.dataset --write-manifest)"
        )
    return found


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every data file."""
    paths = [p for p in sorted(folder.iterdir()) if p.suffix in {".jsonl", ".tsv", ".txt"} or p.name == "slots.json"]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def fingerprint(folder: Path, label: str | None = None) -> str:
    """One short hash of all data files, or of those that a label's artefact is trained from."""
    kept = {name: value for name, value in hashes(folder).items() if name not in _FOREIGN.get(label or "", ())}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]


_FOREIGN = {"incivility": ("off_topic.jsonl", "shouting.jsonl", "acronyms.txt")}
"""Data files that a label's artefact does not depend on; the others' artefacts depend on all."""


def near_duplicates(
    own: Iterable[str], other: Iterable[str], share: float = 0.6, shortest: int = 9
) -> list[tuple[str, str]]:
    """Pairs (own, other) where one other text holds at least `share` of the own text's runs of five words.

    Texts of fewer than `shortest` words are set phrases more often than copies, and are left out.
    """
    index: dict[int, int] = {}
    others: list[str] = []
    for text, runs in _shingles(other, 5):
        for run in runs:
            index.setdefault(run, len(others))
        others.append(text)
    out = []
    for text, runs in _shingles(own, shortest):
        hits = Counter(index[run] for run in runs if run in index)
        if hits and hits.most_common(1)[0][1] >= share * len(runs):
            out.append((text, others[hits.most_common(1)[0][0]]))
    return out


def _shingles(texts: Iterable[str], shortest: int) -> Iterator[tuple[str, set[int]]]:
    listed = list(texts)
    for at in range(0, len(listed), 1024):
        batch = listed[at : at + 1024]
        reading = read(batch)
        hashed = word_hashes(reading)
        edges = np.searchsorted(reading.words.text, np.arange(len(batch) + 1))
        for text, a, b in zip(batch, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            words = hashed[a:b].tolist()
            if len(words) >= shortest:
                yield text, {hash(tuple(words[i : i + 5])) for i in range(len(words) - 4)}


def main(arguments: list[str] | None = None) -> int:
    """Check a folder; 0 when nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.dataset", description="Check training data.")
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--public", type=Path, help="folder of other corpora: report sentences that look copied from them"
    )
    parser.add_argument("--write-manifest", action="store_true")
    options = parser.parse_args(arguments)
    if options.write_manifest:
        content = {"files": hashes(options.folder), "fingerprint": fingerprint(options.folder)}
        (options.folder / "manifest.json").write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    found = problems(options.folder)
    if options.public:
        own = [e.text for label in ("incivility", "shouting") for e in comments(options.folder, label)]
        found += [
            f"looks copied: {a[:80]!r} ~ {b[:80]!r}" for a, b in near_duplicates(own, texts_below(options.public))
        ]
    for line in found:
        sys.stderr.write(line + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
