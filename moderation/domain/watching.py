"""What the watch warns of: codes with their figures, and from which figures on. Too few comments never warn. Pure."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from moderation.domain import agreement
from moderation.domain.calibration import Calibration
from moderation.domain.drift import Drift
from moderation.domain.interval import wilson

DRIFT_FROM = 0.25
"""A population stability index from here on is a large shift (Siddiqi 2006); below 0.1 it is none."""
CALIBRATION_FROM = 0.1
"""A mean error of ten points: a score of 0.7 that means 0.6 or 0.8."""
FALL_FROM = 0.15
"""So much smaller has the confirmed share of flags to be than it was."""
LEAST_CONFIRMED = 30
"""A confirmed share needs so many answers, before and lately."""
MISSED_FROM = 0.05
"""The share of unflagged comments that people found to carry the label, its lower bound, from which it warns."""
LEAST_MISSED = 50
"""A missed share needs so many answers."""
KAPPA_BELOW, KAPPA_BOUND = 0.4, 0.6
"""Moderators agree badly below 0.4, if even the upper bound is below 0.6 (fair, substantial: Landis, Koch 1977)."""


class WarningCode(StrEnum):
    """What can be wrong. The dashboard has a sentence for each."""

    SCORES_DRIFT = "scores_drift"
    LANGUAGES_DRIFT = "languages_drift"
    CALIBRATION = "calibration"
    CONFIRMED_FALLS = "confirmed_falls"
    MISSED = "missed"
    PEOPLE_DISAGREE = "people_disagree"


@dataclass(frozen=True)
class Week:
    """One week of one label: flags that a person answered and confirmed; unflagged ones of the audit that carry it."""

    week: str
    flagged: int = 0
    confirmed: int = 0
    audited: int = 0
    missed: int = 0


def of_drift(code: WarningCode, drift: Drift, **about: Any) -> list[dict[str, Any]]:
    """Warn where the index is large, and larger than chance makes it."""
    if drift.psi is None or drift.by_chance is None or drift.psi < max(DRIFT_FROM, drift.by_chance):
        return []
    return [{"code": code.value, **about, "psi": round(drift.psi, 4)}]


def of_calibration(found: Calibration, label: str) -> list[dict[str, Any]]:
    """Warn where the error is large, and larger than that of a model whose scores are exactly right."""
    if found.ece is None or found.by_chance is None or found.ece < max(CALIBRATION_FROM, found.by_chance):
        return []
    return [{"code": WarningCode.CALIBRATION.value, "label": label, "ece": round(found.ece, 4)}]


def of_weeks(weeks: Sequence[Week], label: str, lately: int = 2, audited: int = 4) -> list[dict[str, Any]]:
    """Warn where fewer flags were confirmed in the last weeks than before, or where much is missed; oldest first."""
    warnings: list[dict[str, Any]] = []
    before, after = weeks[:-lately], weeks[-lately:]
    old, new = (wilson(sum(w.confirmed for w in part), sum(w.flagged for w in part)) for part in (before, after))
    enough = all(sum(week.flagged for week in part) >= LEAST_CONFIRMED for part in (before, after))
    if old and new and enough and old.share - new.share >= FALL_FROM and new.high < old.low:
        told = {"share": round(new.share, 4), "before": round(old.share, 4)}
        warnings.append({"code": WarningCode.CONFIRMED_FALLS.value, "label": label, **told})
    size = sum(week.audited for week in weeks[-audited:])
    missed = wilson(sum(week.missed for week in weeks[-audited:]), size)
    if missed and size >= LEAST_MISSED and missed.low > MISSED_FROM:
        told = {"share": round(missed.share, 4), "answers": size}
        warnings.append({"code": WarningCode.MISSED.value, "label": label, **told})
    return warnings


def of_people(pairs: Mapping[tuple[Hashable, Hashable], int]) -> list[dict[str, Any]]:
    """Warn where moderators who judged the same texts blind agree badly."""
    found, error, count = agreement.kappa(pairs), agreement.spread(pairs), sum(pairs.values())
    if found is None or error is None or count < agreement.LEAST_PAIRS:
        return []
    if found >= KAPPA_BELOW or found + 2 * error >= KAPPA_BOUND:
        return []
    return [{"code": WarningCode.PEOPLE_DISAGREE.value, "kappa": round(found, 4), "pairs": count}]
