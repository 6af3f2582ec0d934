"""Placing: comments put under their own article and under others, and scored there.

Here lives the scoring of articles with their comments: as labelled, and each comment under its own article against
the same comment under another one, beside two cosines of the same rows. The figures are made in `classifiers.apart`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import dataset, public_sets
from classifiers.apart import COSINES, LABELLED, OTHER, SECTION, STORY, Answers, Placed, told_apart
from classifiers.embedding.encoder import Encoder
from classifiers.scorer import Article, Scorer, Submission
from classifiers.text.reading import read
from classifiers.training.pairing import BRIEF
from classifiers.views import mean_cosine, source

Row = dict[str, Any]
Floats = NDArray[np.float64]
SITE = 50
"""Other articles that stand for a site's recent ones."""


def articles(path: Path) -> list[Row] | None:
    """The articles with comments that a file holds: JSONL as off_topic.jsonl, or gzip CSV with `title` and `meta`."""
    if path.suffix == ".gz":
        made: dict[str, Row] = {}
        for row in public_sets.rows(path):
            title = row.columns.get("title") or ""
            fresh = {"title": title, "text": row.columns.get("meta", ""), "language": row.language, "comments": []}
            made.setdefault(title, fresh)["comments"].append({"text": row.text, "off_topic": 0})
        return None if "" in made else list(made.values())
    rows = list(dataset.rows(path))
    return rows if rows and all("comments" in row for row in rows) else None


def placed(found: Sequence[Row], seed: int = 7) -> list[Placed]:
    """Every comment as written, and each longer one that is on topic under one other article of each group."""
    chance = np.random.default_rng(seed)
    out = []
    for number, article in enumerate(found):
        story, section = article.get("story", number), article.get("section")
        strange = [i for i, a in enumerate(found) if a.get("story", i) != story]
        near = [i for i in strange if section is not None and found[i].get("section") == section]
        far = [i for i in strange if i not in set(near)]
        same = [i for i, a in enumerate(found) if a.get("story", i) == story and i != number]
        for comment in article["comments"]:
            text, parent, kind = comment["text"], comment.get("parent"), comment.get("kind", "")
            out.append(Placed(text, parent, number, LABELLED, kind, int(comment["off_topic"])))
            if comment["off_topic"] or parent or kind in BRIEF:
                continue
            pools = ((OTHER, far), (SECTION, near), (STORY, [] if comment.get("story_wide", True) else same))
            for group, pool in pools:
                if pool:
                    out.append(Placed(text, None, number, group, kind, 0))
                    out.append(Placed(text, None, int(chance.choice(pool)), group, kind, 1))
    return out


def report(scorer: Scorer, found: Sequence[Row], seed: int = 7) -> Row:
    """The report of off topic on articles with their comments; those with not enough to judge are left out."""
    asked = placed(found, seed)
    scores = _scores(scorer, found, asked, (lambda number: ()))
    kept = [i for i, s in enumerate(scores) if s is not None]
    asked = [asked[i] for i in kept]
    sited = _scores(scorer, found, asked, lambda number: _site(found, number))
    near = _cosines(found, asked)
    out = told_apart(
        Answers(
            asked,
            [str(found[p.article].get("language") or "und") for p in asked],
            np.array([scores[i] for i in kept], np.float64),
            np.array([0.0 if s is None else s for s in sited], np.float64),
            {"cosine of title": near[0], COSINES: near[1]},
        )
    )
    out["not_judged"] = len(scores) - len(kept)
    return out


def _scores(scorer: Scorer, found: Sequence[Row], asked: Sequence[Placed], site: Any) -> list[float | None]:
    about = [Article(a["title"], a["text"]) for a in found]
    sites = {number: site(number) for number in sorted({p.article for p in asked})}
    batch = [Submission(p.text, None, about[p.article], p.parent, sites[p.article]) for p in asked]
    return [s.scores["off_topic"] for s in scorer.score(batch)]


def _site(found: Sequence[Row], number: int) -> tuple[Article, ...]:
    """The articles that stand nearest in the file: half before, half after."""
    first = max(0, min(number - SITE // 2, len(found) - SITE))
    return tuple(Article(a["title"], a["text"]) for a in found[first : first + SITE])


def _cosines(found: Sequence[Row], asked: Sequence[Placed]) -> tuple[Floats, Floats]:
    """Less the cosine with the title, and less the mean with title, text and nearest sentence (n,)."""
    encoder = Encoder()
    about = [source(encoder, a["title"], a["text"]) for a in found]
    texts = list(dict.fromkeys(p.text for p in asked))
    vectors = np.concatenate(
        [encoder.encode_sentences(read(texts[i : i + 256]).sentence_strings()).text for i in range(0, len(texts), 256)]
    )
    place = {text: i for i, text in enumerate(texts)}
    rows = []
    for pair in asked:
        own, subject = vectors[place[pair.text]], about[pair.article]
        rows.append((-float(own @ subject.title), -mean_cosine(own, subject)))
    table = np.array(rows, np.float64)
    return table[:, 0], table[:, 1]
