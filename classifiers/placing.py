"""Placing: how well off topic is told, by what a comment is told apart from.

Here lives the measuring of articles with their comments: as labelled, and each comment under its own article against
the same comment under another one, beside what two cosines and the comment's length would say of the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import dataset, evaluation, public_sets
from classifiers.embedding.encoder import Encoder
from classifiers.scorer import Article, Scorer, Submission
from classifiers.text.reading import read
from classifiers.views import source

Row = dict[str, Any]
Floats = NDArray[np.float64]
BRIEF = {"short", "not_enough"}
SITE = 50
"""Other articles that stand for a site's recent ones."""
LABELLED, OTHER, SECTION, STORY = "as labelled", "another subject", "same section", "same story"


@dataclass(frozen=True)
class Placed:
    """A comment under the article with number `article`, what that tells apart, and whether it is off topic there."""

    text: str
    parent: str | None
    article: int
    group: str
    kind: str
    label: int


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
    ours = np.array([scores[i] for i in kept], np.float64)
    rivals = {"cosine of title": (near := _cosines(found, asked))[0], "three cosines": near[1]}
    rivals["length alone"] = np.array([-float(len(p.text)) for p in asked])
    sited = _scores(scorer, found, asked, lambda number: _site(found, number))
    best = np.array([0.0 if s is None else s for s in sited], np.float64)
    label = np.array([p.label for p in asked], np.int64)
    written = np.array([p.group == LABELLED for p in asked])
    chosen = [p for p in asked if p.group == LABELLED]
    languages = [str(found[p.article].get("language") or "und") for p in asked]
    spoken = [language for language, is_written in zip(languages, written, strict=True) if is_written]
    out = evaluation.report(label[written], ours[written], [p.text for p in chosen], spoken)
    masks = {group: np.array([p.group == group for p in asked]) for group in (LABELLED, OTHER, SECTION, STORY)}
    codes = np.array(languages)
    masks |= {f"{g}, {c}": m & (codes == c) for g, m in list(masks.items()) for c in sorted(set(languages))}
    kinds = np.array([p.kind for p in asked])
    for kind in sorted({p.kind for p in chosen if p.label and p.kind}):
        masks[f"labelled {kind}"] = written & ((label == 0) | (kinds == kind))
    out["slices"] |= {f"kind {n}": r for n, r in evaluation.by_slice(label, ours, masks).items()}
    out["slices"] |= {f"kind {n}, among the site's": r for n, r in evaluation.by_slice(label, best, masks).items()}
    for rival, value in rivals.items():
        for name in (LABELLED, OTHER, SECTION, STORY):
            if (mask := masks[name]).sum() >= evaluation.FEWEST and len(set(label[mask].tolist())) == 2:
                figures = evaluation.measure(label[mask], _from_0_to_1(value[mask])).as_dict()
                keep = {"rows", "positive", "auc", "ap"}
                out["slices"][f"kind {name}, {rival}"] = {k: v if k in keep else None for k, v in figures.items()}
    out["not_judged"] = len(scores) - len(kept)
    out["curves"] = evaluation.curves(label[written], ours[written])
    return out


def _from_0_to_1(value: Floats) -> Floats:
    """The same order between 0 and 1."""
    return np.asarray((value - value.min()) / max(float(np.ptp(value)), 1e-9), np.float64)


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
        title = float(own @ subject.title)
        rows.append((-title, -(title + float(own @ subject.whole) + float((subject.sentences @ own).max())) / 3))
    table = np.array(rows, np.float64)
    return table[:, 0], table[:, 1]
