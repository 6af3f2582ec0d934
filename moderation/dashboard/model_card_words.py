"""The words of cards: names of their parts, figures and guards, and how each figure is written."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, format_percent, get_locale, gettext, lazy_gettext

from moderation.dashboard.language import LABEL_NAMES
from moderation.domain.words import Route

ROUTE_NAMES: dict[str, Any] = {
    Route.QUEUE: lazy_gettext("The policy held it"),
    Route.AUDIT: lazy_gettext("Audit sample"),
    Route.LEARNING: lazy_gettext("Chosen because its answer teaches most"),
    Route.REPORT: lazy_gettext("Reader reports"),
    Route.APPEAL: lazy_gettext("Appeals"),
    Route.ESCALATION: lazy_gettext("Escalated by a colleague"),
    Route.BULK: lazy_gettext("Decided with many others"),
    Route.FREE: lazy_gettext("Found by search or in the history"),
    Route.SECOND: lazy_gettext("Judged twice, blind"),
}
_NAMES: dict[str, Any] = {
    "seed": lazy_gettext("Seed of chance"),
    "champion": lazy_gettext("Proven against"),
    "usable": lazy_gettext("Decisions about this label"),
    "true": lazy_gettext("of them for the label"),
    "folded": lazy_gettext("Copies of a text that were folded"),
    "strength": lazy_gettext("Strength of what holds it to the shipped model"),
    "hold": lazy_gettext("Strength of what keeps the knowledge of the shipped model"),
    "losses": lazy_gettext("Log loss by strength"),
    "dense": lazy_gettext("How far meanings were turned"),
    "slope": lazy_gettext("Slope of the shipped score"),
    "bias": lazy_gettext("Shift of the shipped score"),
    "ngrams": lazy_gettext("Pieces of words that it learned"),
    "bytes": lazy_gettext("Size in bytes"),
}
_MEASURES: dict[str, Any] = {
    "accuracy": lazy_gettext("share judged rightly"),
    "auc": lazy_gettext("AUC"),
    "spread": lazy_gettext("spread between groups"),
}


def name_of(key: str) -> str:
    """Return the name of a figure; what has none is shown as the card has it."""
    return str(_NAMES.get(key) or key.replace("_", " "))


def route(key: str) -> str:
    """Return how comments of this route came before a person."""
    return str(ROUTE_NAMES.get(key, key))


def language(code: str) -> str:
    """Return the name of a language."""
    found = get_locale().languages.get(code) if code.isascii() else None
    return str(found or code)


def guard(name: str) -> str:
    """Return the name of a guard: a slice of a guard set, and what was measured on it."""
    slice_, _, measure = name.rpartition(": ")
    if not slice_:
        return name
    return f"{_slice(slice_)} – {_MEASURES.get(measure, measure)}"


def _slice(name: str) -> str:
    kind, _, rest = name.rpartition(" ") if name.startswith(("language ", "pairs ")) else ("", "", "")
    if name == "all":
        return str(gettext("Everything"))
    if kind == "language":
        return str(gettext("Language: %(name)s", name=language(rest)))
    if kind == "pairs":
        return str(gettext("Pairs of comment and article: %(kind)s", kind=rest))
    if name == "calm identity sentences":
        return str(gettext("Calm sentences that name a group of people"))
    if name.startswith("family "):
        return str(gettext("Functional test: %(name)s", name=name.removeprefix("family ")))
    if name.startswith("functional tests "):
        return str(gettext("Functional tests: %(name)s", name=language(name.removeprefix("functional tests "))))
    return name


def in_words(name: str, value: Any) -> str:
    """Return one figure for reading; a difference carries its sign."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, int | float):
        if name.endswith("share"):
            return str(format_percent(value, "0.#%"))
        sign = "+" if name in _SIGNED and value > 0 else ""
        return f"{sign}{format_decimal(value, '#,##0' if float(value).is_integer() else '0.000')}"
    if isinstance(value, list | tuple):
        return ", ".join(in_words(name, one) for one in value) or "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name_of(str(key))} {in_words(str(key), one)}" for key, one in value.items()) or "–"
    return str(LABEL_NAMES.get(value, value)) if name == "label" else str(value)


_SIGNED = ("change", "gain", "low", "high", "gain_without")
