"""The manners of the code: words at the top of each module, short files, plain names, imports at the top."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import HOUSES, MIGRATIONS, modules, short

LONGEST = 250
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc"}
ALL = [file for file in modules(*HOUSES, "tests") if MIGRATIONS / "versions" not in file.parents]


def has_words(source: str) -> bool:
    """Say whether a module that holds anything opens with a docstring."""
    tree = ast.parse(source)
    return not tree.body or ast.get_docstring(tree) is not None


def without_a_sentence(source: str) -> list[str]:
    """Return the tests of a module that have no docstring ending as a sentence does."""
    functions = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    tests = [function for function in functions if function.name.startswith("test_")]
    return [test.name for test in tests if not (ast.get_docstring(test) or "").rstrip().endswith((".", "?", "!", "»"))]


def inner_imports(source: str) -> list[int]:
    """Return the lines of imports inside functions."""
    functions = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    inside = (node for function in functions for node in ast.walk(function))
    return sorted({node.lineno for node in inside if isinstance(node, ast.Import | ast.ImportFrom)})


def vague_parts(file: Path) -> set[str]:
    """Return the words of a module's name that say nothing."""
    return VAGUE & set(file.stem.split("_"))


def test_there_are_modules_to_look_at() -> None:
    """The guards below see every house and the tests."""
    assert {short(file).split("/")[0] for file in ALL} == {*HOUSES, "tests"}


def test_every_module_opens_with_what_lives_there() -> None:
    """Every module has a docstring."""
    assert [short(file) for file in ALL if not has_words(file.read_text("utf-8"))] == []


def test_no_file_is_long() -> None:
    """No Python file has more than 250 lines, migrations apart."""
    lengths = {short(file): len(file.read_text("utf-8").splitlines()) for file in ALL}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_module_has_a_vague_name() -> None:
    """No module is called utils, helpers or common."""
    assert [short(file) for file in ALL if vague_parts(file)] == []


def test_imports_stand_at_the_top() -> None:
    """No function imports, and no file asks ruff to look away."""
    found = {short(file): inner_imports(file.read_text("utf-8")) for file in ALL}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_every_test_says_what_it_proves() -> None:
    """The docstring of every test is a sentence."""
    tests = [file for file in ALL if file.name.startswith("test_")]
    found = {short(file): without_a_sentence(file.read_text("utf-8")) for file in tests}
    assert {name: missing for name, missing in found.items() if missing} == {}


@pytest.mark.parametrize(
    ("guard", "good", "bad"),
    [
        (has_words, '"""Words."""\nx = 1', "x = 1"),
        (lambda s: not without_a_sentence(s), 'def test_a():\n    """It is."""', "def test_a(): pass"),
        (
            lambda s: not without_a_sentence(s),
            'class T:\n  def test_a(self): "So."',
            "class T:\n  def test_a(self): 1",
        ),
        (lambda s: not inner_imports(s), "import os", "def f():\n    import os"),
        (lambda s: not vague_parts(Path(s)), "folding.py", "text_utils.py"),
    ],
)
def test_each_guard_is_seen_to_fail(guard: object, good: str, bad: str) -> None:
    """Each guard above accepts what is good and refuses what is bad."""
    assert callable(guard)
    assert (guard(good), guard(bad)) == (True, False)


def test_numbers_of_lines_are_counted_like_an_editor_does() -> None:
    """A file of exactly the limit passes; no line is hidden by the way its end is written."""
    assert len(("x\n" * LONGEST).splitlines()) == LONGEST
    assert not re.search(r"\r", "".join(file.read_text("utf-8") for file in ALL))
