"""Measuring off topic by kind: which comments are moved where, and what is compared on the same rows."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifiers import apart, measuring, placing
from classifiers.scorer import Scores, Submission
from classifiers.training import pairing

ROWS = [
    {
        "title": f"Titre {number}",
        "text": f"Texte {number}",
        "language": "fr",
        "section": "AB"[number % 2],
        "story": f"s{number // 2}" if number < 4 else f"s{number}",
        "comments": [
            {"text": f"commentaire {number}", "off_topic": 0, "kind": "angle", "story_wide": False},
            {"text": f"bravo {number}", "off_topic": 0, "kind": "short"},
            {"text": f"à vendre {number}", "off_topic": 1, "kind": "ad"},
        ],
    }
    for number in range(24)
]


class Knowing:
    """A scorer that finds a comment off topic unless it stands under the article of its own number."""

    def score(self, batch: list[Submission]) -> list[Scores]:
        """One score for each."""
        out = []
        for one in batch:
            assert one.article is not None
            own = one.text.split()[-1] == one.article.title.split()[-1] and not one.text.startswith("à vendre")
            out.append(Scores("fr", {"off_topic": 0.1 if own else 0.9}, (), {}, {}))
        return out


def test_only_comments_that_say_something_are_moved() -> None:
    """Short reactions and off-topic comments stay where they were written; the others meet each group once."""
    found = placing.placed(ROWS)
    moved = [p for p in found if p.label and p.group != apart.LABELLED]
    assert {p.text.split()[0] for p in moved} == {"commentaire"}
    for pair in moved:
        own, other = ROWS[int(pair.text.split()[-1])], ROWS[pair.article]
        assert (own["story"] == other["story"]) is (pair.group == apart.STORY)
        if pair.group != apart.STORY:
            assert (own["section"] == other["section"]) is (pair.group == apart.SECTION)


def test_each_kind_has_its_figures_and_its_rivals() -> None:
    """A scorer that knows gets 1.0 on every kind; cosines and length are measured on the same rows."""
    scorer: Any = Knowing()
    found = placing.report(scorer, ROWS)
    for group in (apart.LABELLED, apart.OTHER, apart.SECTION):
        ours = found["slices"][f"kind {group}"]
        assert ours["auc"] == 1.0
        for rival in ("cosine of title", "three cosines", "length alone"):
            assert found["slices"][f"kind {group}, {rival}"]["rows"] == ours["rows"]
    assert found["slices"]["kind another subject, length alone"]["auc"] == 0.5
    assert found["slices"]["kind labelled ad"]["positive"] == len(ROWS)
    assert found["slices"]["kind another subject, angle"]["auc"] == 1.0
    assert found["slices"]["kind another subject, angle, three cosines"]["rows"] == 2 * len(ROWS)
    assert "file (another subject)" in measuring.rows_of("file", found)


def test_articles_are_read_from_both_forms(tmp_path: Path) -> None:
    """JSONL with comments, and a gzip CSV of comments with their titles, are articles; other files are not."""
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in ROWS), "utf-8")
    (tmp_path / "b.jsonl").write_text(json.dumps({"text": "Bonjour", "label": 0}), "utf-8")
    with gzip.open(tmp_path / "c.csv.gz", "wt", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, ["text", "uncivil", "lang", "title", "meta"])
        lines.writeheader()
        lines.writerows(
            {"text": f"one {i}", "uncivil": 0, "lang": "en", "title": f"T{i % 2}", "meta": "lead"} for i in range(4)
        )
    assert placing.articles(tmp_path / "a.jsonl") == ROWS
    assert placing.articles(tmp_path / "b.jsonl") is None
    assert [len(a["comments"]) for a in placing.articles(tmp_path / "c.csv.gz") or []] == [2, 2]


@pytest.mark.parametrize("seed", [1, 7])
def test_training_pairs_count_what_they_say(seed: int) -> None:
    """As written once each; strangers are off topic; within a story a comment on a detail is too."""
    found = pairing.pairs(ROWS, seed)
    assert sum(p.as_written for p in found) == sum(len(row["comments"]) for row in ROWS)
    for pair in found:
        if not pair.as_written:
            assert pair.label == 1
            assert pair.text.startswith("commentaire")
    assert np.isclose(sum(p.weight for p in found if p.as_written), 72 * pairing.WRITTEN)
