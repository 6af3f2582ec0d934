"""Crossing: a training's report on what it had held out is about the right rows, and finds what was said of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from classifiers.off_topic import FEATURES
from classifiers.training import crossing
from classifiers.training.corpus import Corpus
from classifiers.training.evidence import Evidence
from classifiers.training.pairing import SHAPES, Pair, pairs

SITED = FEATURES.index("has_recent")


def articles(first: int) -> list[dict[str, Any]]:
    """Twelve articles in two sections and two languages, each with a comment on it, a short one and an ad."""
    return [
        {
            "story": f"s{number}",
            "section": "AB"[number % 2],
            "language": ["fr", "en"][number // 2 % 2],
            "comments": [
                {"text": f"détail {number}", "off_topic": 0, "kind": "detail"},
                {"text": f"bravo {number}", "off_topic": 0, "kind": "short"},
                {"text": f"à vendre {number}", "off_topic": 1, "kind": "ad"},
            ],
        }
        for number in range(first, first + 12)
    ]


def shown(asked: list[Pair]) -> tuple[Evidence, np.ndarray]:
    """Evidence of pairs in every shape, alone and then among others; only the full, alone ones have a right answer."""
    kept, table, answer = [], [], []
    for pair in asked:
        for shape in SHAPES:
            for sited in (0.0, 1.0):
                row = np.zeros(len(FEATURES))
                row[SITED] = sited
                kept.append(Pair(**{**vars(pair), "shapes": (shape,)}))
                table.append(row)
                right = shape == "full" and not sited
                answer.append(0.1 + 0.8 * pair.label if right else 0.5)
    return Evidence(tuple(kept), np.stack(table), np.zeros(len(kept))), np.array(answer)


def test_off_topic_is_reported_on_full_articles_alone() -> None:
    """Right answers there give an AUC of 1 for every group, though all other rows say nothing; one stranger a group."""
    parts, answers = [], []
    for first in (0, 12, 24, 36):
        some = articles(first)
        part, answer = shown(pairs(some, 7))
        parts.append((part, some))
        answers.append(answer)
    found = crossing.of_pairs(parts, np.concatenate(answers))
    assert (found["all"]["rows"], found["all"]["positive"], found["all"]["auc"]) == (144, 48, 1.0)
    for name in ("another subject", "same section", "another subject, detail", "another subject, fr"):
        assert found["slices"][f"kind {name}"]["auc"] == 1.0
    moved = found["slices"]["kind another subject"]
    assert (moved["rows"], moved["positive"]) == (96, 48)
    assert found["slices"]["kind another subject, among the site's"]["auc"] == 0.5
    assert found["slices"]["kind another subject, three cosines"]["auc"] == 0.5


def test_incivility_is_reported_on_our_own_comments_and_by_source() -> None:
    """What follows our own comments is in no figure but that of its source."""
    label = np.array([0, 1] * 40)
    source = ("fr_press",) * 40 + ("public",) * 40
    corpus = Corpus(("Bonjour à tous.",) * 80, label, ("fr",) * 80, np.ones(80), ("g",) * 80, source)
    found = crossing.of_comments(corpus, 40, np.where(np.arange(80) < 40, label, 0.5))
    assert (found["all"]["rows"], found["all"]["auc"]) == (40, 1.0)
    assert found["slices"]["source public"]["auc"] == 0.5
    assert found["slices"]["source fr_press"]["auc"] == 1.0
