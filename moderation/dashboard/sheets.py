"""Tables of figures as values: shown in the reader's language, drawn by the script, written into a file.

Which figures there are is in `comment_sheets` and `decision_sheets`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from babel.dates import format_skeleton
from babel.numbers import format_percent, get_decimal_symbol
from babel.units import format_unit
from flask_babel import format_date, format_decimal, get_locale

from moderation.dashboard.passages import visible

Value = float | int | str | None

NOTHING = "–"
_SPANS = ((60, "second", 1), (3_600, "minute", 60), (48 * 3_600, "hour", 3_600), (float("inf"), "day", 86_400))


class Unit(StrEnum):
    """What the figures of a column are."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    DECIMAL = "decimal"


@dataclass(frozen=True)
class Column:
    """One column of figures. With a `tone` (a class of the style sheet) it is drawn; `bar` draws it in its cells."""

    name: str
    unit: Unit = Unit.COUNT
    tone: str = ""
    bar: bool = False


@dataclass(frozen=True)
class Row:
    """One row: what it is about, in full, in short below a drawing, and as a file has it; then its figures.

    `foreign` words were written by strangers; `address` is where they lead.
    """

    head: str
    values: Sequence[Value]
    short: str = ""
    plain: str = ""
    foreign: bool = False
    address: str = ""


@dataclass(frozen=True)
class Sheet:
    """One table. `drawing` says how the script draws it: bars, lines, heat, or not at all."""

    key: str
    title: str
    lead: str
    head: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    drawing: str = ""
    note: str = ""
    empty: str = ""

    @property
    def drawn(self) -> list[Column]:
        """The columns that the script draws."""
        return [column for column in self.columns if column.tone]

    def share_of_most(self, index: int, value: Value) -> float:
        """Return a figure as percent of the largest in its column, for a bar in its cell."""
        figures = [float(row.values[index] or 0) for row in self.rows]
        return round(100 * float(value or 0) / max([*figures, 1e-9]), 1)


def shown(value: Value, unit: Unit) -> str:
    """Return a figure as people read it."""
    if value is None or isinstance(value, str):
        return visible(value) if value else NOTHING
    match unit:
        case Unit.SHARE:
            return str(format_percent(round(value, 3), locale=get_locale(), decimal_quantization=False))
        case Unit.SECONDS:
            return span(value)
        case Unit.DECIMAL:
            return str(format_decimal(round(value, 2)))
    return str(format_decimal(value))


def span(seconds: float) -> str:
    """Return a duration in the unit that suits it."""
    name, size = next((name, size) for below, name, size in _SPANS if seconds < below)
    number = seconds / size
    rounded = round(number, 1) if number < 10 and size >= 3_600 else round(number)
    return str(format_unit(rounded, f"duration-{name}", "short", locale=get_locale()))


def of_day(day: date, values: Sequence[Value]) -> Row:
    """Return the row of one day."""
    short = format_skeleton("MMMd", day, locale=get_locale())
    return Row(format_date(day, "EEE d MMM y"), values, short, day.isoformat())


def lines(sheet: Sheet) -> Iterator[list[str]]:
    """Yield the table as rows of a file: durations in seconds, shares from 0 to 1, decimals as the reader writes."""
    yield [sheet.head, *(_title(column) for column in sheet.columns)]
    for row in sheet.rows:
        yield [row.plain or row.head, *map(_plain, row.values)]


def _title(column: Column) -> str:
    return f"{column.name} (s)" if column.unit is Unit.SECONDS else column.name


def _plain(value: Value) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    number = str(value) if isinstance(value, int) else f"{value:.4f}".rstrip("0").rstrip(".")
    return number.replace(".", get_decimal_symbol(get_locale()))
