"""Apart: how well off topic is told, by what a comment is told apart from.

Here live the figures: comments as labelled, and each under its own article against the same comment under another one,
beside what other scores and the comment's length would say of the same rows. Who was asked is the callers' affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import evaluation

Row = dict[str, Any]
Floats = NDArray[np.float64]
LABELLED, OTHER, SECTION, STORY = "as labelled", "another subject", "same section", "same story"
"""Where a comment stands: where it was written; under an article of another section, of its own section but another
story, of its own story."""
COSINES = "three cosines"
"""The rival that is asked about each kind of comment too."""


@dataclass(frozen=True)
class Placed:
    """A comment under the article with number `article`, what that tells apart, and whether it is off topic there."""

    text: str
    parent: str | None
    article: int
    group: str
    kind: str
    label: int


@dataclass(frozen=True)
class Answers:
    """What was said of n placed comments: `score` with the article alone, `sited` among the site's other articles.

    `rivals`: scores of the same comments by name, in any unit, to compare with.
    """

    placed: Sequence[Placed]
    language: Sequence[str]
    score: Floats
    sited: Floats
    rivals: Mapping[str, Floats]


def told_apart(answers: Answers) -> Row:
    """The report on comments as labelled, with a slice for all that they are told apart from, and for each rival."""
    asked, ours, codes = answers.placed, answers.score, np.array(answers.language)
    label = np.array([p.label for p in asked], np.int64)
    group, kinds = np.array([p.group for p in asked]), np.array([p.kind for p in asked])
    written = group == LABELLED
    out = evaluation.report(
        label[written], ours[written], [p.text for p in asked if p.group == LABELLED], codes[written].tolist()
    )
    out["curves"] = evaluation.curves(label[written], ours[written])
    whole = {name: group == name for name in (LABELLED, OTHER, SECTION, STORY)}
    spoken = {f"{g}, {c}": m & (codes == c) for g, m in whole.items() for c in sorted(set(answers.language))}
    labelled = {
        f"labelled {kind}": written & ((label == 0) | (kinds == kind))
        for kind in sorted({p.kind for p in asked if p.label and p.kind and p.group == LABELLED})
    }
    by_kind = {f"{OTHER}, {k}": whole[OTHER] & (kinds == k) for k in sorted(set(kinds[whole[OTHER]].tolist())) if k}
    alone = evaluation.by_slice(label, ours, whole | spoken | labelled | by_kind)
    sited = evaluation.by_slice(label, answers.sited, whole | spoken)
    out["slices"] |= {f"kind {n}": r for n, r in alone.items()}
    out["slices"] |= {f"kind {n}, among the site's": r for n, r in sited.items()}
    rivals = {**answers.rivals, "length alone": np.array([-float(len(p.text)) for p in asked])}
    for rival, value in rivals.items():
        for name, mask in (whole | (by_kind if rival == COSINES else {})).items():
            if mask.sum() >= evaluation.FEWEST and len(set(label[mask].tolist())) == 2:
                figures = evaluation.measure(label[mask], _from_0_to_1(value[mask])).as_dict()
                keep = {"rows", "positive", "auc", "ap"}
                out["slices"][f"kind {name}, {rival}"] = {k: v if k in keep else None for k, v in figures.items()}
    return out


def _from_0_to_1(value: Floats) -> Floats:
    """The same order between 0 and 1."""
    return np.asarray((value - value.min()) / max(float(np.ptp(value)), 1e-9), np.float64)
