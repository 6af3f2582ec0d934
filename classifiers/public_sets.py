"""Public corpora of labelled comments, read from a folder that the user names.

Here live their form (gzip CSV with `text`, `uncivil`, `lang`), what each is trusted for, and its licence
for the model card. None of their text is kept in this project.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass(frozen=True)
class Source:
    """One corpus: its file name, its weight in training (1 = as our own data), what it is and its licence.

    `most`: how many of its rows all readings learn from, so that the largest sets do not set the tone; n-grams,
    which need vocabulary, learn from the rest as well.
    """

    name: str
    weight: float
    about: str
    licence: str
    most: int = 12_000


SOURCES = (
    Source("civil_comments_en", 0.7, "comments of news sites (Civil Comments)", "CC0-1.0"),
    Source("fox_news", 1.0, "comments of a news site, hateful or not", "MIT"),
    Source("ken20_en", 0.4, "hate speech (Measuring Hate Speech)", "CC-BY-4.0", 8_000),
    Source("dyn21_en", 0.3, "adversarial hate (Dynamically Generated Hate)", "CC-BY-4.0", 14_000),
    Source("hatemoji_build", 0.2, "emoji-based hate (HatemojiBuild)", "CC-BY-4.0", 3_000),
    Source("paradetox", 0.4, "toxic sentences and civil paraphrases (ParaDetox)", "CC0-1.0", 8_000),
    Source("davidson", 0.4, "tweets (Davidson et al. 2017)", "MIT", 6_000),
    Source("reddit_incivility", 1.0, "incivility on Reddit", "BSD-3-Clause"),
    Source("wiki_nonfuzzed", 1.5, "Wikipedia talk pages", "Apache-2.0 / CC0-1.0"),
    Source("surge_toxicity", 1.5, "social media (Surge AI toxicity)", "MIT"),
    Source("mlma_fr", 0.7, "French tweets (MLMA)", "MIT"),
    Source("mlma_en", 0.2, "English tweets (MLMA)", "MIT", 3_000),
)

TALK = ("civil_comments_en", "fox_news", "reddit_incivility", "wiki_nonfuzzed", "surge_toxicity")
"""The sets whose comments are most like a newspaper's."""


@dataclass(frozen=True)
class Row:
    """One comment of a corpus."""

    text: str
    label: int
    language: str
    columns: dict[str, str]


def rows(path: Path) -> Iterator[Row]:
    """The rows of one file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield Row(line["text"], int(float(line.get("uncivil") or 0)), line.get("lang", "") or "", line)


def available(folder: Path) -> list[tuple[Source, Path]]:
    """The known corpora that `folder` holds."""
    return [(s, p) for s in SOURCES if (p := folder / f"{s.name}.csv.gz").exists()]


def texts_below(folder: Path) -> Iterator[str]:
    """All texts of all files below a folder."""
    for path in sorted(folder.rglob("*.csv.gz")):
        for row in rows(path):
            yield row.text


def fingerprint(folder: Path) -> dict[str, str]:
    """SHA-256 of the known corpora's files, by name."""
    return {s.name: hashlib.sha256(p.read_bytes()).hexdigest() for s, p in available(folder)}
