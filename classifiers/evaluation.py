"""Evaluation: how good scores are, on any labelled comments, as plain numbers and tables.

Here lives measuring only: it is given labels and scores (or a scorer), and returns values; printing,
drawing and cards are for others. AUC and average precision are scikit-learn's; calibration error is the
expected one over ten equal-width bins (Naeini et al. 2015), beside what chance alone makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from classifiers.text.reading import read

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
BINS = 10
DRAWS = 1000
"""Samples from which `chance_error` takes its bound."""
FEWEST = 20
"""A slice with fewer rows is not reported."""
IDENTITIES: Mapping[str, str] = {
    "women": r"femmes?|meufs?|wom[ae]n",
    "gay": r"gays?|homosexuel\w*|lesbi\w+|homosexual\w*",
    "trans": r"trans\w{0,8}",
    "muslims": r"musulman\w*|muslims?|islam\w*",
    "jews": r"juifs?|juives?|jew\w*|israel\w*",
    "christians": r"chretien\w*|christian\w*|maronite\w*",
    "black": r"noirs?|noires?|blacks?|africain\w*",
    "arabs": r"arabes?|arabs?",
    "migrants": r"migrants?|refugies?|refugees?|immigr\w+",
    "syrians": r"syrien\w*|syrians?",
    "palestinians": r"palestin\w+",
    "shiites": r"chiites?|shiites?|shia",
    "sunnis": r"sunnites?|sunnis?",
    "disabled": r"handicap\w*|disabled|autis\w+",
}


@dataclass(frozen=True)
class Measures:
    """What one set of scores is worth. `auc` and `ap` are None when only one label occurs.

    `by_chance`: below it the calibration error of scores that are exactly right stays in 95 of 100 such sets.
    """

    rows: int
    positive: int
    auc: float | None
    ap: float | None
    f1: float
    accuracy: float
    ece: float
    by_chance: float

    def as_dict(self) -> dict[str, Any]:
        """The numbers rounded to four places, for a card."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in vars(self).items()}


def measure(label: Labels, score: Floats, threshold: float = 0.5) -> Measures:
    """Measures of probabilities against labels of 0 and 1."""
    both = len(np.unique(label)) == 2
    said = score >= threshold
    return Measures(
        rows=len(label),
        positive=int(label.sum()),
        auc=float(roc_auc_score(label, score)) if both else None,
        ap=float(average_precision_score(label, score)) if both else None,
        f1=float(f1_score(label, said, zero_division=0.0)),
        accuracy=float((said == (label == 1)).mean()) if len(label) else 0.0,
        ece=calibration_error(label, score),
        by_chance=chance_error(score),
    )


def calibration_error(label: Labels, score: Floats) -> float:
    """The mean distance between what was promised and what came, weighted by bin size."""
    if not len(label):
        return 0.0
    which = np.minimum((score * BINS).astype(np.int64), BINS - 1)
    count = np.bincount(which, minlength=BINS)
    gap = np.abs(np.bincount(which, weights=score, minlength=BINS) - np.bincount(which, weights=label, minlength=BINS))
    return float(gap.sum() / count.sum())


def chance_error(score: Floats) -> float:
    """The calibration error that exactly right scores (n,) exceed in 5 of 100 samples, for a sample is never its mean.

    Consistency resampling (Bröcker and Smith 2007), each bin's number of positives drawn as a normal one.
    """
    if not len(score):
        return 0.0
    which = np.minimum((score * BINS).astype(np.int64), BINS - 1)
    spread = np.sqrt(np.bincount(which, weights=score * (1 - score), minlength=BINS))
    drawn = np.abs(np.random.default_rng(0).normal(size=(DRAWS, BINS))) @ spread
    return float(np.quantile(drawn, 0.95) / len(score))


def thresholds(
    label: Labels, score: Floats, at: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
) -> list[dict[str, float]]:
    """For each threshold: precision, recall and the share that is flagged."""
    rows = []
    for threshold in at:
        said = score >= threshold
        hit = float(label[said].sum())
        rows.append(
            {
                "threshold": threshold,
                "precision": round(hit / max(int(said.sum()), 1), 4),
                "recall": round(hit / max(int(label.sum()), 1), 4),
                "flagged": round(float(said.mean()), 4) if len(said) else 0.0,
            }
        )
    return rows


def slices(texts: Sequence[str], languages: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Masks by language, by length in words and by identity term."""
    out: dict[str, NDArray[np.bool_]] = {}
    codes = np.array(languages)
    for code in sorted(set(languages)):
        out[f"language {code}"] = codes == code
    words = np.array([len(text.split()) for text in texts])
    for name, low, high in (
        ("length 1-7", 0, 8),
        ("length 8-20", 8, 21),
        ("length 21-60", 21, 61),
        ("length 61+", 61, 10**9),
    ):
        out[name] = (words >= low) & (words < high)
    folded = read(list(texts)).hard.strings() if texts else []
    for name, pattern in IDENTITIES.items():
        term = re.compile(rf"\b(?:{pattern})\b")
        out[f"identity {name}"] = np.array([term.search(text) is not None for text in folded], np.bool_)
    return out


def by_slice(label: Labels, score: Floats, masks: Mapping[str, NDArray[np.bool_]]) -> dict[str, dict[str, Any]]:
    """Measures of each slice with enough rows."""
    return {
        name: measure(label[mask], score[mask]).as_dict() for name, mask in masks.items() if int(mask.sum()) >= FEWEST
    }


def by_family(label: Labels, score: Floats, family: Sequence[str]) -> dict[str, float]:
    """Accuracy within each family of a functional test (such as HateCheck's functionalities)."""
    said, names = score >= 0.5, np.array(family)
    return {name: round(float((said == (label == 1))[names == name].mean()), 4) for name in sorted(set(family))}


def spread(slices_found: Mapping[str, Mapping[str, Any]], figure: str = "accuracy") -> float | None:
    """The distance between the identity slices where a figure is highest and lowest; None with fewer than two."""
    values = [found[figure] for name, found in slices_found.items() if name.startswith("identity ")]
    return round(float(max(values) - min(values)), 4) if len(values) > 1 else None


def report(label: Labels, score: Floats, texts: Sequence[str], languages: Sequence[str]) -> dict[str, Any]:
    """All of it, as JSON values."""
    return {
        "all": measure(label, score).as_dict(),
        "slices": by_slice(label, score, slices(texts, languages)),
        "thresholds": thresholds(label, score),
    }


def curves(label: Labels, score: Floats, points: int = 101) -> dict[str, list[float]]:
    """Precision, recall and false alarms along the thresholds, for drawing."""
    at = np.linspace(0, 1, points)
    said = score[None, :] >= at[:, None]
    hit, false = said[:, label == 1].sum(axis=1), said[:, label == 0].sum(axis=1)
    return {
        "threshold": [round(float(v), 4) for v in at],
        "recall": [round(float(v), 4) for v in hit / max(int((label == 1).sum()), 1)],
        "precision": [round(float(v), 4) for v in np.where(hit + false > 0, hit / np.maximum(hit + false, 1), 1.0)],
        "false_alarms": [round(float(v), 4) for v in false / max(int((label == 0).sum()), 1)],
    }


Score = Callable[[Sequence[str], Sequence[str | None]], Floats]
"""Texts and stated languages in, probabilities out."""
