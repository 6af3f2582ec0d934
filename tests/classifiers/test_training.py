"""Training: the same data and seed give the same bytes, and what comes out can score."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from classifiers import dataset, measuring
from classifiers.scorer import Scorer, Submission
from classifiers.training import corpus
from classifiers.training.run import Plan, train

COMMENTS, ARTICLES = 240, 30


@pytest.fixture(scope="module")
def small(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small part of the training data, in the same form."""
    folder = tmp_path_factory.mktemp("small")
    for name, count in (("fr_press", COMMENTS), ("shouting", COMMENTS), ("off_topic", ARTICLES)):
        lines = (data / f"{name}.jsonl").read_text("utf-8").splitlines()[:count]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "slots.json").write_text('{"fr": {}, "en": {}}', "utf-8")
    shutil.copy(data / "rude_words.tsv", folder)
    return folder


def test_the_same_data_and_seed_give_the_same_bytes(small: Path, tmp_path: Path) -> None:
    """Two trainings write identical artefacts and cards, and their scorer answers."""
    for name in ("one", "two"):
        train(Plan(small, tmp_path / name))
        measuring.cards(tmp_path / name, small)
    files = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert len(files) == 12
    assert [f for f in files if (tmp_path / "one" / f).read_bytes() != (tmp_path / "two" / f).read_bytes()] == []
    found = Scorer.load(tmp_path / "one").score([Submission("Vous êtes un imbécile.", "fr")])[0]
    assert found.scores["incivility"] is not None


def test_nothing_of_the_guard_split_trains(data: Path) -> None:
    """No text of the guard side is in the corpus that trains, as written, disguised or in a long page."""
    own = corpus.own(data, "train", 7)
    guard = {e.text.casefold() for e in dataset.comments(data) if e.split == "guard"}
    assert not guard & {t.casefold() for t in own.texts}
    pages = corpus.pages(own, 7, 200)
    assert {dataset.split_of(g) for g in pages.group} == {"train"}


def test_a_disguised_copy_keeps_label_and_group(data: Path) -> None:
    """Masking letters changes no label, and a copy stays with its original in the folds."""
    own = corpus.own(data, "train", 7)
    copies = corpus.disguised(own, 7, 0.02)
    assert len(copies)
    assert set(copies.group) <= set(own.group)
