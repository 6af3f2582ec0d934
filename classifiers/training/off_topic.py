"""Fitting off topic: comments under their own article, under others of the same story, and under strangers.

Here lives the fitting; the pairs are made in `pairing`, their evidence in `evidence`, the lens is ground in `lens`, and
which evidence counts is fixed in `classifiers.off_topic`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from classifiers import dataset
from classifiers.card import CROSSED
from classifiers.embedding.encoder import Encoder
from classifiers.logit import CalibratedLogit, sigmoid
from classifiers.off_topic import OffTopic
from classifiers.text.reading import read
from classifiers.training import crossing
from classifiers.training.evidence import Evidence, Shapes, evidence, shapes
from classifiers.training.lens import Shown, Told, grind, told
from classifiers.training.pairing import Pair, Row, public, varied
from classifiers.training.reading import BATCH
from classifiers.views import Source, Words, content_words

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]

STRENGTH, FOLDS, COMMON = 0.03, 5, 3
"""Inverse penalty of the logit, folds by story, texts a word must be in to be known."""
MOVED = 0.3
"""Share of comments moved away and at home, beside those as written, that the sigmoid is fitted to."""
CALM = 3000
"""Comments on the news, beside those of the articles, that show what is not off topic anywhere."""
ANYWHERE = {"ad", "site", "private", "joke", "gibberish", "slogan", "essay", "rant", "noise"}
"""Kinds of comments that are off topic under any article."""


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
    """Fit on articles with their comments, comments on the news, and other articles with pairs.

    The logit learns from evidence that a lens gave which had not seen the story (stacking, Wolpert 1992): what the
    shipped lens says of the texts that it was ground from would promise too much.
    """
    sources = [shapes(article, encoder) for article in articles]
    fold = _folds([a["story"] for a in articles])
    parts: list[tuple[Evidence, list[Row]]] = []
    own = [t for a in articles for c in a["comments"] for t in (c["text"], c.get("parent")) if t]
    material = (calm, told(_sample(calm, seed), encoder))
    known = told(own, encoder)
    for number in sorted(set(fold.tolist())):
        asked_of, learned = np.flatnonzero(fold == number).tolist(), np.flatnonzero(fold != number).tolist()
        some = [articles[i] for i in asked_of]
        behind = [articles[i] for i in learned]
        model = _blank(behind, [sources[i] for i in learned], known, material, seed)
        asked = varied(some, seed)
        found = told([t for p in asked for t in (p.text, p.parent) if t], encoder)
        stories = [a["story"] for a in behind]
        parts.append((evidence(model, asked, some, [sources[i] for i in asked_of], found, stories, seed), some))
    blank = _blank(articles, sources, known, material, seed)
    every = [part for part, _ in parts]
    if others[1]:
        strange = [shapes(a, encoder) for a in others[0]]
        found = told([p.text for p in others[1]], encoder)
        every.append(evidence(blank, others[1], others[0], strange, found, [a["story"] for a in articles], seed))
    logit, held_out = _logit(every, seed)
    facts = {"rows": {"pairs": len(held_out)}, CROSSED: crossing.of_pairs(parts, sigmoid(held_out))}
    return replace(blank, logit=logit), facts


def _folds(stories: Sequence[str]) -> NDArray[np.int64]:
    """The fold (n,) of each article, by its story."""
    story = np.unique(np.array(stories), return_inverse=True)[1]
    out = np.zeros(len(story), np.int64)
    for number, (_, asking) in enumerate(GroupKFold(min(FOLDS, len(set(stories)))).split(story, groups=story)):
        out[asking] = number
    return out


def _blank(
    articles: Sequence[Row], sources: Sequence[Shapes], known: Told, material: tuple[Sequence[str], Told], seed: int
) -> OffTopic:
    """A judgement without its logit: lens, background, and the line for what is off topic anywhere."""
    calm, sample = material
    full = [one["full"] for one in sources]
    rows = sorted({known.place[c["text"]] for a in articles for c in a["comments"]})
    stems, rarity = _rarity(full, [known.words[i] for i in rows], calm)
    shown = [Shown(one["full"], one.get("other_title")) for one in sources]
    lens = grind(articles, shown, known, (stems, rarity), seed)
    seen = [np.stack([lens.titles(s.title), lens.passages(s.whole)]) for s in full]
    background = np.stack(seen).astype(np.float16).astype(np.float32)
    kinds = {c["text"]: int(c.get("kind") in ANYWHERE and c["off_topic"]) for a in articles for c in a["comments"]}
    table = lens.comments(known.encoded.text[[known.place[text] for text in kinds]])
    if len(sample.place):
        table = np.concatenate([table, lens.comments(sample.encoded.text)])
    label = np.array([*kinds.values(), *[0] * (len(table) - len(kinds))])
    line = LogisticRegression(C=2.0, max_iter=300, class_weight="balanced").fit(table, label)
    alone = np.append(line.coef_[0], line.intercept_).astype(np.float32)
    return OffTopic(CalibratedLogit(), lens, background, alone, stems, rarity)


def _logit(parts: Sequence[Evidence], seed: int) -> tuple[CalibratedLogit, Floats]:
    """The logit over all pairs, its sigmoid fitted to held-out answers; and these, calibrated (n,)."""
    table = np.concatenate([part.table for part in parts])
    asked = [p for part in parts for p in part.pairs]
    label = np.array([p.label for p in asked])
    weight = np.array([p.weight for p in asked])
    fold = _folds([p.story for p in asked])
    held_out = np.zeros(len(label))
    for number in sorted(set(fold.tolist())):
        learning, asking = fold != number, fold == number
        part = CalibratedLogit(C=STRENGTH, folds=0, random_state=seed)
        part.fit(table[learning], label[learning], sample_weight=weight[learning])
        held_out[asking] = part.logits(table[asking])
    logit = CalibratedLogit(C=STRENGTH, folds=0, random_state=seed).fit(table, label, sample_weight=weight)
    share = _shares(asked, label, weight)
    used = share > 0
    line = LogisticRegression(C=1e4).fit(held_out[used, None], label[used], sample_weight=share[used])
    logit.slope_, logit.offset_ = float(line.coef_[0, 0]), float(line.intercept_[0])  # Platt 1999
    return logit, logit.slope_ * held_out + logit.offset_


def _shares(asked: Sequence[Pair], label: NDArray[np.int64], weight: Floats) -> Floats:
    """How much each pair counts for the sigmoid (n,): as written, and for a share at home against moved, half each."""
    written = np.array([p.as_written for p in asked])
    whole = {p.text for p in asked if p.as_written}
    moved = np.array([bool(p.label) and not p.as_written and p.text in whole for p in asked])
    away = {p.text for p, is_moved in zip(asked, moved.tolist(), strict=True) if is_moved}
    home = written & (label == 0) & np.array([p.text in away for p in asked])
    out = np.zeros(len(label))
    parts = ((written, 1 - MOVED), (moved, MOVED / 2), (home, MOVED / 2)) if moved.any() else ((written, 1.0),)
    for rows, share in parts:
        out += rows * weight * share * len(label) / (rows * weight).sum()
    return out


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
