"""The floors of the house hold, and every contract about them is seen to fail."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import HOUSES, ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
PLANTS = {
    "Houses: workers over moderation over classifiers": ("moderation/__init__.py", "import workers.schedule"),
    "Floors of moderation": ("moderation/storage/work.py", "import moderation.services.sites"),
    "Floors of classifiers": ("classifiers/text/__init__.py", "import classifiers.scorer"),
    "The classifiers know no database, web or broker": ("classifiers/__init__.py", "import redis"),
    "The domain is pure": ("moderation/domain/words.py", "import pydantic"),
    "The workers need no web framework and write no SQL": ("workers/schedule.py", "import sqlalchemy"),
}
_COMMAND = (sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")


def verdicts(place: Path) -> dict[str, bool]:
    """Run import-linter on the packages in a directory; say of each contract whether it was kept."""
    ended = subprocess.run(
        [*_COMMAND, "--no-cache"], cwd=place, capture_output=True, text=True, timeout=120, env={"NO_COLOR": "1"}
    )
    found = re.findall(r"^(.+?) (KEPT|BROKEN)\b", re.sub(r"\x1b\[[0-9;]*m", "", ended.stdout), re.MULTILINE)
    assert found, ended.stdout + ended.stderr
    return {name: verdict == "KEPT" for name, verdict in found}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the packages' code and of the contracts."""
    for house in HOUSES:
        leave_out = shutil.ignore_patterns("__pycache__", "artifacts", "static", "templates", "translations")
        shutil.copytree(ROOT / house, tmp_path / house, ignore=leave_out)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_floors_hold() -> None:
    """Import-linter keeps every contract of pyproject.toml."""
    assert verdicts(ROOT) == {contract["name"]: True for contract in CONTRACTS}


def test_every_contract_has_a_violation_to_plant() -> None:
    """No contract is trusted that was never seen to fail."""
    assert sorted(PLANTS) == sorted(contract["name"] for contract in CONTRACTS)


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_violation_breaks_its_contract_alone(copy: Path, name: str) -> None:
    """One forbidden import breaks exactly the contract that forbids it."""
    module, line = PLANTS[name]
    with (copy / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert [contract for contract, kept in verdicts(copy).items() if not kept] == [name]
