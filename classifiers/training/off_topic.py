"""Fitting off topic: comments under their own article, under others of the same story, and under strangers.

Here lives the pairing; which evidence counts is fixed in `classifiers.off_topic`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifiers import dataset
from classifiers.embedding.encoder import Encoder
from classifiers.features.casing import skipped
from classifiers.logit import CalibratedLogit
from classifiers.off_topic import ENOUGH, OffTopic, Words, content_words
from classifiers.subjects import embed, select
from classifiers.text.reading import read

STRANGERS = 2
"""Articles of other stories that each comment is also placed under."""


@dataclass(frozen=True)
class Pair:
    """A comment under an article, by the article's place in the list."""

    text: str
    parent: str | None
    article: int
    label: int
    weight: float


def pairs(articles: list[dict[str, Any]], seed: int) -> list[Pair]:
    """Labelled pairs: as written; under the same story when the comment fits all of it; under strangers, half of them of the same section."""
    chance = np.random.default_rng(seed)
    out: list[Pair] = []
    for number, article in enumerate(articles):
        same_story = [i for i, a in enumerate(articles) if a["story"] == article["story"] and i != number]
        section = [i for i, a in enumerate(articles) if a["story"] != article["story"] and a["section"] == article["section"]]
        other = [i for i, a in enumerate(articles) if a["story"] != article["story"] and a["section"] != article["section"]]
        for comment in article["comments"]:
            text, parent, label = comment["text"], comment.get("parent"), int(comment["off_topic"])
            out.append(Pair(text, parent, number, label, 1.0))
            if label == 0 and comment.get("kind") not in {"short", "not_enough"}:
                if comment.get("story_wide") and same_story:
                    out.append(Pair(text, parent, int(chance.choice(same_story)), 0, 0.5))
                for pool in (section, other):
                    if pool and parent is None:
                        out.append(Pair(text, None, int(chance.choice(pool)), 1, 0.4))
    return out


def fit(data: Path, encoder: Encoder, seed: int) -> tuple[OffTopic, dict[str, Any]]:
    """Fit on the train side of off_topic.jsonl."""
    articles = [a for a in dataset.articles(data) if a["split"] == "train"]
    subjects = [embed(encoder, a["title"], a["text"]) for a in articles]
    calm = [e.text for e in dataset.comments(data) if e.split == "train"]
    bags = [s.words for s in subjects] + [h for at in range(0, len(calm), 512) for h in content_words(read(calm[at : at + 512]))]
    known, seen = np.unique(np.concatenate(bags), return_counts=True)
    often = seen >= 3
    rarity = np.log(len(bags) / seen[often]).astype(np.float16).astype(np.float32)
    background = np.stack([s.title for s in subjects]).astype(np.float16).astype(np.float32)
    blank = OffTopic(CalibratedLogit(), background, known[often], rarity)
    told = pairs(articles, seed)
    texts = [p.text for p in told]
    reading = read(texts)
    encoded = encoder.encode_sentences(reading.sentence_strings())
    links, _ = skipped(texts)
    starts = reading.hard.joined.starts
    words = [Words(h, bool(links[a:b].any())) for h, a, b in zip(content_words(reading), starts[:-1], starts[1:], strict=True)]
    parents = [encoder.encode_sentences(read([p.parent]).sentence_strings()).text[0] if p.parent else None for p in told]
    keep = [i for i in range(len(told)) if len(words[i].hashes) >= ENOUGH]
    part = select(encoded, keep)
    table = blank.table(part.text, part, [words[i] for i in keep], [subjects[told[i].article] for i in keep], [parents[i] for i in keep])
    label = np.array([told[i].label for i in keep])
    weight = np.array([told[i].weight for i in keep])
    logit = CalibratedLogit(C=0.3, random_state=seed).fit(table, label, sample_weight=weight)
    return OffTopic(logit, background, known[often], rarity), {"rows": {"pairs": len(told)}}
