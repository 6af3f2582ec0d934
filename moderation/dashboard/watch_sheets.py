"""The sheets of the watch: what a report found, as tables that are drawn. What is too little to say so is said so.

The sheets about people are in `watch_people_sheets`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from babel import Locale
from flask_babel import format_date, get_locale, gettext

from moderation.dashboard.language import LABEL_NAMES
from moderation.dashboard.sheets import Column, Row, Sheet, Unit, Value, of_day
from moderation.dashboard.watch_words import decimal, share
from moderation.domain.calibration import LEAST_ANSWERS, LEAST_OF_A_KIND
from moderation.domain.drift import LEAST_COMMENTS, OTHERS
from moderation.domain.watching import DRIFT_FROM
from moderation.domain.words import Label
from moderation.storage.watch_reports import WatchReportRecord

LEAST_A_WEEK = 10
"""With fewer answers a week has no share."""

Figures = Mapping[str, Any]
Make = Callable[[Figures, Sequence[WatchReportRecord]], Sheet | None]


def scores(label: Label) -> Make:
    """Return what makes the sheet of the scores of one label: the last days against what they are held against."""

    def make(figures: Figures, _: Sequence[WatchReportRecord]) -> Sheet | None:
        found = figures["labels"].get(label, {}).get("scores")
        if not found:
            return None
        title = gettext("%(label)s: scores", label=LABEL_NAMES[label])
        before, now = found["before_bins"], found["now_bins"]
        rows = [
            Row(_tenth(place), [old / max(found["before"], 1), new / max(found["now"], 1)], _tenth(place))
            for place, (old, new) in enumerate(zip(before, now, strict=True))
        ]
        columns = [
            Column(_against(found["against"]), Unit.SHARE, "most"),
            Column(gettext("Last 7 days"), Unit.SHARE, "median"),
        ]
        lead, rows = _drift(found, rows)
        return sheet(f"scores-{label}", title, lead, gettext("Score"), columns, rows, "lines")

    return make


def calibration(label: Label) -> Make:
    """Return what makes the sheet of the calibration of one label: what a score says against what people say."""

    def make(figures: Figures, _: Sequence[WatchReportRecord]) -> Sheet | None:
        found = figures["labels"].get(label, {}).get("calibration")
        if not found:
            return None
        lead = gettext(
            "Not enough yet: %(answers)s answers in 28 days, %(audited)s of the audit sample; %(least)s are needed,"
            " %(each)s of them yes and %(each)s no.",
            answers=found["answers"],
            audited=found["audited"],
            least=LEAST_ANSWERS,
            each=LEAST_OF_A_KIND,
        )
        if found["ece"] is not None:
            told = {name: share(found[name]) for name in ("ece", "low", "high", "by_chance")}
            lead = gettext(
                "Scores are %(ece)s off on average (95%% interval: %(low)s to %(high)s)."
                " Up to %(by_chance)s would be chance.",
                **told,
            )
        rows = [
            Row(_tenth(place), [one["score"], one["share"], one["answers"]], _tenth(place))
            for place, one in enumerate(found["bins"])
        ]
        columns = [
            Column(gettext("What the scores say"), Unit.SHARE, "most"),
            Column(gettext("What people say"), Unit.SHARE, "median"),
            Column(gettext("Answers")),
        ]
        title = gettext("%(label)s: do scores mean what they say?", label=LABEL_NAMES[label])
        note = gettext("From held comments and the audit sample; each of that stands for all that were not drawn.")
        return sheet(f"calibration-{label}", title, lead, gettext("Score"), columns, rows, "lines", note)

    return make


def confirmed(figures: Figures, _: Sequence[WatchReportRecord]) -> Sheet:
    """Return the share of flags that moderators confirmed, by week."""
    columns = [Column(str(LABEL_NAMES[label]), Unit.SHARE, label) for label in Label]
    columns += [Column(gettext("%(label)s: answers", label=LABEL_NAMES[label])) for label in Label]
    by_label = [figures["labels"].get(label, {}).get("weeks", []) for label in Label]
    begins = next(([week["week"] for week in weeks] for weeks in by_label if weeks), [])
    rows = []
    for place, begin in enumerate(begins):
        found = [weeks[place] if weeks else {"flagged": 0, "confirmed": 0} for weeks in by_label]
        parts: list[Value] = [
            week["confirmed"] / week["flagged"] if week["flagged"] >= LEAST_A_WEEK else None for week in found
        ]
        rows.append(of_week(begin, [*parts, *(week["flagged"] for week in found)]))
    lead = gettext("How many of its flags moderators confirmed, by week of their answer.")
    if not any(value is not None for row in rows for value in row.values[: len(Label)]):
        most = max((week["flagged"] for weeks in by_label for week in weeks), default=0)
        told = {"most": most, "least": LEAST_A_WEEK}
        lead, rows = (
            gettext(
                "Not enough yet: at most %(most)s flags of a kind were answered in a week; %(least)s are needed.",
                **told,
            ),
            [],
        )
    note = gettext("What was decided many at once is left out.")
    title = gettext("The model and the moderators")
    return sheet("confirmed", title, lead, gettext("Week from"), columns, rows, "lines", note)


def missed(figures: Figures, _: Sequence[WatchReportRecord]) -> Sheet:
    """Return what the audit sample of four weeks found that no flag had told."""
    rows = []
    for label in Label:
        weeks = figures["labels"].get(label, {}).get("weeks", [])[-4:]
        read, hits = sum(week["audited"] for week in weeks), sum(week["missed"] for week in weeks)
        rows.append(Row(str(LABEL_NAMES[label]), [read, hits, hits / read if read else None]))
    lead = gettext("Of clear comments that people read by chance, those that carry the label all the same.")
    columns = [Column(gettext("Read")), Column(gettext("Missed")), Column(gettext("Share"), Unit.SHARE)]
    if not any(row.values[0] for row in rows):
        lead, rows = gettext("Not enough yet: no comment of the audit sample was judged in four weeks."), []
    title = gettext("Missed by the model")
    return sheet("missed", title, lead, gettext("Label"), columns, rows)


def languages(figures: Figures, _: Sequence[WatchReportRecord]) -> Sheet:
    """Return the mix of languages before and now."""
    found = figures["languages"]
    rows = [
        Row(_language(code), [old / max(found["before"], 1), new / max(found["now"], 1)])
        for code, (old, new) in sorted(found["mix"].items(), key=lambda item: (item[0] == OTHERS, -sum(item[1])))
    ]
    columns = [
        Column(gettext("Before"), Unit.SHARE, bar=True),
        Column(gettext("Last 7 days"), Unit.SHARE, bar=True),
    ]
    lead, rows = _drift(found, rows)
    note = gettext("Before: the comments that taught the model; for the shipped one, its first 28 days here.")
    return sheet("languages", gettext("Languages"), lead, gettext("Language"), columns, rows, "", note)


def course(_: Figures, history: Sequence[WatchReportRecord]) -> Sheet | None:
    """Return how the drift went over the last days; None while there is nothing to draw."""
    rows = []
    for report in reversed(history):
        labels = report.figures.get("labels", {})
        found: list[Value] = [labels.get(label, {}).get("scores", {}).get("psi") for label in Label]
        rows.append(of_day(report.made_at.astimezone(UTC).date(), found))
    if sum(any(value is not None for value in row.values) for row in rows) < 2:
        return None
    columns = [Column(str(LABEL_NAMES[label]), Unit.DECIMAL, label) for label in Label]
    lead = gettext("The index of each day. Below 0.1 nothing has moved; from 0.25 it is a large shift.")
    return sheet("course", gettext("Drift of scores, by day"), lead, gettext("Day"), columns, rows, "lines")


def _drift(found: Figures, rows: list[Row]) -> tuple[str, list[Row]]:
    """Return the sentence about an index, and the rows where there is one."""
    if found["psi"] is None:
        told = {"now": found["now"], "before": found["before"], "least": LEAST_COMMENTS}
        words = gettext(
            "Not enough yet: %(now)s comments in 7 days, %(before)s before; %(least)s each are needed.", **told
        )
        return words, []
    psi = decimal(found["psi"])
    if found["psi"] >= max(DRIFT_FROM, found["by_chance"]):
        return gettext("A large shift: index %(psi)s (PSI).", psi=psi), rows
    if found["psi"] > max(0.1, found["by_chance"]):
        return gettext("A small shift: index %(psi)s (PSI).", psi=psi), rows
    return gettext("Nothing has moved: index %(psi)s (PSI).", psi=psi), rows


def sheet(
    key: str,
    title: str,
    lead: str,
    head: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    drawing: str = "",
    note: str = "",
) -> Sheet:
    """Return a sheet; without rows it is not drawn, and only its sentence is left."""
    return Sheet(key, title, lead, head, columns, rows, drawing if rows else "", note if rows else "")


def _against(kind: str) -> str:
    return str(gettext("In the shadow") if kind == "shadow" else gettext("First 28 days"))


def _tenth(place: int) -> str:
    return f"{place * 10}–{place * 10 + 10}"


def of_week(begin: str, values: Sequence[Value]) -> Row:
    """Return the row of one week, named by its Monday."""
    day = date.fromisoformat(begin)
    short = of_day(day, []).short
    return Row(format_date(day, "d MMM y"), values, short, begin)


def _language(code: str) -> str:
    if code == OTHERS:
        return str(gettext("Other languages"))
    names: Mapping[str, str] = Locale.parse(str(get_locale())).languages
    return names.get(code, code)
