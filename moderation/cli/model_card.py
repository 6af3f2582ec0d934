"""The card of a trained version for the person at the terminal, as Markdown; no text of a comment is in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moderation.storage.models import ModelVersionRecord


def auc(version: ModelVersionRecord) -> tuple[float | None, float | None]:
    """Return the AUC on the newsroom's later decisions of the champion before a version, and of the version."""
    figures: dict[str, Any] = {}
    for finding in version.findings:
        figures |= finding.get("figures", {})
    return _number(figures.get("auc_before")), _number(figures.get("auc_after"))


def markdown(version: ModelVersionRecord) -> str:
    """Return the card: where the version stands, what was asked of it, and all that its training kept."""
    lines = [
        f"# {version.name}",
        "",
        f"- label: {version.label}",
        f"- state: {version.state}",
        f"- stands on: `{version.base}`",
        f"- sha256: `{version.sha256}`",
        f"- made: {version.created_at:%Y-%m-%d %H:%M}",
        "",
        "## Findings",
        "",
    ]
    lines += [_finding(finding) for finding in version.findings] or ["None."]
    return "\n".join([*lines, *_part(version.card, 2), ""])


def _finding(finding: Mapping[str, Any]) -> str:
    figures = ", ".join(f"{name} {_cell(value)}" for name, value in finding.get("figures", {}).items())
    return f"- {'passed' if finding.get('passed') else '**not passed**'}: {finding.get('code')} ({figures})"


def _part(part: Mapping[str, Any], depth: int) -> Iterator[str]:
    """Write one part: plain values as a list, then lists of rows as tables, then deeper parts under headings."""
    deeper = {name: value for name, value in part.items() if isinstance(value, Mapping) or _is_table(value)}
    plain = {name: value for name, value in part.items() if name not in deeper}
    yield from ("", *(f"- {name}: {_cell(value)}" for name, value in plain.items())) if plain else ()
    for name, value in deeper.items():
        yield from ("", f"{'#' * min(depth, 6)} {name}")
        yield from _table(value) if _is_table(value) else _part(value, depth + 1)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    yield from ("", "| " + " | ".join(names) + " |", "|---" * len(names) + "|")
    yield from ("| " + " | ".join(_cell(row.get(name, "")) for name in names) + " |" for row in rows)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(_cell(one) for one in value)
    return str(value).replace("|", "\\|")


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
