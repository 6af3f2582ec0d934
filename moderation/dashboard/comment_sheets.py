"""The sheets of figures about comments: how many came, when, below which articles, and how long they wait."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise

from babel.dates import format_skeleton, get_day_names
from flask import url_for
from flask_babel import format_decimal, get_locale, gettext, ngettext

from moderation.dashboard.language import LABEL_NAMES, STATUS_NAMES
from moderation.dashboard.sheets import Column, Row, Sheet, Unit, Value, of_day, span
from moderation.domain.words import CommentStatus, Label
from moderation.services.statistics import AGE_LIMITS, LEAST_COMMENTS, MOST_ARTICLES, Figures
from moderation.storage.statistics import Busy

_STATUSES = (
    CommentStatus.PUBLISHED,
    CommentStatus.REJECTED,
    CommentStatus.IN_REVIEW,
    CommentStatus.PENDING,
    CommentStatus.DELETED,
)


def statuses(figures: Figures) -> Sheet:
    """Comments by day and status."""
    total = sum(figures.statuses.values())
    lead = ngettext("%(count)s comment came in,", "%(count)s comments came in,", total, count=format_decimal(total))
    a_day = gettext("%(number)s a day.", number=format_decimal(round(total / len(figures.days))))
    return Sheet(
        "statuses",
        gettext("Comments by status"),
        f"{lead} {a_day}",
        gettext("Day"),
        [Column(str(STATUS_NAMES[status]), tone=status) for status in _STATUSES],
        [of_day(day, [figures.statuses[day, status] for status in _STATUSES]) for day in figures.days],
        "bars",
        note=gettext("The day is the one on which a comment came in, the status is the one it has now."),
    )


def labels(figures: Figures) -> Sheet:
    """Comments by day and label."""
    count = {label: sum(figures.labels.get((day, label), 0) for day in figures.days) for label in Label}
    told = [gettext("%(name)s %(number)s", name=LABEL_NAMES[x], number=format_decimal(count[x])) for x in Label]
    return Sheet(
        "labels",
        gettext("Comments by label"),
        " · ".join(told),
        gettext("Day"),
        [Column(str(LABEL_NAMES[label]), tone=label) for label in Label],
        [of_day(day, [figures.labels.get((day, label), 0) for label in Label]) for day in figures.days],
        "lines",
        note=gettext("Where a moderator decided, their labels count; elsewhere what the classifiers flagged."),
    )


def waiting(figures: Figures) -> Sheet:
    """How long those have waited that wait now."""
    found = figures.waiting
    total = sum(found.counts)
    lead = gettext("Nobody waits.")
    if found.median is not None and found.p90 is not None and found.oldest is not None:
        told = {"count": format_decimal(total), "oldest": span(found.oldest)}
        lead = ngettext(
            "%(count)s comment waits now, for %(oldest)s.",
            "%(count)s comments wait now, the oldest for %(oldest)s.",
            total,
            **told,
        )
        told = {"median": span(found.median), "p90": span(found.p90)}
        if total > 1:
            lead += " " + gettext("Half wait for more than %(median)s, one in ten for more than %(p90)s.", **told)
    limits = [span(limit) for limit in AGE_LIMITS]
    names = [
        gettext("less than %(end)s", end=limits[0]),
        *(gettext("%(begin)s to %(end)s", begin=a, end=b) for a, b in pairwise(limits)),
        gettext("%(begin)s and more", begin=limits[-1]),
    ]
    shorts = [f"< {limits[0]}", *(f"≥ {limit}" for limit in limits)]
    return Sheet(
        "waiting",
        gettext("How long the waiting have waited"),
        lead,
        gettext("For how long"),
        [Column(gettext("Comments that wait"), tone="waits")],
        [Row(*row) for row in zip(names, ([count] for count in found.counts), shorts, strict=True)],
        "bars",
        note=gettext("This is the present moment, whatever the period."),
    )


def hours(figures: Figures) -> Sheet:
    """When comments come, by hour and weekday."""
    names = get_day_names("abbreviated", "stand-alone", get_locale())
    lead = ""
    if figures.hours:
        weekday, hour = max(figures.hours, key=lambda key: (figures.hours[key], key))
        full = get_day_names("wide", "stand-alone", get_locale())[weekday]
        lead = gettext("Most comments come in this hour: %(day)s, %(hour)s.", day=full, hour=_hour(hour, "Hm"))
    return Sheet(
        "hours",
        gettext("Hours of the week"),
        lead,
        gettext("Hour"),
        [Column(names[weekday], tone="hour") for weekday in range(7)],
        [_of_hour(hour, [figures.hours[weekday, hour] for weekday in range(7)]) for hour in range(24)],
        "heat",
        note=gettext("The hours are those of %(zone)s.", zone=figures.window.zone.replace("_", " ")),
    )


def busiest(figures: Figures) -> Sheet:
    """The articles with most comments."""
    found = [busy for busy in figures.articles if busy.by_comments <= MOST_ARTICLES]
    return _articles("articles", gettext("Articles with most comments"), found, by_held=False)


def held(figures: Figures) -> Sheet:
    """The articles whose comments are held most often."""
    found = [
        busy
        for busy in figures.articles
        if busy.by_held <= MOST_ARTICLES and busy.held and busy.comments >= LEAST_COMMENTS
    ]
    found.sort(key=lambda busy: busy.by_held)
    return _articles("held", gettext("Articles held most often"), found, by_held=True)


def _articles(key: str, title: str, found: Sequence[Busy], *, by_held: bool) -> Sheet:
    columns = [
        Column(gettext("Comments"), bar=not by_held),
        Column(gettext("Held for a person")),
        Column(gettext("Held share"), Unit.SHARE, bar=by_held),
    ]
    rows = [
        Row(
            busy.title,
            [busy.comments, busy.held, busy.held / busy.comments],
            foreign=True,
            address=url_for("dashboard.articles.show", article_id=busy.article_id),
        )
        for busy in found
    ]
    lead = gettext("Of articles with %(least)s comments and more.", least=LEAST_COMMENTS) if by_held else ""
    empty = gettext("No article has enough comments in this period.")
    return Sheet(key, title, lead, gettext("Article"), columns, rows, empty=empty)


def _of_hour(hour: int, values: Sequence[Value]) -> Row:
    return Row(_hour(hour, "Hm"), values, _hour(hour, "H"), f"{hour:02}:00")


def _hour(hour: int, skeleton: str) -> str:
    return str(format_skeleton(skeleton, datetime.combine(date.min, time(hour)), locale=get_locale()))
