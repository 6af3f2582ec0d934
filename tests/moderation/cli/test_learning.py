"""`vigie train`, `vigie evaluate` and `vigie explain`: no server, no setting."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers import measuring
from moderation.cli import vigie

DATA = Path(__file__).parents[3] / "training_data"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small part of the training data, in the same form."""
    folder = tmp_path_factory.mktemp("small")
    for name, count in (("fr_press", 240), ("shouting", 240), ("off_topic", 30)):
        lines = (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()[:count]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "slots.json").write_text('{"fr": {}, "en": {}}', "utf-8")
    shutil.copy(DATA / "rude_words.tsv", folder)
    return folder


def test_training_writes_artefacts_and_cards_and_names_the_versions(small: Path, tmp_path: Path) -> None:
    """`vigie train` leaves three artefacts with their cards, and prints the version of each."""
    out = tmp_path / "out"
    run = CliRunner().invoke(vigie, ["train", "--data", str(small), "--out", str(out)])
    assert run.exit_code == 0, run.output
    versions = [json.loads((out / f"{name}.json").read_text())["version"] for name in measuring.LABELS]
    assert sorted(run.stdout.split()) == sorted(versions)
    assert all((out / f"{name}.card.md").exists() for name in measuring.LABELS)


def test_evaluating_a_labelled_file_prints_a_table_and_draws_curves(tmp_path: Path) -> None:
    """`vigie evaluate` reads rows with text and label, prints figures, writes them with the version, draws."""
    rows = [{"text": f"Merci pour l’article numéro {i}.", "label": 0} for i in range(20)]
    rows += [{"text": f"Vous êtes {i} fois un imbécile fini.", "label": 1} for i in range(20)]
    file = tmp_path / "mine.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    places = ["--out", str(tmp_path / "table.md"), "--pictures", str(tmp_path / "curves")]
    run = CliRunner().invoke(vigie, ["evaluate", str(file), *places])
    assert run.exit_code == 0, run.output
    line = next(line for line in run.stdout.splitlines() if line.startswith("| mine"))
    assert float(line.split("|")[4]) > 0.9
    assert "Version `incivility-" in (tmp_path / "table.md").read_text("utf-8")
    pictures = list((tmp_path / "curves").rglob("*.png"))
    assert pictures
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)


def test_a_file_without_labels_is_named_with_its_cure(tmp_path: Path) -> None:
    """A row without a label stops the command with a sentence that names the file."""
    file = tmp_path / "bad.jsonl"
    file.write_text('{"text": "Bonjour"}\n', "utf-8")
    run = CliRunner().invoke(vigie, ["evaluate", str(file)])
    assert run.exit_code != 0
    assert "bad.jsonl" in str(run.exception)
    assert "`label`" in str(run.exception)


def test_explaining_shows_scores_reasons_and_markup_as_it_is() -> None:
    """`vigie explain` prints the three scores and both languages' reasons; brackets in a text are only text."""
    run = CliRunner().invoke(vigie, ["explain", "QUEL [/b] SCANDALE, ARRÊTEZ DE MENTIR AUX GENS !"])
    assert run.exit_code == 0, run.output
    assert all(label in run.stdout for label in measuring.LABELS)
    assert "[/b]" in run.stdout
    assert "capitals" in run.stdout
    assert "not enough to judge" in run.stdout
