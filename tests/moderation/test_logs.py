"""Logs: one JSON event a line, from our own log and from libraries alike."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from moderation.logs import configure_logs


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """Give logging back as it was."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def test_events_are_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Each event, and each record of a library, is one JSON line on standard error, also with a newline in a value."""
    configure_logs("INFO")
    structlog.get_logger().info("scored", comment_id=7, error="two\nlines")
    logging.getLogger("a.library").warning("closed %s", "soon")
    out, err = capsys.readouterr()
    ours, theirs = (json.loads(line) for line in err.splitlines())
    assert (ours["event"], ours["comment_id"], ours["level"], ours["error"]) == ("scored", 7, "info", "two\nlines")
    assert (theirs["event"], theirs["level"]) == ("closed soon", "warning")
    assert out == ""


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Events below the level are dropped."""
    configure_logs("WARNING")
    structlog.get_logger().info("scored")
    logging.getLogger("a.library").info("closed")
    assert capsys.readouterr().err == ""
