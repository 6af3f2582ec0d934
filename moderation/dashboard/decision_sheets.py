"""The sheets of figures about decisions: how soon, how many without a person, how good, how much people agree."""

from flask_babel import format_decimal, gettext

from moderation.dashboard.language import LABEL_NAMES
from moderation.dashboard.sheets import Column, Row, Sheet, Unit, Value, of_day, shown, span
from moderation.domain.agreement import LEAST_PAIRS
from moderation.domain.words import Label
from moderation.services.statistics import Figures


def times(figures: Figures) -> Sheet:
    """Time to decision by day."""
    whole = figures.lasted.get(None)
    lead = gettext("No moderator decided about a waiting comment in this period.")
    if whole:
        told = {"median": span(whole.median), "p90": span(whole.p90)}
        lead = gettext("Half of the decisions came within %(median)s, nine in ten within %(p90)s.", **told)
    columns = [
        Column(gettext("Median"), Unit.SECONDS, "median"),
        Column(gettext("Nine in ten within"), Unit.SECONDS, "most"),
        Column(gettext("Decisions")),
    ]
    rows = []
    for day in figures.days:
        found = figures.lasted.get(day)
        rows.append(of_day(day, [found.median, found.p90, found.count] if found else [None, None, 0]))
    note = gettext("From the moment a comment came before the moderators until a person decided, each time it waited.")
    return Sheet("times", gettext("Time to decision"), lead, gettext("Day"), columns, rows, "lines", note=note)


def machine(figures: Figures) -> Sheet:
    """What the machine decided alone, by day."""
    decided, alone = (sum(counts) for counts in zip(*figures.decided.values(), strict=True))
    lead = gettext("Nothing is decided yet.")
    if decided:
        told = {"share": shown(alone / decided, Unit.SHARE), "number": format_decimal(decided)}
        lead = gettext("The machine alone decided %(share)s of %(number)s decided comments.", **told)
    rows = [of_day(d, [a / n if n else None, a, n]) for d, (n, a) in figures.decided.items()]
    columns = [
        Column(gettext("Share"), Unit.SHARE, "alone"),
        Column(gettext("By the machine alone")),
        Column(gettext("Decided in all")),
    ]
    title = gettext("Decided by the machine alone")
    return Sheet("machine", title, lead, gettext("Day"), columns, rows, "lines")


def audit(figures: Figures) -> Sheet:
    """The precision of what the machine publishes alone, as the audit sample measures it."""
    sample = figures.sampled
    found = sample.precision
    lead = gettext("No comment of the audit sample has been judged yet, so nothing can be said.")
    if found:
        lead = gettext(
            "%(share)s of what the machine would have published was published by a person, too (95%% interval:"
            " %(low)s to %(high)s).",
            share=shown(found.share, Unit.SHARE),
            low=shown(found.low, Unit.SHARE),
            high=shown(found.high, Unit.SHARE),
        )
    missed = [
        Row(gettext("Missed: %(label)s", label=LABEL_NAMES[label]), [sample.missed.get(label, 0)]) for label in Label
    ]
    rows = [
        Row(gettext("Drawn into the audit sample"), [sample.drawn]),
        Row(gettext("Judged by a person"), [sample.judged]),
        Row(gettext("Published"), [sample.published]),
        Row(gettext("Rejected"), [sample.judged - sample.published]),
        *missed,
    ]
    note = gettext("Measured on clear comments that a person reads by chance. What is rejected alone is not sampled.")
    title = gettext("Precision of the machine, from the audit sample")
    return Sheet("audit", title, lead, gettext("Audit sample"), [Column(gettext("Comments"))], rows, note=note)


def appeals(figures: Figures) -> Sheet:
    """Appeals of writers, and how many were overturned."""
    found = figures.appeals
    lead = gettext("No appeal was decided in this period.")
    if found.decided:
        told = {"share": shown(found.overturned / found.decided, Unit.SHARE), "number": format_decimal(found.decided)}
        lead = gettext("%(share)s of %(number)s decided appeals were overturned.", **told)
    rows = [
        Row(gettext("Comments with an appeal"), [found.received]),
        Row(gettext("Decided"), [found.decided]),
        Row(gettext("The decision stands"), [found.decided - found.overturned]),
        Row(gettext("Overturned"), [found.overturned]),
    ]
    note = gettext("Another moderator than the first decides about an appeal. What is overturned teaches the models.")
    title = gettext("Appeals of writers")
    return Sheet("appeals", title, lead, gettext("Appeals"), [Column(gettext("Comments"))], rows, note=note)


def agreement(figures: Figures) -> Sheet:
    """How far two moderators agree."""
    verdict, *by_label = figures.agreements
    told = {"count": format_decimal(verdict.pairs), "least": LEAST_PAIRS}
    lead = gettext("Not enough yet: two moderators judged %(count)s texts, %(least)s are needed.", **told)
    if verdict.enough and verdict.kappa is not None:
        told = {"kappa": shown(verdict.kappa, Unit.DECIMAL), "count": format_decimal(verdict.pairs)}
        lead = gettext("Cohen’s kappa is %(kappa)s on %(count)s texts that two moderators judged.", **told)
    rows = []
    names = [gettext("Publish or reject"), *map(str, LABEL_NAMES.values())]
    for name, one in zip(names, [verdict, *by_label], strict=True):
        values: list[Value] = [one.pairs, one.same, one.kappa] if one.enough else [one.pairs, None, None]
        rows.append(Row(name, values))
    columns = [
        Column(gettext("Texts")),
        Column(gettext("Same answer"), Unit.SHARE),
        Column(gettext("Kappa"), Unit.DECIMAL),
    ]
    return Sheet(
        "agreement",
        gettext("Agreement between moderators"),
        lead,
        gettext("Question"),
        columns,
        rows,
        note=gettext(
            "1 is full agreement, 0 is chance. These texts came back by a report, an appeal or an undo: seldom the"
            " easy ones, and the second person may know what the first one said."
        ),
    )


def people(figures: Figures) -> Sheet:
    """What each moderator decided; no ranking."""
    rows = [
        Row(one.name, [one.published + one.rejected, one.published, one.rejected, one.undone], foreign=True)
        for one in figures.people
    ]
    names = (gettext("Decisions"), gettext("Published"), gettext("Rejected"), gettext("Taken back later"))
    return Sheet(
        "people",
        gettext("Decisions by moderator"),
        gettext("By name. The numbers say who was at the desk, not who worked well."),
        gettext("Moderator"),
        [Column(name) for name in names],
        rows,
        empty=gettext("Nobody decided in this period."),
    )
