"""The card of a version as tables and facts to show: figures before and after, guards, whose examples weigh what.

A card is JSON that learning wrote, or that came with an imported artefact: nothing in it is taken for granted, and
what has no words here is shown as the card has it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import format_date, gettext

from moderation.dashboard import model_card_words as words
from moderation.dashboard.model_proof import Line, Table, number, proof

TOLERATED = 0.01
"""What a guard may lose: more, and its row is marked."""
_TOLD_ELSEWHERE = {"label", "site", "version", "base", "findings", "guards", "examples", "fitting"}


@dataclass(frozen=True)
class Card:
    """What the page of a version shows of its card."""

    tables: Sequence[Table]
    facts: Sequence[tuple[str, str]]


def of_json(card: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], names: Mapping[int, str]) -> Card:
    """Return a card in words. `names` of moderators is empty for those who may not read figures about them."""
    examples, guards = (_mapping(card.get(part)) for part in ("examples", "guards"))
    tables = [
        proof(findings),
        _guards("guards", gettext("Guards: what must not get worse"), guards, ruling=True),
        _moderators(_mapping(examples.get("moderators")), names),
        _routes(_mapping(examples.get("routes"))),
        _guards("families", gettext("Also looked at: too few sentences each to rule"), guards, ruling=False),
    ]
    return Card([table for table in tables if table.rows], list(_facts(card, examples)))


def _guards(key: str, title: str, guards: Mapping[str, Any], *, ruling: bool) -> Table:
    rows = [
        Line(
            words.guard(str(name)),
            [words.in_words(part, one.get(part)) for part in ("rows", "shipped", "challenger", "change")],
            wrong=ruling and (number(one, "change") or 0.0) < -TOLERATED,
        )
        for name, one in guards.items()
        if isinstance(one, Mapping) and (one.get("rules") is not False) is ruling
    ]
    columns = [gettext("Guard"), gettext("Comments"), gettext("As shipped"), gettext("This version"), gettext("Change")]
    note = gettext("None may lose more than %(most)s.", most=words.in_words("", TOLERATED)) if ruling else ""
    return Table(key, title, columns, rows, note=note)


def _moderators(found: Mapping[str, Any], names: Mapping[int, str]) -> Table:
    """Whose examples weigh what, the heaviest first: only for those who may read figures about people."""
    title = gettext("Whose examples weigh what")
    note = gettext("Who decides a lot, or much at one sitting, counts less for each further decision.")
    rows = [Line(_person(key, names), cells) for key, cells in _shares(found)] if names else []
    return Table("moderators", title, [gettext("Moderator"), *_share_columns()], rows, note=note)


def _routes(found: Mapping[str, Any]) -> Table:
    rows = [Line(words.route(key), cells) for key, cells in _shares(found)]
    title = gettext("How these comments came before a person")
    return Table("routes", title, [gettext("Way"), *_share_columns()], rows)


def _shares(found: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    parts = [(str(key), one) for key, one in found.items() if isinstance(one, Mapping)]
    heaviest = sorted(parts, key=lambda part: -(number(part[1], "share") or 0.0))
    return [(key, [words.in_words(part, one.get(part)) for part in ("examples", "share")]) for key, one in heaviest]


def _share_columns() -> list[str]:
    return [gettext("Examples"), gettext("Share of the weight")]


def _person(key: str, names: Mapping[int, str]) -> str:
    known = key.isascii() and key.isdigit() and len(key) < 19
    return names.get(int(key), key) if known else key


def _facts(card: Mapping[str, Any], examples: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("usable", "true", "folded"):
        if key in examples:
            yield words.name_of(key), words.in_words(key, examples[key])
    first, last = _day(examples.get("first")), _day(examples.get("last"))
    if first and last:
        yield gettext("Decided between"), gettext("%(first)s and %(last)s", first=first, last=last)
    if languages := _mapping(examples.get("languages")):
        counts = [f"{words.language(str(code))} {words.in_words('', count)}" for code, count in languages.items()]
        yield gettext("Languages"), ", ".join(counts)
    for key, value in [*card.items(), *_mapping(card.get("fitting")).items()]:
        if key not in _TOLD_ELSEWHERE and key != "sha256":
            yield words.name_of(str(key)), words.in_words(str(key), value)


def _day(seconds: Any) -> str:
    try:
        return str(format_date(datetime.fromtimestamp(float(seconds), UTC)))
    except (TypeError, ValueError, OverflowError, OSError):
        return ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
