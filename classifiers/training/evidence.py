"""Evidence for fitting off topic: pairs in every shape of article, seen through a lens that did not learn from them.

Here lives the making of the tables; what is fitted to them is `classifiers.training.off_topic`'s affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.encoder import Encoder
from classifiers.off_topic import ENOUGH, OffTopic, Surroundings
from classifiers.training.lens import Told
from classifiers.training.pairing import SHAPES, Pair, Row, shown
from classifiers.views import Answered, Source, Subject, mean_cosine, remarks, source

RECENT = 40
"""Other articles of the site that half of the rows are shown with."""


@dataclass(frozen=True)
class Evidence:
    """The table of some pairs; those too short to judge are left out.

    `plain` (n,): the mean cosine with title, text and nearest sentence as the encoder gives them, to compare with.
    """

    pairs: tuple[Pair, ...]
    table: NDArray[np.float64]
    plain: NDArray[np.float64]


Shapes = Mapping[str, Source]


def shapes(article: Row, encoder: Encoder) -> dict[str, Source]:
    """An article through the encoder, in every shape."""
    return {shape: source(encoder, title, text) for shape, (title, text) in shown(article).items()}


def evidence(
    model: OffTopic,
    asked: Sequence[Pair],
    articles: Sequence[Row],
    sources: Sequence[Shapes],
    found: Told,
    behind: Sequence[str],
    seed: int,
) -> Evidence:
    """The evidence of `model` for pairs in every shape, each alone and then among recent articles of an imagined site.

    `behind`: the stories of the model's background; those that a pair is about are hidden from it, because at
    scoring time it never holds them.
    """
    chance = np.random.default_rng(seed)
    store = model.lens.words()
    seen = remarks(model.lens, found.encoded, found.words, store)
    about: list[dict[str, Subject]] = [{k: model.subject(s, store) for k, s in one.items()} for one in sources]
    views = {k: np.stack([_view(one.get(k) or one["title"]) for one in about]) for k in SHAPES}
    stories, background = np.array([a["story"] for a in articles]), np.array(behind)
    kept, mine, around, plain = [], [], [], []
    for pair in asked:
        at = found.place[pair.text]
        if found.words[at].long < ENOUGH:
            continue
        parent = found.place[pair.parent] if pair.parent else None
        above = Answered(seen[parent].vector, seen[parent].under, seen[parent].terms) if parent is not None else None
        told_of = [stories[pair.article], pair.story, pair.about]
        hidden = np.isin(background, told_of) if len(background) else None
        others = _site(pair, stories, chance)
        for shape in pair.shapes:
            if shape not in about[pair.article]:
                continue
            near = mean_cosine(found.encoded.text[at], sources[pair.article][shape])
            for recent in (None, views[shape][others]) if len(others) else (None,):
                kept.append(replace(pair, weight=pair.weight * SHAPES[shape], shapes=(shape,)))
                mine.append(seen[at])
                plain.append(near)
                around.append(Surroundings(about[pair.article][shape], above, recent, hidden))
    return Evidence(tuple(kept), model.table(mine, around), np.array(plain, np.float64))


def _view(subject: Subject) -> NDArray[np.float32]:
    return np.stack([subject.title, subject.whole])


def _site(pair: Pair, stories: NDArray[np.str_], chance: np.random.Generator) -> list[int]:
    """Other articles of an imagined site; half of the time one that the comment is at home under."""
    site = set(chance.permutation(len(stories))[:RECENT].tolist())
    home = np.flatnonzero(np.isin(stories, [pair.story, pair.about]))
    if chance.random() < 0.5 and len(home):
        site.add(int(chance.choice(home)))
    return sorted(site - {pair.article})
