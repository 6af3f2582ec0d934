"""What is written about the code is true of it, and tells nothing of the machines it was written on."""

import re
import tomllib
from pathlib import Path

import pytest

from moderation.cli.doctor import table_of_settings
from moderation.settings import Settings
from tests.house.tree import ROOT, files, short

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MACHINE = re.compile(r"(?<![\w.:/<>{}-])/(?:home|Users|root|work|opt)/[\w.-]+|[A-Z]:\\{1,2}Users\\")
INDEX = re.compile(r"(?i)index[-_]url|find[-_]links|pythonhosted\.org|\w+://[^\s\"'<>]*/simple\b")


def text_of(file: Path) -> str:
    """Return a file's text; empty for a file that is none."""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def test_the_readme_lists_the_settings() -> None:
    """The README's table names every setting with its default and meaning, as `vigie settings-table` prints it."""
    readme = (ROOT / "README.md").read_text("utf-8")
    _, _, rest = readme.partition("<!-- settings -->")
    table, mark, _ = rest.partition("<!-- /settings -->")
    assert mark
    assert table.strip() == table_of_settings()


def test_the_table_of_settings_is_complete() -> None:
    """The table has a row with a meaning for each setting, three columns wide, and shows no secret's default."""
    rows = table_of_settings().splitlines()
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    assert cells[0] == ["variable", "default", "meaning"]
    assert [row[0] for row in cells[2:]] == [f"`VIGIE_{name.upper()}`" for name in Settings.model_fields]
    assert all(len(row) == 3 and all(row) for row in cells)


def test_the_changelog_names_the_version() -> None:
    """The newest entry of the changelog is the version of pyproject.toml, with a date."""
    entries = re.findall(r"^## (\S+)(?: \((\d{4}-\d\d-\d\d)\))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    released = [entry for entry in entries if entry[0].lower() != "unreleased"]
    assert released[0][0] == PROJECT["version"]
    assert all(date for _, date in released)


@pytest.mark.parametrize("pattern", [MACHINE, INDEX], ids=["a machine's path", "a package index"])
def test_no_file_tells_of_a_machine(pattern: re.Pattern[str]) -> None:
    """No file of the project holds a path of somebody's machine or the address of a package index."""
    found = {short(file): match.group() for file in files() if (match := pattern.search(text_of(file)))}
    assert found == {}


@pytest.mark.parametrize(
    ("pattern", "bad", "good"),
    [
        (MACHINE, "see " + "/home" + "/nadia/vigie", "GET /api/v1/home/x and https://example.org" + "/home" + "/a"),
        (MACHINE, "C:" + "\\Users" + "\\nadia", "C: Users"),
        (INDEX, "--extra-" + "index" + "-url x", "an index of words"),
        (INDEX, "https:" + "//example.org/pypi" + "/simple" + "/", "https://example.org/simpler"),
    ],
)
def test_the_guards_are_seen_to_fail(pattern: re.Pattern[str], bad: str, good: str) -> None:
    """Each pattern finds what it is for, and leaves addresses of the web alone."""
    assert pattern.search(bad)
    assert not pattern.search(good)
