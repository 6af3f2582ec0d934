"""The training data keeps its own form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifiers import composition, dataset


def test_the_training_data_is_valid(data: Path) -> None:
    """No id, text, split or hash of training_data is out of order."""
    assert dataset.problems(data) == []


def test_no_text_is_on_both_sides(data: Path) -> None:
    """The guard split shares no text with the train split, case aside."""
    examples = dataset.comments(data)
    sides: dict[str, set[str]] = {}
    for example in examples:
        sides.setdefault(example.text.casefold().strip(), set()).add(example.split)
    assert [text for text, found in sides.items() if len(found) > 1] == []


def test_both_labels_are_about_as_frequent(data: Path) -> None:
    """In each file of comments, between 40 and 60 percent are uncivil, so that no theme gives the label away.

    One file is calm on purpose, two lines to one: sober French comments on war were flagged too often.
    """
    shares: dict[str, list[int]] = {}
    for example in dataset.comments(data):
        shares.setdefault(example.id.rsplit("-", 2)[0], []).append(example.label)
    found = {name: sum(v) / len(v) for name, v in shares.items()}
    assert found.pop("fr_hard") == pytest.approx(1 / 3, abs=0.02)
    assert {name: share for name, share in found.items() if not 0.4 <= share <= 0.6} == {}


def test_composition_is_the_same_for_the_same_seed(data: Path) -> None:
    """Frames and slots give the same comments each time, and every slot is filled."""
    first = composition.compose(data, 3, 2)
    assert first == composition.compose(data, 3, 2)
    assert not [c for c in first if "{" in c.text or "None" in c.text]


def test_a_broken_folder_is_described(tmp_path: Path) -> None:
    """A wrong label, an empty text, a wrong split and a doubled id are each named."""
    good = {
        "id": "a-1",
        "text": "Bonjour",
        "language": "fr",
        "label": 0,
        "tags": [],
        "group": "g",
        "split": dataset.split_of("g"),
    }
    wrong = {**good, "label": 2, "text": " ", "split": "train" if dataset.split_of("g") == "guard" else "guard"}
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(r) for r in (good, wrong)))
    found = " ".join(dataset.problems(tmp_path))
    assert all(
        word in found
        for word in ("used twice", "neither 0 nor 1", "empty text", "not that of its group", "manifest.json")
    )
    (tmp_path / "a.jsonl").write_text("[]")
    with pytest.raises(dataset.DatasetError):
        dataset.problems(tmp_path)


def test_copied_sentences_are_found() -> None:
    """A sentence that repeats most of another's runs of five words is reported, case and accents aside."""
    own = ["Ce ministre a encore menti devant toute la chambre hier soir", "Le pain est cher"]
    other = [
        "CE MINISTRE A ENCORE MENTI DEVANT TOUTE LA CHAMBRE hier matin",
        "Autre chose de tout à fait différent ici",
    ]
    assert [a for a, _ in dataset.near_duplicates(own, other)] == own[:1]
