"""Fitting off topic: comments under their own article, under others of the same story, and under strangers.

Here lives the fitting; the pairs are made in `pairing`, the lens is ground in `lens`, and which evidence counts is
fixed in `classifiers.off_topic`.
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

from classifiers import dataset
from classifiers.embedding.encoder import Encoder
from classifiers.logit import CalibratedLogit
from classifiers.off_topic import ENOUGH, FEATURES, OffTopic, Surroundings
from classifiers.text.reading import read
from classifiers.training.lens import Told, grind, told
from classifiers.training.pairing import Pair, Row, pairs, public
from classifiers.training.reading import BATCH
from classifiers.views import Answered, Source, Subject, Words, content_words, remarks, source

Vectors = NDArray[np.float32]

RECENT = 40
"""Other articles of the site that half of the pairs are shown with."""
STRENGTH, FOLDS, COMMON = 0.03, 5, 3
"""Inverse penalty of the logit, folds by story for its calibration, texts a word must be in to be known."""
CALM = 3000
"""Comments on the news, beside those of the articles, that show what is not off topic anywhere."""
ALONE = FEATURES.index("alone")
ANYWHERE = {"ad", "site", "private", "joke", "gibberish", "slogan", "essay", "rant", "noise"}
"""Kinds of comments that are off topic under any article."""


@dataclass(frozen=True)
class Evidence:
    """The table of some pairs; those too short to judge are left out."""

    pairs: tuple[Pair, ...]
    table: NDArray[np.float64]


def evidence(
    model: OffTopic, asked: Sequence[Pair], articles: Sequence[Row], about: Sequence[Subject], found: Told, seed: int
) -> Evidence:
    """The evidence of `model` for pairs, each alone and then among recent articles of an imagined site.

    Stories that a pair is about are hidden from the background: at scoring time it never holds them.
    """
    chance = np.random.default_rng(seed)
    store = model.lens.words()
    seen = remarks(model.lens, found.encoded, found.words, store)
    stories = np.array([a["story"] for a in articles])
    shown = np.stack([np.stack([s.title, s.whole]) for s in about])
    kept, mine, around = [], [], []
    for pair in asked:
        at = found.place[pair.text]
        if found.words[at].long < ENOUGH:
            continue
        parent = found.place[pair.parent] if pair.parent else None
        above = Answered(seen[parent].vector, seen[parent].terms) if parent is not None else None
        own = stories[pair.article]
        hidden = np.isin(stories, [own, pair.story, pair.about]) if len(model.background) == len(stories) else None
        site = set(chance.permutation(len(articles))[:RECENT].tolist())
        home = np.flatnonzero(np.isin(stories, [pair.story, pair.about]))
        if chance.random() < 0.5:
            site.add(int(chance.choice(home)) if len(home) else pair.article)
        others = [i for i in sorted(site) if i != pair.article]
        for recent in (None, shown[others]):
            kept.append(replace(pair, weight=pair.weight / 2))
            mine.append(seen[at])
            around.append(Surroundings(about[pair.article], above, recent, hidden))
    return Evidence(tuple(kept), model.table(mine, around))


def fit(data: Path, public_folder: Path | None, encoder: Encoder, seed: int) -> tuple[OffTopic, Row]:
    """Fit on the train side of off_topic.jsonl, and on public pairs when there are."""
    articles = [a for a in dataset.articles(data) if a["split"] == "train"]
    calm = [e.text for e in dataset.comments(data) if e.split == "train"]
    strange, asked = public(public_folder, seed) if public_folder else ([], [])
    return learn(articles, calm, (strange, asked), encoder, seed)


def learn(
    articles: Sequence[Row],
    calm: Sequence[str],
    others: tuple[Sequence[Row], Sequence[Pair]],
    encoder: Encoder,
    seed: int,
) -> tuple[OffTopic, Row]:
    """Fit on articles with their comments, comments on the news, and other articles with pairs."""
    own = pairs(articles, seed)
    found = told([t for p in own for t in (p.text, p.parent) if t], encoder)
    sources = [source(encoder, a["title"], a["text"]) for a in articles]
    known, rarity = _rarity(sources, found.words, calm)
    lens = grind(articles, sources, found, known, rarity)
    blank = OffTopic(CalibratedLogit(), lens, np.zeros((0, 2, 1), np.float32), np.zeros(1, np.float32), known, rarity)
    store = lens.words()
    about = [blank.subject(s, store) for s in sources]
    background = np.stack([np.stack([s.title, s.whole]) for s in about]).astype(np.float16).astype(np.float32)
    alone, held_out = _alone(articles, found, lens.comments, _sample(calm, seed), encoder)
    blank = replace(blank, background=background, alone=alone)
    first = evidence(blank, own, articles, about, found, seed)
    first.table[:, ALONE] = [
        max(held_out.get(p.text, v), 0.0) for p, v in zip(first.pairs, first.table[:, ALONE], strict=True)
    ]
    parts = [first]
    if others[1]:
        strange = [blank.subject(source(encoder, a["title"], a["text"]), store) for a in others[0]]
        parts.append(evidence(blank, others[1], others[0], strange, told([p.text for p in others[1]], encoder), seed))
    asked = [p for part in parts for p in part.pairs]
    logit = _logit(np.concatenate([part.table for part in parts]), asked, seed)
    return replace(blank, logit=logit), {"rows": {"pairs": len(asked)}}


def _logit(table: NDArray[np.float64], asked: Sequence[Pair], seed: int) -> CalibratedLogit:
    """The logit over all pairs, its sigmoid fitted to held-out answers for the pairs as written."""
    label = np.array([p.label for p in asked])
    weight = np.array([p.weight for p in asked])
    story = np.unique([p.story for p in asked], return_inverse=True)[1]
    written = np.array([p.as_written for p in asked])
    held_out = np.zeros(len(label))
    folds = min(FOLDS, len(set(story.tolist())))
    for learning, asking in GroupKFold(folds).split(table, label, story):
        part = CalibratedLogit(C=STRENGTH, folds=0, random_state=seed)
        part.fit(table[learning], label[learning], sample_weight=weight[learning])
        held_out[asking] = part.logits(table[asking])
    logit = CalibratedLogit(C=STRENGTH, folds=0, random_state=seed).fit(table, label, sample_weight=weight)
    line = LogisticRegression(C=1e4).fit(held_out[written, None], label[written])  # Platt 1999
    logit.slope_, logit.offset_ = float(line.coef_[0, 0]), float(line.intercept_[0])
    return logit


def _rarity(
    sources: Sequence[Source], words: Sequence[Words], calm: Sequence[str]
) -> tuple[NDArray[np.uint64], Vectors]:
    """Known stems and their rarity among articles and comments."""
    bags = [s.words.hashes for s in sources] + [w.hashes for w in words]
    for at in range(0, len(calm), BATCH):
        bags += [w.hashes for w in content_words(read(calm[at : at + BATCH]))]
    known, seen = np.unique(np.concatenate(bags), return_counts=True)
    often = seen >= COMMON
    return known[often], np.log(len(bags) / seen[often]).astype(np.float16).astype(np.float32)


def _sample(calm: Sequence[str], seed: int) -> list[str]:
    chosen = np.random.default_rng(seed).permutation(len(calm))[:CALM]
    return [calm[i] for i in sorted(chosen.tolist())]


def _alone(
    articles: Sequence[Row], found: Told, view: Any, calm: Sequence[str], encoder: Encoder
) -> tuple[Vectors, dict[str, float]]:
    """The line for what is off topic anywhere, and its held-out answer for each comment of the articles."""
    asked = [
        (c["text"], int(c.get("kind") in ANYWHERE and c["off_topic"]), a["story"])
        for a in articles
        for c in a["comments"]
    ]
    texts = [text for text, _, _ in asked]
    own = found.encoded.text[[found.place[text] for text in texts]]
    table = view(np.concatenate([own, told(calm, encoder).encoded.text]) if calm else own)
    label = np.array([v for _, v, _ in asked] + [0] * (len(table) - len(asked)))
    groups = [s for _, _, s in asked] + [f"calm/{i % 50}" for i in range(len(table) - len(asked))]
    line = LogisticRegression(C=2.0, max_iter=300, class_weight="balanced")
    story = np.unique(groups, return_inverse=True)[1]
    answers = cross_val_predict(line, table, label, groups=story, cv=GroupKFold(FOLDS), method="decision_function")
    line.fit(table, label)
    weights = np.append(line.coef_[0], line.intercept_).astype(np.float32)
    return weights, dict(zip(texts, answers[: len(texts)].tolist(), strict=True))
