"""Cards: what a trained classifier is, what it was trained on and how far to trust it, for people and programs.

Here lives the writing of one card as Markdown and JSON, the same bytes for the same facts. After Mitchell
et al. 2019, "Model Cards for Model Reporting".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from classifiers.artifact import Artifact

LEGEND = (
    "`ece`: expected calibration error; `by chance`: what it stays below, in 95 of 100 sets of this size, "
    "when the scores are exactly right."
)
CROSSED = "cross_validated"
"""The fact of an artefact that holds the report on what its training had held out in turn."""
FAILURES: Mapping[str, Sequence[str]] = {
    "shouting": (
        "Names of people in capitals inside a normal sentence can count as shouting when there are four or more.",
        "Acronyms that neither the list nor the texts hold count as words when they stand in a shouted sentence.",
        "Leet capitals with more digits than letters are read as codes.",
    ),
    "off_topic": (
        "A comment on the same country but another story often looks on topic.",
        "Comparisons, history and irony without a shared word can look off topic, above all with a title alone.",
        "With a title alone, scores stay near the middle: a text or a lead makes them far surer.",
        "A comment in another language than the article is judged by its meaning alone, less surely.",
        "Fewer than four words of four letters: not judged.",
    ),
    "incivility": (
        "Irony, sneers and contempt without a rude word are found about half the time.",
        "Forum slang that insults nobody can look rude; violence told as a story too.",
        "A calm sentence about Black people, Arabs or gay people stands nearer the threshold than about others.",
        "Quoted insults that are condemned in the same sentence are often still flagged.",
        "Arabic and other languages are hardly trained for: a score there is a guess, and the reasons say so.",
    ),
}


def facts(artifact: Artifact, figures: Mapping[str, Any]) -> dict[str, Any]:
    """The card as JSON values: `figures` maps the name of a set to a report of `evaluation.report`."""
    known = {k: v for k, v in artifact.facts.items() if k not in {"version", CROSSED}}
    crossed = {"training data, cross-validated": artifact.facts[CROSSED]} if CROSSED in artifact.facts else {}
    return {
        "name": artifact.name,
        "version": artifact.version,
        "trained": known,
        "figures": {**figures, **crossed},
        "failures": list(FAILURES[artifact.name]),
    }


def markdown(card: Mapping[str, Any]) -> str:
    """The card for people."""
    trained = card["trained"]
    lines = [f"# {card['name']}", "", f"Version `{card['version']}`.", "", "## Training", ""]
    lines += [
        f"- data fingerprint: `{trained['data']}`; seed {trained['seed']}; "
        f"encoder `{trained['encoder']}`; features {trained['features']}"
    ]
    lines += [f"- environment: {', '.join(f'{k} {v}' for k, v in sorted(trained['environment'].items()))}"]
    if trained.get("licences"):
        lines += ["- public sets: " + "; ".join(f"{k} ({v})" for k, v in sorted(trained["licences"].items()))]
    if trained.get("rows"):
        lines += ["- rows: " + ", ".join(f"{k} {v}" for k, v in sorted(trained["rows"].items()))]
    if trained.get("effort"):
        lines += [f"- effort: {trained['effort']}"]
    lines += ["", LEGEND]
    for name, report in card["figures"].items():
        lines += [
            "",
            f"## Figures: {name}",
            "",
            *table({"all": report["all"], **dict(sorted(report["slices"].items()))}),
            "",
            "| threshold | precision | recall | flagged |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {r['threshold']} | {r['precision']:.3f} | {r['recall']:.3f} | {r['flagged']:.3f} |"
            for r in report["thresholds"]
        ]
    lines += ["", "## Known failures", "", *(f"- {line}" for line in card["failures"]), ""]
    return "\n".join(lines)


def table(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Reports as a Markdown table."""
    names = ("rows", "positive", "auc", "ap", "f1", "accuracy", "ece", "by_chance")
    out = ["| set | " + " | ".join(n.replace("_", " ") for n in names) + " |", "|---" * (len(names) + 1) + "|"]
    for name, row in rows.items():
        cells = (
            f"{row[k]:.3f}" if isinstance(row[k], float) else "–" if row[k] is None else str(row[k]) for k in names
        )
        out.append(f"| {name} | " + " | ".join(cells) + " |")
    return out


def write(card: Mapping[str, Any], folder: Path) -> None:
    """Write `folder`/name.card.md and name.card.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{card['name']}.card.json").write_text(
        json.dumps(card, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8"
    )
    (folder / f"{card['name']}.card.md").write_text(markdown(card), "utf-8")
