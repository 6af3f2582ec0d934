"""Shouting: how much of the running text is written in capitals.

Here lives the judgement over `features.casing`, and its reason and spans for a person. Nothing here
looks at what is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers.features.casing import Casing, casing
from classifiers.features.lexicon import CaseLexicon
from classifiers.logit import CalibratedLogit, sigmoid
from classifiers.text.codepoints import IS_UPPER, clipped
from classifiers.text.folding import Joined
from classifiers.text.reading import Reading, read

LABEL = "shouting"
NAMED = 4
"""How many acronyms a reason names."""


@dataclass(frozen=True)
class Judged:
    """One batch judged: `score` (n,) and its `logit` (-inf: nothing is shouted), and the evidence for the texts that
    hold capitals at all.

    `row` tells where a text stands in `texts`, `reading` and `evidence`; a text without a row is calm.
    """

    score: NDArray[np.float64]
    logit: NDArray[np.float64]
    row: Mapping[int, int]
    texts: tuple[str, ...]
    reading: Reading
    evidence: Casing

    def shouted(self, number: int) -> bool:
        """Whether any word of text `number` is shouted."""
        return number in self.row and bool(self.evidence.shouted[self.row[number]])


def with_capitals(joined: Joined) -> NDArray[np.int64]:
    """The numbers of the texts in which two capitals stand within four characters; no other can be shouted."""
    upper = IS_UPPER[clipped(joined.codes)]
    at = np.flatnonzero(upper)
    near = np.flatnonzero(np.diff(at) <= 4)
    text = np.searchsorted(joined.starts, at[near], side="right") - 1
    return np.unique(text[at[near + 1] < joined.starts[text + 1]])


@dataclass(frozen=True)
class Shouting:
    """A calibrated logit over casing features, and the words that it knows."""

    logit: CalibratedLogit
    lexicon: CaseLexicon

    def judge(self, texts: Sequence[str], reading: Reading) -> Judged:
        """Score a batch, of which `reading` is the reading."""
        chosen = with_capitals(reading.hard.joined).tolist()
        some = tuple(texts[i] for i in chosen)
        part = reading if len(chosen) == len(texts) else read(some)
        evidence = casing(some, part, self.lexicon)
        logit = np.full(len(texts), -np.inf)
        if chosen:
            logit[chosen] = np.where(evidence.shouted > 0, self.logit.logits(evidence.table), -np.inf)
        score = np.where(np.isfinite(logit), sigmoid(logit), 0.0)
        return Judged(score, logit, {number: row for row, number in enumerate(chosen)}, some, part, evidence)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of this judgement."""
        return {**self.logit.arrays("logit_"), "ordinary": self.lexicon.ordinary, "acronyms": self.lexicon.acronyms}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The judgement that an artefact holds."""
        return cls(CalibratedLogit.from_arrays(arrays, "logit_"), CaseLexicon(arrays["ordinary"], arrays["acronyms"]))


def sentences(number: int, judged: Judged) -> tuple[str, str]:
    """The reason for text `number` (which has a row), in French and in English."""
    number, evidence, reading, texts = judged.row[number], judged.evidence, judged.reading, judged.texts
    counted, shouted = evidence.counted[number], evidence.shouted[number]
    own = reading.words.text == number
    begin = reading.words.begin[own & evidence.is_acronym]
    end = reading.words.end[own & evidence.is_acronym]
    start = reading.hard.joined.starts[number]
    origin = reading.hard.origin
    aside = [
        texts[number][int(origin[a] - start) : int(origin[b - 1] - start) + 1] for a, b in zip(begin, end, strict=True)
    ]
    named = ", ".join(dict.fromkeys(word[:20] for word in aside[:NAMED]))
    share = round(100 * shouted / counted) if counted else 0
    words = int(np.ceil(counted))
    french = f"{share} % de {words} mot{'s' if words > 1 else ''} en capitales"
    english = f"{share} % of {words} word{'s' if words != 1 else ''} in capitals"
    if named:
        french += f" ; {named} mis à part"
        english += f"; {named} set aside"
    return french, english


def spans(number: int, judged: Judged) -> tuple[tuple[int, int, float], ...]:
    """The shouted stretches of text `number` in its own code points; weights are shares of the shouted words."""
    number, reading = judged.row[number], judged.reading
    words = reading.words
    mine = np.flatnonzero(words.text == number)
    loud = judged.evidence.is_shouted[mine]
    start = int(reading.hard.joined.starts[number])
    origin = reading.hard.origin
    total = max(int(loud.sum()), 1)
    found: list[tuple[int, int, float]] = []
    open_run = False
    for word, is_loud in zip(mine.tolist(), loud.tolist(), strict=True):
        begin, end = int(origin[words.begin[word]]) - start, int(origin[words.end[word] - 1]) - start + 1
        acronym_inside = open_run and bool(judged.evidence.is_acronym[word])
        if is_loud and open_run:
            found[-1] = (found[-1][0], end, found[-1][2] + 1 / total)
        elif is_loud:
            found.append((begin, end, 1 / total))
        open_run = is_loud or acronym_inside
    return tuple((a, b, round(w, 6)) for a, b, w in found)
