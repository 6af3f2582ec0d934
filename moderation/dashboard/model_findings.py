"""What speaks for or against a version, as sentences: one for each code that learning and the shadow know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal, format_percent, lazy_gettext


@dataclass(frozen=True)
class Said:
    """One finding in words."""

    code: str
    passed: bool
    sentence: str


_SENTENCES: dict[str, tuple[Any, Any]] = {  # code: in favour, against
    "shadow_floods": (
        lazy_gettext(
            "In the shadow it would have flagged %(shadow_share)s of %(comments)s comments; "
            "what judges now flagged %(counted_share)s."
        ),
        lazy_gettext(
            "In the shadow it would have flagged %(shadow_share)s of %(comments)s comments, "
            "far more than what judges now (%(counted_share)s)."
        ),
    ),
    "shadow_unjudged": (
        lazy_gettext("In the shadow it judged nearly every comment."),
        lazy_gettext("In the shadow it left %(unjudged_share)s of %(comments)s comments unjudged."),
    ),
}


def in_words(findings: Iterable[Mapping[str, Any]], names: Mapping[int, str]) -> list[Said]:
    """Return each finding as a sentence; a code that nobody knows here shows itself with its figures."""
    return [
        _said(str(one.get("code", "?")), bool(one.get("passed")), one.get("figures") or {}, names) for one in findings
    ]


def _said(code: str, passed: bool, figures: Mapping[str, Any], names: Mapping[int, str]) -> Said:
    shown = {name: _shown(name, value) for name, value in figures.items()}
    try:
        sentence = str(_SENTENCES[code][0 if passed else 1]) % shown
    except (KeyError, ValueError, TypeError):
        sentence = f"{code}: {', '.join(f'{name} {value}' for name, value in shown.items()) or '–'}"
    return Said(code, passed, sentence)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return str(format_percent(value, "0.#%") if name.endswith("share") else format_decimal(round(value, 3)))
