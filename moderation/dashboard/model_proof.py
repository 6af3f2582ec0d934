"""How much better a version is on the newsroom's later decisions, read from its findings: as a table, as a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from moderation.dashboard.model_card_words import guard, in_words


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
class Compared:
    """One figure of what judged before and of a version, on the same decisions."""

    before: float
    after: float


def figures_of(findings: Sequence[Mapping[str, Any]], code: str) -> Mapping[str, Any]:
    """Return the figures of a finding; none where it was not asked."""
    found = [one.get("figures") for one in findings if one.get("code") == code]
    return found[0] if found and isinstance(found[0], Mapping) else {}


def number(figures: Mapping[str, Any], name: str) -> float | None:
    """Return a figure that is a number; None for anything else."""
    value = figures.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def auc(findings: Sequence[Mapping[str, Any]]) -> Compared | None:
    """Return the AUC on the newsroom's later decisions; None where none was measured."""
    figures = figures_of(findings, "gain")
    before, after = number(figures, "champion"), number(figures, "challenger")
    return None if before is None or after is None else Compared(before, after)


def measured(findings: Sequence[Mapping[str, Any]]) -> str:
    """Say in one sentence how well a version did; nothing where its findings do not say."""
    found = auc(findings)
    if found is None:
        return ""
    told = {"before": in_words("", found.before), "after": in_words("", found.after)}
    return str(gettext("AUC on later decisions: %(before)s before, %(after)s with it.", **told))


def proof(findings: Sequence[Mapping[str, Any]]) -> Table:
    """Return what judged before and the version, side by side on the same decisions."""
    gain, promise = figures_of(findings, "gain"), figures_of(findings, "calibration")
    rows = []
    if gain:
        between = gettext("%(low)s to %(high)s", low=_signed(gain.get("low")), high=_signed(gain.get("high")))
        rows.append(_row(gettext("AUC (1: perfect order, 0.5: chance)"), gain, "champion", "challenger", between))
    if promise:
        rows += [
            _row(gettext("Log loss (less is better)"), promise, "champion_loss", "challenger_loss"),
            _row(gettext("Calibration error (less is better)"), promise, "champion_error", "challenger_error"),
        ]
    lead = ""
    if gain.get("rows") is not None:
        lead = gettext(
            "Measured on the last %(rows)s decisions, which did not teach it. The interval is drawn a thousand times "
            "from them (bootstrap).",
            rows=in_words("", gain["rows"]),
        )
    columns = ["", gettext("Before"), gettext("This version"), gettext("Change"), gettext("95 % interval")]
    return Table("proof", gettext("On later decisions"), columns, rows, lead=lead, note=_trade_off(gain, findings))


def _row(head: str, figures: Mapping[str, Any], before: str, after: str, between: str = "–") -> Line:
    first, second = number(figures, before), number(figures, after)
    change = "–" if first is None or second is None else _signed(second - first)
    return Line(head, [in_words("", figures.get(before)), in_words("", figures.get(after)), change, between])


def _signed(value: Any) -> str:
    return in_words("change", value)


def _trade_off(gain: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    guards = figures_of(findings, "guards")
    if not guards or number(gain, "gain") is None:
        return ""
    return str(
        gettext(
            "The trade-off: %(gain)s AUC on this newsroom's decisions, for %(change)s at the guard that moved worst"
            " (%(worst)s).",
            gain=_signed(gain["gain"]),
            change=_signed(guards.get("change")),
            worst=guard(str(guards.get("worst"))),
        )
    )
