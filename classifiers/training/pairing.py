"""Pairing for off topic: which comment stands under which article, what that is called and how much it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifiers import public_sets

Row = dict[str, Any]

STRANGERS = 4
"""Articles of the same section, and as many of others, that each comment is also placed under."""
WRITTEN, SAME_STORY, STRANGER, PUBLIC = 1.0, 0.3, 0.25, 0.15
"""How much a pair counts: as written, moved in its story, moved away, public."""
BRIEF = {"short", "not_enough"}
"""Kinds of comments that would fit under many articles: they are moved nowhere."""


@dataclass(frozen=True)
class Pair:
    """A comment under an article (its place in the list); `story` wrote it, `about` it tells of, when off topic."""

    text: str
    parent: str | None
    article: int
    label: int
    weight: float
    story: str
    about: str
    as_written: bool = False


def pairs(articles: Sequence[Row], seed: int) -> list[Pair]:
    """Labelled pairs: as written; within the same story (on topic when the comment fits all of it); under strangers."""
    chance = np.random.default_rng(seed)
    out: list[Pair] = []
    for number, article in enumerate(articles):
        story = article["story"]
        same_story = [i for i, a in enumerate(articles) if a["story"] == story and i != number]
        strange = [i for i, a in enumerate(articles) if a["story"] != story]
        section = [i for i in strange if articles[i]["section"] == article["section"]]
        other = [i for i in strange if articles[i]["section"] != article["section"]]
        for comment in article["comments"]:
            text, parent, label = comment["text"], comment.get("parent"), int(comment["off_topic"])
            about = comment.get("about_story") or story
            out.append(Pair(text, parent, number, label, WRITTEN, story, about, as_written=True))
            if label or parent or comment.get("kind") in BRIEF:
                continue
            if same_story:
                wide = comment.get("story_wide", True)
                out.append(Pair(text, None, int(chance.choice(same_story)), int(not wide), SAME_STORY, story, about))
            for pool in (section, other):
                if pool:
                    chosen = chance.choice(pool, STRANGERS).tolist()
                    out += [Pair(text, None, i, 1, STRANGER, story, about) for i in chosen]
    return out


def public(folder: Path, seed: int) -> tuple[list[Row], list[Pair]]:
    """News comments with their articles (fox_news), under their own and under another."""
    path = folder / "fox_news.csv.gz"
    told = [r for r in public_sets.rows(path) if r.columns.get("title")] if path.exists() else []
    chance = np.random.default_rng(seed)
    keys = sorted({(row.columns["title"], row.columns.get("meta", "")) for row in told})
    out = []
    for row in told:
        own = keys.index((row.columns["title"], row.columns.get("meta", "")))
        other = (own + int(chance.integers(1, len(keys)))) % len(keys)
        story = f"fox_news/{own}"
        out += [
            Pair(row.text, None, own, 0, PUBLIC, story, story),
            Pair(row.text, None, other, 1, PUBLIC, story, story),
        ]
    return [{"title": title, "text": text, "story": f"fox_news/{i}"} for i, (title, text) in enumerate(keys)], out
