"""Logs are events with ids: what a reader wrote, and who, never gets into a log call."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.tree import modules, short

LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "msg", "bind"}
WRITTEN = {"text", "body", "title", "name", "author_name", "note", "comment", "article", "payload"}


def log_calls(source: str) -> Iterator[ast.Call]:
    """Return the calls on a module's log."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log" | "logger"), attr=attr)) if (
                attr in LEVELS
            ):
                yield node


def faults(source: str) -> list[str]:
    """Say what is wrong with the log calls of a module: text among the values, or an event that is no plain name."""
    found = []
    for call in log_calls(source):
        event = call.args[0] if len(call.args) == 1 else None
        if not isinstance(event, ast.Constant) or not str(event.value).isidentifier():
            found.append(f"line {call.lineno}: the event is no plain name")
        for keyword in call.keywords:
            inside = {node.attr for node in ast.walk(keyword.value) if isinstance(node, ast.Attribute)}
            if keyword.arg is None or ({keyword.arg} | inside) & (WRITTEN - _names_of_types(keyword.value)):
                found.append(f"line {call.lineno}: {keyword.arg} may hold what somebody wrote")
    return found


def _names_of_types(value: ast.expr) -> set[str]:
    """Return attributes that are harmless here: `type(error).__name__` is no name of a person."""
    return {"__name__"} & {node.attr for node in ast.walk(value) if isinstance(node, ast.Attribute)}


def test_no_log_call_holds_what_somebody_wrote() -> None:
    """No log call of moderation or workers has a value named, or read from, text, body, title or name."""
    files = modules("moderation", "workers")
    assert sum(1 for file in files for _ in log_calls(file.read_text("utf-8"))) >= 5
    found = {short(file): faults(file.read_text("utf-8")) for file in files}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    "line",
    [
        "log.info('scored', text=body)",
        "log.info('scored', first=comment.text)",
        "log.info('scored', **values)",
        "log.info(f'scored {comment}')",
        "log.info('scored %s', comment)",
        "log.error('A sentence with a name.')",
    ],
)
def test_the_guard_is_seen_to_fail(line: str) -> None:
    """Text in a value, in unpacked values or in the event itself is refused; ids and counts are not."""
    assert faults(line)
    assert not faults("log.info('scored', comment_id=comment.id, size=len(batch), error=type(error).__name__)")
