"""The card of a trained version for the person at the terminal, as Markdown; no text of a comment is in it."""

import json
from typing import Any

from classifiers.learning import card
from moderation.storage.models import ModelVersionRecord


def auc(version: ModelVersionRecord) -> tuple[float | None, float | None]:
    """Return the AUC on the newsroom's later decisions of the champion before a version, and of the version."""
    figures: dict[str, Any] = {}
    for finding in version.findings:
        figures |= finding["figures"] if finding["code"] == "gain" else {}
    return figures.get("champion"), figures.get("challenger")


def markdown(version: ModelVersionRecord) -> str:
    """Return the card that training wrote, after where the version stands and what was found since."""
    told = version.card.get("findings")
    since = [finding for finding in version.findings if not isinstance(told, list) or finding not in told]
    lines = [
        f"# {version.name}",
        "",
        f"- state: {version.state}",
        f"- stands on: `{version.base}`",
        f"- sha256: `{version.sha256}`",
        f"- made: {version.created_at:%Y-%m-%d %H:%M}",
        *(_finding(finding) for finding in since),
        "",
        _trained(version.card),
    ]
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in "\n".join(lines))


def _finding(finding: dict[str, Any]) -> str:
    figures = ", ".join(f"{name} {value}" for name, value in finding["figures"].items())
    return f"- {finding['code']}: {'passed' if finding['passed'] else '**not passed**'} ({figures})"


def _trained(told: dict[str, Any]) -> str:
    """Write a training's card; an imported one may be of another form, and is shown as it came."""
    try:
        return "#" + card.markdown(told) if told else "No card came with it."
    except (KeyError, TypeError, ValueError, AttributeError):
        return f"```json\n{json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False)}\n```"
