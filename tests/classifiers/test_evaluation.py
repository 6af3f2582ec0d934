"""Evaluation, cards and curves say what the numbers say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from classifiers import artifact, card, drawing, evaluation, measuring
from classifiers.scorer import Scorer

LABEL = np.array([0, 0, 1, 1] * 30)
GOOD = np.array([0.1, 0.4, 0.6, 0.9] * 30)
DROP = 0.01


@pytest.fixture(scope="module")
def measured(scorer: Scorer, data: Path) -> dict[str, dict[str, object]]:
    """The three reports on the guard split."""
    return {name: measuring.report(scorer, labelled, name)["all"] for name, labelled in measuring.guard(data).items()}


@pytest.mark.parametrize("name", measuring.LABELS)
@pytest.mark.parametrize("figure", ["auc", "f1", "accuracy"])
def test_no_figure_on_the_guard_split_has_dropped(
    measured: dict[str, dict[str, float]], name: str, figure: str
) -> None:
    """What the shipped card promises on the guard split still holds, within 0.01."""
    recorded = json.loads((artifact.SHIPPED / f"{name}.card.json").read_text("utf-8"))["figures"][
        "guard split of our own data"
    ]["all"][figure]
    assert measured[name][figure] >= recorded - DROP


def test_the_card_is_of_the_shipped_artefact() -> None:
    """Each card names the version that ships beside it."""
    for name in measuring.LABELS:
        made = json.loads((artifact.SHIPPED / f"{name}.card.json").read_text("utf-8"))
        assert made["version"] == artifact.load(name).version
        assert card.markdown(made) == (artifact.SHIPPED / f"{name}.card.md").read_text("utf-8")


def test_measures_of_a_perfect_and_of_a_blind_scorer() -> None:
    """A perfect order has an AUC of 1; one score for all has 0.5, and one label alone has none."""
    assert evaluation.measure(LABEL, GOOD).auc == 1.0
    assert evaluation.measure(LABEL, np.full(120, 0.5)).auc == 0.5
    assert evaluation.measure(np.ones(5, int), np.full(5, 0.9)).auc is None


def test_calibration_error_is_the_distance_from_what_was_promised() -> None:
    """Scores of 0.8 that come true half of the time are off by 0.3."""
    assert evaluation.calibration_error(LABEL, np.full(120, 0.8)) == pytest.approx(0.3)


def test_exactly_right_scores_stay_below_what_chance_explains() -> None:
    """In about 95 of 100 samples of any size; wrong scores do not, and a larger sample leaves less to chance."""
    chance = np.random.default_rng(3)
    bounds = []
    for rows in (60, 1000):
        drawn = [chance.random(rows) for _ in range(200)]
        right = [evaluation.measure((chance.random(rows) < score).astype(int), score) for score in drawn]
        assert 0.9 <= np.mean([one.ece <= one.by_chance for one in right]) <= 0.99
        wrong = [evaluation.measure((chance.random(rows) < score**3).astype(int), score) for score in drawn]
        assert np.mean([one.ece > one.by_chance for one in wrong]) > 0.9
        bounds.append(right[0].by_chance)
    assert bounds[1] < bounds[0] / 3


def test_thresholds_trade_recall_for_precision() -> None:
    """A higher threshold flags less and is right more often."""
    rows = evaluation.thresholds(LABEL, GOOD, (0.3, 0.8))
    assert rows[0]["recall"] == 1.0
    assert rows[1] == {"threshold": 0.8, "precision": 1.0, "recall": 0.5, "flagged": 0.25}


def test_curves_are_drawn_as_png(tmp_path: Path) -> None:
    """Two PNG files come out of one set of curves."""
    drawing.write(tmp_path / "x", evaluation.curves(LABEL, GOOD))
    assert all((tmp_path / f"x-{kind}.png").read_bytes().startswith(b"\x89PNG") for kind in ("precision", "roc"))


def test_a_labelled_file_of_any_kind_is_measured(scorer: Scorer, tmp_path: Path) -> None:
    """JSONL with articles and parents gives a report, slices and thresholds."""
    rows = [
        {"text": "Bravo pour cet article très complet", "label": 0, "language": "fr", "parent": {"text": "Merci"}},
        {"text": "Espèce de connard, crève", "label": 1, "article": {"title": "Le pain"}},
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(json.dumps(r) for r in rows * 15))
    found = measuring.file(scorer, path, pictures=tmp_path)
    assert found["all"]["auc"] == 1.0
    assert len(list(tmp_path.glob("*.png"))) == 2


def test_the_spread_is_between_the_best_and_the_worst_identity() -> None:
    """Only identity slices count, and one alone has no spread."""
    found = {"identity gay": {"accuracy": 0.9}, "identity women": {"accuracy": 0.82}, "language fr": {"accuracy": 0.1}}
    assert evaluation.spread(found) == pytest.approx(0.08)
    assert evaluation.spread({"identity gay": {"accuracy": 0.9}}) is None


def test_a_file_that_names_identities_is_reported_by_them(scorer: Scorer, tmp_path: Path) -> None:
    """Rows with `identity` get an accuracy for each group and the distance between the best and the worst."""
    rows = [
        {"text": text, "label": label, "language": "fr", "identity": group}
        for group in ("women", "muslims")
        for text, label in (("Sale ordure, crève.", 1), ("La réunion a lieu demain à neuf heures.", 0))
    ]
    path = tmp_path / "groups.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    found = measuring.file(scorer, path)
    assert set(found["identities"]) == {"women", "muslims"}
    assert found["identity_spread"] == 0.0
    assert any("best minus worst of 2" in name for name in measuring.rows_of("groups", found))
