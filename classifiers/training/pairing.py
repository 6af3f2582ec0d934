"""Pairing for off topic: which comment stands under which article, what that is called and how much it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from classifiers import public_sets
from classifiers.apart import LABELLED, OTHER, SECTION, STORY
from classifiers.text.reading import read

Row = dict[str, Any]

STRANGERS = 4
"""Articles of the same section, and as many of others, that each comment is also placed under."""
WRITTEN, SAME_STORY, STRANGER, PUBLIC = 1.0, 0.3, 0.25, 0.15
"""How much a pair counts: as written, moved in its story, moved away, public."""
CUT, CUT_WEIGHT, PASSAGE = 8, 0.5, 0.15
"""Words that are kept of a comment that is cut short, how much it counts beside the whole one, and how much a
passage of an article counts that stands for a comment."""
SHAPES = {"full": 0.4, "lead": 0.3, "title": 0.15, "other_title": 0.15}
"""How an article is shown, and what that counts; `other_title`: its title in another language, alone."""
LEAD, SHORTEST_PASSAGE = 2, 8
"""Sentences of a lead; words of a passage that may stand for a comment."""
BRIEF = {"short", "not_enough"}
"""Kinds of comments that would fit under many articles: they are moved nowhere."""


@dataclass(frozen=True)
class Pair:
    """A comment under an article (its place in the list); `story` wrote it, `about` it tells of, when off topic.

    `group`: what it tells apart; none for what is made beside the comments as they are.
    """

    text: str
    parent: str | None
    article: int
    label: int
    weight: float
    story: str
    about: str
    group: str = ""
    shapes: tuple[str, ...] = tuple(SHAPES)

    @property
    def as_written(self) -> bool:
        """Whether it stands where it was written."""
        return self.group == LABELLED


def pairs(articles: Sequence[Row], seed: int) -> list[Pair]:
    """Labelled pairs: as written; within the same story (on topic when the comment fits all of it); under strangers."""
    chance = np.random.default_rng(seed)
    out: list[Pair] = []
    for number, article in enumerate(articles):
        story = article["story"]
        same_story = [i for i, a in enumerate(articles) if a["story"] == story and i != number]
        strange = _strangers(articles, article)
        section = [i for i in strange if articles[i]["section"] == article["section"]]
        other = [i for i in strange if articles[i]["section"] != article["section"]]
        for comment in article["comments"]:
            text, parent, label = comment["text"], comment.get("parent"), int(comment["off_topic"])
            about = comment.get("about_story") or story
            out.append(Pair(text, parent, number, label, WRITTEN, story, about, LABELLED))
            if label or parent or comment.get("kind") in BRIEF:
                continue
            if same_story:
                wide = comment.get("story_wide", True)
                moved = int(chance.choice(same_story))
                out.append(Pair(text, None, moved, int(not wide), SAME_STORY, story, about, STORY))
            for group, pool in ((SECTION, section), (OTHER, other)):
                if pool:
                    chosen = chance.choice(pool, STRANGERS).tolist()
                    out += [Pair(text, None, i, 1, STRANGER, story, about, group) for i in chosen]
    return out


def _strangers(articles: Sequence[Row], article: Row) -> list[int]:
    """Articles of other stories, in the same language when there are any: a site has one, and it must not tell."""
    strange = [i for i, a in enumerate(articles) if a["story"] != article["story"]]
    return [i for i in strange if articles[i]["language"] == article["language"]] or strange


def shown(article: Row) -> dict[str, tuple[str, str]]:
    """Title and text of an article in every shape in which a site may send it."""
    title, text = article["title"], article["text"]
    out = {"full": (title, text), "lead": (title, " ".join(sentences(text)[:LEAD])), "title": (title, "")}
    return out | ({"other_title": (article["other_title"], "")} if article.get("other_title") else {})


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    found = (text[a:b].strip() for a, b in read([text]).sentence_places(0))
    return [sentence for sentence in found if sentence]


def varied(articles: Sequence[Row], seed: int) -> list[Pair]:
    """`pairs`, longer comments again cut short, and passages below the lead in place of comments."""
    whole = pairs(articles, seed)
    movable = {p.text for p in whole if not p.as_written}
    out = list(whole)
    for pair in whole:
        words = pair.text.split()
        if pair.text in movable and pair.parent is None and len(words) > CUT:
            short = " ".join(words[:CUT])
            out.append(replace(pair, text=short, weight=pair.weight * CUT_WEIGHT, group=""))
    chance = np.random.default_rng(seed)
    for number, article in enumerate(articles):
        story = article["story"]
        strange = _strangers(articles, article)
        for passage in sentences(article["text"])[LEAD : 2 * LEAD]:
            if len(passage.split()) >= SHORTEST_PASSAGE and strange:
                away = chance.choice(strange, STRANGERS).tolist()
                shapes = ("lead", "title", "other_title")
                out += [
                    Pair(passage, None, i, int(i != number), PASSAGE, story, story, shapes=shapes)
                    for i in (number, *away)
                ]
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
