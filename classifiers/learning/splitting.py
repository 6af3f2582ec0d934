"""Splitting: which decisions teach and which, later in time, prove; the same text is never on both sides.

Here lives the folding of duplicates and the cut in time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers import off_topic
from classifiers.learning.evidence import Evidence
from classifiers.learning.examples import Example

LATER, FEWEST_LATER = 0.2, 25
"""Share of the decisions, by time, that prove, and how many at least."""

Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Split:
    """Numbers of examples, each text once: those that teach and those, `later`, that prove.

    `truth` and `agreement` by number of the example, where it stands for its copies; `folded`: how many copies there
    were.
    """

    teach: Index
    later: Index
    truth: dict[int, bool]
    agreement: dict[int, float]
    folded: int


def split(examples: Sequence[Example], evidence: Evidence, label: str) -> Split:
    """Cut the examples that say something of a label and that it judges.

    Copies of a text (under the same article, for off topic) become the first of them, with the truth of most and the
    share of the people who gave it; a text whose first decision teaches proves nothing.
    """
    judged = ~np.isnan(evidence.base[label])
    order = sorted(range(len(examples)), key=lambda i: (examples[i].at, examples[i].id))
    copies: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i in order:
        if label in examples[i].truths and judged[i]:
            place = int(evidence.place[i]) if label == off_topic.LABEL else 0
            copies[int(evidence.text[i]), place].append(i)
    truth, agreement = {}, {}
    for same in copies.values():
        each = [examples[i] for i in same]
        said = float(np.mean([e.agreement if e.truths[label] else 1 - e.agreement for e in each]))
        truth[same[0]] = said > 0.5 if said != 0.5 else each[-1].truths[label]
        agreement[same[0]] = max(said, 1 - said)
    kept = list(truth)
    count = max(round(LATER * len(kept)), min(FEWEST_LATER, len(kept)))
    cut = len(kept) - count
    seen = {int(evidence.text[i]) for i in kept[:cut]}
    later = [i for i in kept[cut:] if int(evidence.text[i]) not in seen]
    folded = sum(len(same) - 1 for same in copies.values())
    return Split(np.array(kept[:cut], np.int64), np.array(later, np.int64), truth, agreement, folded)
