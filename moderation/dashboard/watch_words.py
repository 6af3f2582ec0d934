"""What the watch warns of, as sentences with what to do about it. Figures come from a report, words from here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from moderation.dashboard.language import LABEL_NAMES
from moderation.dashboard.sheets import Unit, shown
from moderation.domain.watching import WarningCode


@dataclass(frozen=True)
class Told:
    """One warning: what was found, what to do, and the sheet that shows it."""

    sentence: str
    advice: str
    sheet: str


def told(warning: Mapping[str, Any]) -> Told | None:
    """Return a warning in words; None for a code that this version does not know."""
    say = _WORDS.get(warning.get("code", ""))
    return say(warning, str(LABEL_NAMES.get(warning.get("label", ""), ""))) if say else None


def decimal(value: float | None) -> str:
    """Return a figure with two decimals."""
    return shown(value, Unit.DECIMAL)


def share(value: float | None) -> str:
    """Return a share as percent."""
    return shown(value, Unit.SHARE)


def _scores(warning: Mapping[str, Any], label: str) -> Told:
    return Told(
        gettext("%(label)s: the scores have moved (index %(psi)s).", label=label, psi=decimal(warning["psi"])),
        gettext("Read a few of the last comments: a new subject, a campaign? If the flags no longer fit, train again."),
        f"scores-{warning['label']}",
    )


def _languages(warning: Mapping[str, Any], _: str) -> Told:
    return Told(
        gettext("The mix of languages has moved (index %(psi)s).", psi=decimal(warning["psi"])),
        gettext("If a language came up, decide some of its comments, then train again."),
        "languages",
    )


def _calibration(warning: Mapping[str, Any], label: str) -> Told:
    return Told(
        gettext("%(label)s: scores are %(ece)s off on average.", label=label, ece=share(warning["ece"])),
        gettext("A threshold no longer holds what it held. Check it in the settings, or train again."),
        f"calibration-{warning['label']}",
    )


def _confirmed(warning: Mapping[str, Any], label: str) -> Told:
    figures = {"share": share(warning["share"]), "before": share(warning["before"])}
    return Told(
        gettext("%(label)s: moderators confirm %(share)s of the flags, %(before)s before.", label=label, **figures),
        gettext("Read some flagged comments that were published. Raise the threshold, or train again."),
        "confirmed",
    )


def _missed(warning: Mapping[str, Any], label: str) -> Told:
    figures = {"share": share(warning["share"]), "answers": warning["answers"]}
    return Told(
        gettext("%(label)s: found in %(share)s of the clear comments (%(answers)s read).", label=label, **figures),
        gettext("The model misses them. Lower the threshold, or train again."),
        "missed",
    )


def _people(warning: Mapping[str, Any], _: str) -> Told:
    figures = {"kappa": decimal(warning["kappa"]), "pairs": warning["pairs"]}
    return Told(
        gettext("Moderators agree little on the same texts (kappa %(kappa)s, %(pairs)s texts).", **figures),
        gettext(
            "Talk about what you judge differently, and write the rule down. No model is clearer than its teachers."
        ),
        "people",
    )


_WORDS: dict[str, Callable[[Mapping[str, Any], str], Told]] = {
    WarningCode.SCORES_DRIFT: _scores,
    WarningCode.LANGUAGES_DRIFT: _languages,
    WarningCode.CALIBRATION: _calibration,
    WarningCode.CONFIRMED_FALLS: _confirmed,
    WarningCode.MISSED: _missed,
    WarningCode.PEOPLE_DISAGREE: _people,
}
