"""Fitting off topic: comments under their own article, under others of the same story, and under strangers.

Here lives the pairing; which evidence counts is fixed in `classifiers.off_topic`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from classifiers import dataset, public_sets
from classifiers.embedding.encoder import Encoder
from classifiers.logit import CalibratedLogit
from classifiers.off_topic import ENOUGH, FEATURES, OffTopic, Subject, centered, content_words
from classifiers.subjects import embed, select, words_of
from classifiers.text.reading import read
from classifiers.training.reading import BATCH

Vectors = NDArray[np.float32]

STRANGERS = 2
"""Articles of the same section, and as many of others, that each comment is also placed under."""
WRITTEN, SAME_STORY, STRANGER, PASSAGE, PUBLIC = 1.0, 0.5, 0.25, 0.3, 0.15
"""How much a pair counts: as written, moved in its story, moved away, made of an article's own passage, public."""


@dataclass(frozen=True)
class Pair:
    """A comment under an article, by the article's place in the list."""

    text: str
    parent: str | None
    article: int
    label: int
    weight: float


def pairs(articles: list[dict[str, Any]], seed: int) -> list[Pair]:
    """Labelled pairs: as written; under the same story when the comment fits all of it; under strangers."""
    chance = np.random.default_rng(seed)
    out: list[Pair] = []
    for number, article in enumerate(articles):
        same_story = [i for i, a in enumerate(articles) if a["story"] == article["story"] and i != number]
        section = [
            i for i, a in enumerate(articles) if a["story"] != article["story"] and a["section"] == article["section"]
        ]
        other = [
            i for i, a in enumerate(articles) if a["story"] != article["story"] and a["section"] != article["section"]
        ]
        for comment in article["comments"]:
            text, parent, label = comment["text"], comment.get("parent"), int(comment["off_topic"])
            out.append(Pair(text, parent, number, label, WRITTEN))
            if label == 0 and comment.get("kind") not in {"short", "not_enough"}:
                if comment.get("story_wide") and same_story:
                    out.append(Pair(text, parent, int(chance.choice(same_story)), 0, SAME_STORY))
                for pool in (section, other):
                    if pool and parent is None:
                        out += [Pair(text, None, int(i), 1, STRANGER) for i in chance.choice(pool, STRANGERS)]
    return out


def passages(articles: list[dict[str, Any]], seed: int) -> tuple[list[dict[str, Any]], list[Pair]]:
    """Articles without one of their paragraphs, and that paragraph as a comment under them and under others."""
    chance = np.random.default_rng(seed)
    made, out = [], []
    for article in articles:
        parts = [p for p in article["text"].split("\n") if len(p.split()) > 8]
        if len(parts) < 2:
            continue
        taken = int(chance.integers(len(parts)))
        made.append(
            {**article, "text": "\n".join(p for i, p in enumerate(parts) if i != taken), "passage": parts[taken]}
        )
    for number, article in enumerate(made):
        others = [i for i, a in enumerate(made) if a["story"] != article["story"]]
        out.append(Pair(article["passage"], None, number, 0, PASSAGE))
        if others:
            out.append(Pair(article["passage"], None, int(chance.choice(others)), 1, PASSAGE))
    return made, out


def public(folder: Path, seed: int) -> tuple[list[dict[str, Any]], list[Pair]]:
    """News comments with their articles (fox_news), under their own and under another."""
    path = folder / "fox_news.csv.gz"
    if not path.exists():
        return [], []
    chance = np.random.default_rng(seed)
    told = [row for row in public_sets.rows(path) if row.columns.get("title")]
    keys = sorted({(row.columns["title"], row.columns.get("meta", "")) for row in told})
    out = []
    for row in told:
        own = keys.index((row.columns["title"], row.columns.get("meta", "")))
        other = (own + int(chance.integers(1, len(keys)))) % len(keys)
        out += [Pair(row.text, None, own, 0, PUBLIC), Pair(row.text, None, other, 1, PUBLIC)]
    return [{"title": title, "text": text} for title, text in keys], out


ALONE = FEATURES.index("alone")
ANYWHERE = {"ad", "site", "private", "joke", "gibberish", "slogan", "essay", "rant"}
"""Kinds of comments that are off topic under any article."""


def _alone(
    articles: list[dict[str, Any]], center: Vectors, encoder: Encoder, seed: int
) -> tuple[Vectors, dict[str, float]]:
    """The line for what is off topic anywhere, and its held-out answer for each comment."""
    told = [
        (c["text"], int(c.get("kind") in ANYWHERE and c["off_topic"]), a["story"])
        for a in articles
        for c in a["comments"]
    ]
    texts = [t for t, _, _ in told]
    vectors = np.concatenate(
        [
            encoder.encode_sentences(read(texts[at : at + BATCH]).sentence_strings()).text
            for at in range(0, len(texts), BATCH)
        ]
    )
    own = centered(vectors, center)
    label = np.array([v for _, v, _ in told])
    story = np.unique([s for _, _, s in told], return_inverse=True)[1]
    line = LogisticRegression(C=2.0, max_iter=300, class_weight="balanced")
    answers = cross_val_predict(line, own, label, groups=story, cv=GroupKFold(5), method="decision_function")
    line.fit(own, label)
    return np.append(line.coef_[0], line.intercept_).astype(np.float32), dict(zip(texts, answers.tolist(), strict=True))


def _with_held_out(found: Evidence, answers: dict[str, float]) -> Evidence:
    """The same evidence, the line's answers replaced by held-out ones."""
    table = found.table.copy()
    table[:, ALONE] = [
        answers.get(text, value) for text, value in zip(found.texts, table[:, ALONE].tolist(), strict=True)
    ]
    return replace(found, table=table)


@dataclass(frozen=True)
class Evidence:
    """The table of some pairs, with texts, labels and weights; pairs too short to judge are left out."""

    texts: tuple[str, ...]
    table: NDArray[np.float64]
    label: NDArray[np.int64]
    weight: NDArray[np.float64]


def evidence(model: OffTopic, told: Sequence[Pair], about: Sequence[Subject], encoder: Encoder) -> Evidence:
    """The evidence of `model` for pairs, batch by batch."""
    tables, kept = [], []
    for at in range(0, len(told), BATCH):
        batch = told[at : at + BATCH]
        texts = [p.text for p in batch]
        reading = read(texts)
        encoded = encoder.encode_sentences(reading.sentence_strings())
        words = words_of(texts, reading)
        parents = [
            encoder.encode_sentences(read([p.parent]).sentence_strings()).text[0] if p.parent else None for p in batch
        ]
        keep = [i for i in range(len(batch)) if len(words[i].hashes) >= ENOUGH]
        part = select(encoded, keep)
        tables.append(
            model.table(
                part.text,
                part,
                [words[i] for i in keep],
                [about[batch[i].article] for i in keep],
                [parents[i] for i in keep],
            )
        )
        kept += [batch[i] for i in keep]
    return Evidence(
        tuple(p.text for p in kept),
        np.concatenate(tables),
        np.array([p.label for p in kept]),
        np.array([p.weight for p in kept]),
    )


def fit(data: Path, public_folder: Path | None, encoder: Encoder, seed: int) -> tuple[OffTopic, dict[str, Any]]:
    """Fit on the train side of off_topic.jsonl, and on public pairs when there are."""
    articles = [a for a in dataset.articles(data) if a["split"] == "train"]
    subjects = [embed(encoder, a["title"], a["text"]) for a in articles]
    calm = [e.text for e in dataset.comments(data) if e.split == "train"]
    bags = [s.words for s in subjects] + [
        h for at in range(0, len(calm), BATCH) for h in content_words(read(calm[at : at + BATCH]))
    ]
    known, seen = np.unique(np.concatenate(bags), return_counts=True)
    often = seen >= 3
    rarity = np.log(len(bags) / seen[often]).astype(np.float16).astype(np.float32)
    background = np.stack([s.title for s in subjects]).astype(np.float16).astype(np.float32)
    comments = [c["text"] for a in articles for c in a["comments"]]
    mean_comment = np.concatenate(
        [encoder.encode(read(comments[at : at + BATCH]).light.strings()) for at in range(0, len(comments), BATCH)]
    ).mean(axis=0)
    centers = np.stack(
        [mean_comment, background.mean(axis=0), np.concatenate([s.sentences for s in subjects]).mean(axis=0)]
    )
    alone, held_out = _alone(articles, centers[0], encoder, seed)
    blank = OffTopic(CalibratedLogit(), background, centers, alone, known[often], rarity)
    told = pairs(articles, seed)
    found = [_with_held_out(evidence(blank, told, subjects, encoder), held_out)]
    for made, told in (passages(articles, seed), public(public_folder, seed) if public_folder else ([], [])):
        if told:
            found.append(evidence(blank, told, [embed(encoder, a["title"], a["text"]) for a in made], encoder))
    table, label, weight = (np.concatenate([getattr(f, name) for f in found]) for name in ("table", "label", "weight"))
    logit = CalibratedLogit(C=0.03, random_state=seed).fit(table, label, sample_weight=weight)
    return replace(blank, logit=logit), {"rows": {"pairs": len(label)}}
