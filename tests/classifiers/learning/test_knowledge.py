"""Base knowledge: two sides of our own data that never meet, gathered once and kept until something changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifiers import dataset
from classifiers.learning import knowledge as module
from classifiers.learning.archive import archive_pairs
from classifiers.learning.knowledge import Knowledge
from classifiers.scorer import Article, Scorer, Submission


def test_replay_is_of_the_train_side_and_guards_are_not(data: Path, knowledge: Knowledge) -> None:
    """No group of rows is on both sides, for any label, and both truths are on each."""
    for label, replay in knowledge.replay.items():
        guard = knowledge.guards[label]
        assert not set(replay.group.tolist()) & set(guard.group.tolist())
        for known in (replay, guard):
            assert known.truth.any()
            assert not known.truth.all()
    held = knowledge.replay["incivility"]
    assert {"fr", "en", "ar"} <= set(held.evidence.language.tolist())
    assert {"train"} == {dataset.split_of(f"frames/{g}") for g in set(held.group[held.who != ""].tolist())}
    assert data == module.DATA


def test_knowledge_is_gathered_once(scorer: Scorer, tmp_path: Path) -> None:
    """A second load reads the files and gives the same numbers; a torn file is gathered again, not believed."""
    first = Knowledge.load(scorer, tmp_path, share=0.02)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 6
    written = [file.stat().st_mtime_ns for file in files]
    second = Knowledge.load(scorer, tmp_path, share=0.02)
    assert [file.stat().st_mtime_ns for file in files] == written
    files[0].write_bytes(b"torn")
    third = Knowledge.load(scorer, tmp_path, share=0.02)
    for label in first.replay:
        for other in (second, third):
            for side in ("replay", "guards"):
                expected, found = (getattr(one, side)[label].evidence.logits(label) for one in (first, other))
                np.testing.assert_array_equal(found, expected)


def test_an_archive_teaches_where_comments_stood() -> None:
    """Each comment is on topic where it stood and off topic under another article; answers are not moved."""
    articles = [Article(f"Titre {i}", "Texte") for i in range(5)]
    comments = [
        Submission(f"Commentaire {i}", "fr", articles[i % 5], "Parent" if i % 3 == 0 else None) for i in range(60)
    ]
    pairs, truths = archive_pairs([*comments, Submission("sans article")], articles, 1)
    assert pairs[:60] == comments
    assert truths == [False] * 60 + [True] * (len(pairs) - 60)
    assert 25 <= len(pairs) - 60 <= 40
    where = {c.text: c.article for c in comments}
    assert all(pair.article != where[pair.text] and pair.parent is None for pair in pairs[60:])
    assert archive_pairs(comments, articles, 1) == archive_pairs(comments, articles, 1)
    assert archive_pairs([], [], 1) == ([], [])


@pytest.mark.parametrize("name", ["shouting", "off_topic", "incivility"])
def test_every_label_has_guards_that_rule(knowledge: Knowledge, name: str) -> None:
    """Each guard set has enough rows to notice a loss of a hundredth."""
    assert len(knowledge.guards[name].truth) >= 100
