"""The sheets of the watch about people: how far two moderators agree who judged the same texts blind."""

from collections.abc import Sequence

from flask_babel import gettext

from moderation.dashboard.language import LABEL_NAMES
from moderation.dashboard.sheets import Column, Row, Sheet, Unit
from moderation.dashboard.watch_sheets import Figures, of_week, sheet
from moderation.dashboard.watch_words import decimal
from moderation.domain.agreement import LEAST_PAIRS
from moderation.domain.words import Label
from moderation.storage.watch_reports import WatchReportRecord


def overall(figures: Figures, _: Sequence[WatchReportRecord]) -> Sheet:
    """Return how moderators agree on texts that two of them judged blind: about the verdict, and about each label."""
    found = figures["people"]
    lead = gettext(
        "Not enough yet: %(pairs)s texts were judged twice in eight weeks, %(least)s are needed.",
        pairs=found["pairs"],
        least=LEAST_PAIRS,
    )
    rows = []
    if found["kappa"] is not None:
        told = {"kappa": decimal(found["kappa"]), "pairs": found["pairs"]}
        lead = gettext("Cohen’s kappa is %(kappa)s on %(pairs)s texts; 1 is full agreement, 0 is chance.", **told)
        names = [gettext("Publish or reject"), *(str(LABEL_NAMES[label]) for label in Label)]
        rows = [
            Row(name, [one.get("pairs"), one.get("same"), one.get("kappa")])
            for name, one in zip(names, [found, *(found["labels"].get(label, {}) for label in Label)], strict=True)
        ]
    columns = [
        Column(gettext("Texts")),
        Column(gettext("Same answer"), Unit.SHARE),
        Column(gettext("Kappa"), Unit.DECIMAL),
    ]
    note = gettext("From second looks: the second person sees neither the first answer nor a score.")
    title = gettext("Moderators with each other")
    return sheet("people", title, lead, gettext("Question"), columns, rows, "", note)


def by_week(figures: Figures, _: Sequence[WatchReportRecord]) -> Sheet | None:
    """Return how they agreed week by week; None while fewer than two weeks have enough texts."""
    weeks = figures["people"]["weeks"]
    if sum(one["same"] is not None for one in weeks) < 2:
        return None
    columns = [
        Column(gettext("Same answer"), Unit.SHARE, "median"),
        Column(gettext("Texts")),
        Column(gettext("Kappa"), Unit.DECIMAL),
    ]
    rows = [of_week(one["week"], [one["same"], one["pairs"], one["kappa"]]) for one in weeks]
    lead = gettext("How often the second person gave the same answer; weeks with few texts are left out.")
    title = gettext("Moderators with each other, by week")
    return sheet("people-weeks", title, lead, gettext("Week from"), columns, rows, "lines")
