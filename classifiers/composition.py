"""Composition: comments made from frames and slots, the same ones for the same seed.

Here lives the filling-in; frames (label, family, sentence with {slots}) and slots (groups of people and
their grammatical forms) are data, in training_data/frames_*.tsv and slots.json. Every frame meets many
groups, so that a classifier learns the frame and not the group.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SLOT = re.compile(r"\{([^{}]+)\}")
_LISTS = {"fr": {"insulte": "insultes", "recl": "reappropries"}, "en": {"slur": "slurs", "recl": "reclaimed"}}


@dataclass(frozen=True)
class Composed:
    """One filled-in frame; `frame` is the number of its line, `who` the group of people it names (or none)."""

    text: str
    language: str
    label: int
    family: str
    frame: str
    who: str


def compose(folder: Path, seed: int, each: int) -> list[Composed]:
    """Fill every frame of `folder` with up to `each` groups, chosen by `seed`."""
    slots: dict[str, dict[str, Any]] = json.loads((folder / "slots.json").read_text("utf-8"))
    out: list[Composed] = []
    for path in sorted(folder.glob("frames_*.tsv")):
        language = path.stem.removeprefix("frames_")
        groups: Mapping[str, Mapping[str, Any]] = slots[language]
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            label, family, frame = line.split("\t")
            chance = random.Random(f"{seed}-{language}-{number}")  # noqa: S311  (a seed, no secret)
            names = sorted(groups)
            chance.shuffle(names)
            made = ((who, text) for who in names if (text := fill(frame, groups[who], language, chance)) is not None)
            for who, text in _first(made, each if _SLOT.search(frame) else 1):
                out.append(Composed(text, language, int(label), family, f"{language}-{number}", who))
    return out


def fill(frame: str, group: Mapping[str, Any], language: str, chance: random.Random) -> str | None:
    """The frame with the forms of one group, or None where the group lacks a form."""
    values: dict[str, Any] = dict(group)
    for stem, key in _LISTS[language].items():
        if re.search(r"\{[^{}]*" + stem, frame, re.IGNORECASE):
            if not group.get(key):
                return None
            values |= chance.choice(group[key])
    out = []
    last = 0
    for match in _SLOT.finditer(frame):
        name = match[1]
        value = values.get(name, values.get(name[0].lower() + name[1:]))
        if value is None:
            return None
        text = str(value)
        out += [frame[last : match.start()], text[:1].upper() + text[1:] if name[0].isupper() else text]
        last = match.end()
    return "".join([*out, frame[last:]])


def _first(made: Iterator[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    out = []
    for item in made:
        out.append(item)
        if len(out) == count:
            break
    return out
