"""What speaks for or against a version, as sentences: one for each code that learning and the shadow know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext

from moderation.dashboard.model_card_words import guard, in_words

_SHADOW = (
    lazy_gettext(
        "In the shadow it would have flagged %(shadow_share)s of %(comments)s comments; "
        "what judges now flagged %(counted_share)s."
    ),
    lazy_gettext(
        "In the shadow it would have flagged %(shadow_share)s of %(comments)s comments, "
        "far more than what judges now (%(counted_share)s)."
    ),
)
SENTENCES: dict[str, tuple[Any, Any]] = {  # code: in favour, against
    "examples": (
        lazy_gettext(
            "There are enough decisions: %(true)s for this label and %(false)s against it; "
            "the last %(later)s of them only proved."
        ),
        lazy_gettext(
            "There are too few decisions about this label: %(true)s for and %(false)s against it so far; "
            "at least %(missing)s more are needed."
        ),
    ),
    "consistent": (
        lazy_gettext("The decisions fit together: seen by a model that did not know them, AUC %(auc)s."),
        lazy_gettext("The decisions do not fit together: AUC %(auc)s, where %(needed)s is the least."),
    ),
    "gain": (
        lazy_gettext(
            "It is better on %(rows)s later decisions: AUC %(champion)s before, %(challenger)s now "
            "(95%% interval of the gain: %(low)s to %(high)s)."
        ),
        lazy_gettext(
            "It is not surely better on %(rows)s later decisions: AUC %(champion)s before, %(challenger)s now "
            "(95%% interval of the gain: %(low)s to %(high)s)."
        ),
    ),
    "calibration": (
        lazy_gettext("Its scores keep what they promise: log loss %(champion_loss)s before, %(challenger_loss)s now."),
        lazy_gettext(
            "Its scores promise worse than before: log loss %(champion_loss)s before, %(challenger_loss)s now; "
            "calibration error %(champion_error)s before, %(challenger_error)s now."
        ),
    ),
    "guards": (
        lazy_gettext("None of the %(guards)s guards got worse; the nearest to it: %(worst)s (%(change)s)."),
        lazy_gettext("Of %(guards)s guards, %(lost)s got worse; the worst: %(worst)s (%(change)s)."),
    ),
    "contradiction": (
        lazy_gettext("No moderator contradicts the others."),
        lazy_gettext(
            "The decisions of %(moderator)s contradict those of the others: a model that the others taught reaches "
            "AUC %(auc)s on %(rows)s of them, and %(others)s on the others'."
        ),
    ),
    "burst": (
        lazy_gettext("No single sitting contradicts the rest."),
        lazy_gettext(
            "One sitting of %(moderator)s contradicts the rest: a model that the others taught reaches "
            "AUC %(auc)s on its %(rows)s decisions, and %(others)s elsewhere."
        ),
    ),
    "carried": (
        lazy_gettext("The gain does not hang on one moderator."),
        lazy_gettext(
            "The gain hangs on one moderator: without the later decisions of %(moderator)s, "
            "the AUC changes by %(gain_without)s."
        ),
    ),
    "shadow_floods": _SHADOW,
    "shadow_unjudged": (
        lazy_gettext("In the shadow it judged nearly every comment."),
        lazy_gettext("In the shadow it left %(unjudged_share)s of %(comments)s comments unjudged."),
    ),
    "champion_changed": (
        lazy_gettext("What judges now is still what it was proven against."),
        lazy_gettext("It was proven against another model than the one that judges now."),
    ),
    "artefact_refused": (
        lazy_gettext("Its file can be read."),
        lazy_gettext("A worker refused its file, so it can never judge: %(why)s"),
    ),
    "imported": (
        lazy_gettext("It was imported from %(from)s."),
        lazy_gettext("It was imported from %(from)s, and never proven here."),
    ),
    "another_in_shadow": (
        lazy_gettext("No other model was in the shadow."),
        lazy_gettext("It is better, but %(challenger)s is in the shadow already and goes first."),
    ),
}


@dataclass(frozen=True)
class Said:
    """One finding in words."""

    code: str
    passed: bool
    sentence: str


def told(findings: Iterable[Mapping[str, Any]], names: Mapping[int, str]) -> list[Said]:
    """Return each finding as a sentence; a code that nobody knows here shows itself with its figures.

    `names` of moderators is empty for those who may not read figures about them.
    """
    return [_said(str(one.get("code", "?")), one.get("passed") is True, one.get("figures"), names) for one in findings]


def _said(code: str, passed: bool, figures: Any, names: Mapping[int, str]) -> Said:
    shown = {}
    if isinstance(figures, Mapping):
        shown = {str(name): _figure(str(name), value, names) for name, value in figures.items()}
    try:
        sentence = str(SENTENCES[code][0 if passed else 1]) % shown
    except (KeyError, ValueError, TypeError):
        sentence = f"{code}: {', '.join(f'{name} {value}' for name, value in shown.items()) or '–'}"
    return Said(code, passed, sentence)


def _figure(name: str, value: Any, names: Mapping[int, str]) -> str:
    if name == "moderator":
        number = int(value) if str(value).isascii() and str(value).isdigit() and len(str(value)) < 19 else 0
        return names.get(number) or str(gettext("one moderator"))
    return guard(str(value)) if name == "worst" else in_words(name, value)
