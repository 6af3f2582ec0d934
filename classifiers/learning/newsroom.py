"""The one door: a newsroom's decisions about one label in, a proven adaptation or its refusal out.

Here live the values that go in and come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classifiers.adaptation import Adaptation
from classifiers.learning.evidence import Evidence
from classifiers.learning.examples import Example


@dataclass(frozen=True)
class Taught:
    """What a newsroom decided, with the evidence of each example in the same order.

    `archive`: for off topic, evidence of published comments under their own and under other articles, and whether
    each is off topic there.
    """

    examples: Sequence[Example]
    evidence: Evidence
    archive: tuple[Evidence, list[bool]] | None = None


@dataclass(frozen=True)
class Finding:
    """One question that was put to a challenger: a stable word, the answer, and the figures behind it."""

    code: str
    passed: bool
    figures: Mapping[str, float | str]


@dataclass(frozen=True)
class Learned:
    """What came of it: `better` only if every finding passed; `card` holds JSON values and no text of a comment."""

    adaptation: Adaptation | None
    findings: tuple[Finding, ...]
    better: bool
    card: dict[str, Any]
