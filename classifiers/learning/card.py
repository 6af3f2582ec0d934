"""The card of an adaptation: what it stands on, whose decisions taught it, and how far to trust it.

Here lives its form as JSON values and as Markdown: no text of a comment, nothing that changes from run to run, so that
a diff shows what changed. After Mitchell et al. 2019, "Model Cards for Model Reporting".
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.adaptation import Adaptation
from classifiers.artifact import digest
from classifiers.learning import weighing
from classifiers.learning.examples import Example
from classifiers.learning.finding import Finding
from classifiers.learning.fitting import STRENGTHS, Fitted, Lesson
from classifiers.learning.guarding import Guard


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known before fitting."""

    label: str
    name: str
    base: str
    champion: Adaptation | None
    seed: int
    examples: Sequence[Example]
    lesson: Lesson
    folded: int


def of(
    facts: Facts, made: tuple[Adaptation, Fitted] | None, findings: Sequence[Finding], guards: Sequence[Guard]
) -> dict[str, Any]:
    """The card as JSON values."""
    languages = Counter(facts.lesson.evidence.language.tolist())
    return {
        "label": facts.label,
        "site": facts.name,
        "version": made[0].version if made else None,
        "base": facts.base,
        "champion": facts.champion.version if facts.champion else facts.base,
        "seed": facts.seed,
        "examples": {
            "usable": len(facts.examples),
            "true": int(facts.lesson.truth.sum()),
            "folded": facts.folded,
            "first": min((e.at for e in facts.examples), default=None),
            "last": max((e.at for e in facts.examples), default=None),
            "languages": dict(sorted(languages.items())),
            **weighing.report(facts.examples, facts.lesson.weight),
        },
        "fitting": _fitting(*made) if made else None,
        "findings": [{"code": f.code, "passed": f.passed, "figures": dict(f.figures)} for f in findings],
        "guards": {
            g.name: {
                "rows": g.rows,
                "shipped": round(g.shipped, 4),
                "challenger": round(g.challenger, 4),
                "change": round(g.change, 4),
                "rules": g.rules,
            }
            for g in guards
        },
    }


def _fitting(adaptation: Adaptation, fitted: Fitted) -> dict[str, Any]:
    data = adaptation.to_bytes()
    return {
        "strength": fitted.strength,
        "hold": fitted.hold,
        "losses": {str(s): round(loss, 4) for s, loss in zip(STRENGTHS, fitted.losses, strict=True)},
        "slope": round(adaptation.slope, 4),
        "bias": round(adaptation.bias, 4),
        "dense": round(float(np.sqrt((adaptation.dense.astype(np.float64) ** 2).sum())), 4),
        "ngrams": len(adaptation.buckets),
        "bytes": len(data),
        "sha256": digest(data),
    }


def markdown(card: Mapping[str, Any]) -> str:
    """The card for people."""
    told, fitting = card["examples"], card["fitting"]
    lines = [
        f"# {card['label']} for {card['site']}",
        "",
        f"Version `{card['version'] or 'none'}`, on `{card['base']}`, against `{card['champion']}`; "
        f"seed {card['seed']}.",
        "",
        "## Examples",
        "",
        f"{told['usable']} decisions ({told['true']} true), {told['folded']} copies folded; "
        + ", ".join(f"{language} {count}" for language, count in told["languages"].items()),
        "",
        *_table(("moderator", "examples", "share"), _shares(told["moderators"])),
        "",
        *_table(("route", "examples", "share"), _shares(told["routes"])),
    ]
    if fitting:
        lines += ["", "## Fitting", "", ", ".join(f"{k} {v}" for k, v in fitting.items() if k != "losses")]
    lines += ["", "## Findings", ""]
    rows = [
        (
            f["code"],
            "yes" if f["passed"] else "NO",
            ", ".join(f"{k} {v:g}" if isinstance(v, float) else f"{k} {v}" for k, v in f["figures"].items()),
        )
        for f in card["findings"]
    ]
    lines += _table(("question", "passed", "figures"), rows)
    if card["guards"]:
        lines += ["", "## Guards", ""]
        cells = [
            (name if g["rules"] else f"({name})", g["rows"], g["shipped"], g["challenger"], f"{g['change']:+.4f}")
            for name, g in card["guards"].items()
        ]
        lines += _table(("slice", "rows", "shipped", "challenger", "change"), cells)
    return "\n".join([*lines, ""])


def write(card: Mapping[str, Any], folder: Path) -> None:
    """Write `folder`/version.card.json and version.card.md; a card without a version is named after its label."""
    folder.mkdir(parents=True, exist_ok=True)
    name = card["version"] or f"{card['label']}-{card['site']}"
    (folder / f"{name}.card.json").write_text(
        json.dumps(card, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8"
    )
    (folder / f"{name}.card.md").write_text(markdown(card), "utf-8")


def _shares(shares: Mapping[str, Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [(who, row["examples"], f"{100 * row['share']:.1f} %") for who, row in shares.items()]


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    out = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    return [*out, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)]
