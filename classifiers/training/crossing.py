"""Crossing: what a training says of texts that it had held out in turn, as reports for a card (Stone 1974).

Here lives the measuring on the training data itself: far more rows than the guard split has, told by parts that had not
seen them. Only the last line of two numbers, the calibration, was fitted to the same answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers import evaluation
from classifiers.apart import COSINES, LABELLED, OTHER, SECTION, Answers, Placed, told_apart
from classifiers.off_topic import FEATURES
from classifiers.training.corpus import Corpus
from classifiers.training.evidence import Evidence
from classifiers.training.pairing import Row

Report = dict[str, Any]
Floats = NDArray[np.float64]
_RECENT = FEATURES.index("has_recent")


def of_pairs(parts: Sequence[tuple[Evidence, Sequence[Row]]], probability: Floats) -> Report:
    """Off topic under full articles: folds with their articles, and the probabilities (n,) of all their pairs in order.

    Each comment that fits its article stands once more for every group that it was moved to, beside one stranger.
    """
    rows: list[Placed] = []
    languages: list[str] = []
    alone: list[int] = []
    first = 0
    for part, articles in parts:
        kinds = {c["text"]: str(c.get("kind", "")) for a in articles for c in a["comments"]}
        home: dict[str, int] = {}
        seen: set[tuple[str, str]] = set()
        for at in _places(part):
            pair = part.pairs[at]
            found = [(pair.group, at, pair.label)]
            if pair.group == LABELLED:
                home[pair.text] = at
            elif (pair.text, pair.group) in seen or pair.text not in home:
                continue
            else:
                seen.add((pair.text, pair.group))
                found.append((pair.group, home[pair.text], 0))
            for group, place, label in found:
                one = part.pairs[place]
                rows.append(Placed(one.text, one.parent, one.article, group, kinds.get(one.text, ""), label))
                languages.append(str(articles[one.article].get("language", "und")))
                alone.append(first + place)
        first += len(part.pairs)
    plain = np.concatenate([part.plain for part, _ in parts])
    asked = np.array(alone, np.int64)
    # the same pair among recent articles follows the one without, where its imagined site has any
    table = np.concatenate([part.table for part, _ in parts])
    sited = np.minimum(asked + 1, len(table) - 1)
    sited = np.where(table[sited, _RECENT] > 0, sited, asked)
    out = told_apart(Answers(rows, languages, probability[asked], probability[sited], {COSINES: -plain[asked]}))
    del out["curves"]
    return out


def _places(part: Evidence) -> list[int]:
    """The pairs under full articles and without a site's others, those as written first."""
    found = [
        i
        for i, pair in enumerate(part.pairs)
        if pair.shapes == ("full",) and pair.group in {LABELLED, OTHER, SECTION} and not part.table[i, _RECENT]
    ]
    return sorted(found, key=lambda i: part.pairs[i].group != LABELLED)


def of_comments(corpus: Corpus, own: int, probability: Floats) -> Report:
    """Incivility on the first `own` comments of a corpus, with a slice for each source: probabilities (n,) of all."""
    first = slice(0, own)
    out = evaluation.report(corpus.label[first], probability[first], corpus.texts[first], corpus.language[first])
    source = np.array(corpus.source)
    masks = {f"source {name}": source == name for name in sorted(set(corpus.source))}
    out["slices"] |= evaluation.by_slice(corpus.label, probability, masks)
    return out
