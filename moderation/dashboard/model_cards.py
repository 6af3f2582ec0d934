"""The card of a version as tables and facts to show: figures before and after, guards, whose examples weigh what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import format_decimal, gettext


@dataclass(frozen=True)
class Compared:
    """One figure of what judged before and of a version, on the same decisions."""

    before: float
    after: float


@dataclass(frozen=True)
class Line:
    """One row of a table, in words; `wrong` where a guard broke."""

    head: str
    cells: Sequence[str]
    wrong: bool = False


@dataclass(frozen=True)
class Table:
    """One table of a card, in words."""

    key: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Line]
    lead: str = ""
    note: str = ""


@dataclass(frozen=True)
class Card:
    """What the page of a version shows of its card."""

    tables: Sequence[Table] = ()
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)


def auc(card: Mapping[str, Any]) -> Compared | None:
    """Return the AUC on the newsroom's later decisions; None where the card holds none."""
    return None


def of_json(card: Mapping[str, Any], names: Mapping[int, str]) -> Card:
    """Return a card in words. `names` of moderators is empty for those who may not read figures about them."""
    return Card()


def measured(card: Mapping[str, Any]) -> str:
    """Say in one sentence how well a version did; nothing where its card does not say."""
    found = auc(card)
    if found is None:
        return ""
    return str(
        gettext(
            "AUC on later decisions: %(before)s before, %(after)s now.",
            before=format_decimal(round(found.before, 3)),
            after=format_decimal(round(found.after, 3)),
        )
    )
