"""Statistics: what the dashboard draws and tells of a period, put together from counts. Each count is asked once."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from moderation.domain import agreement
from moderation.domain.interval import Measured, wilson
from moderation.domain.words import CommentStatus, Label, Verdict
from moderation.storage import appeals, decision_statistics, statistics
from moderation.storage.decision_statistics import Lasted, Pair, Worked
from moderation.storage.statistics import Arrived, Busy, Waiting, Window

PERIODS = (7, 30, 90)
AGE_LIMITS = (3_600, 4 * 3_600, 86_400, 3 * 86_400, 7 * 86_400)
"""Ages in seconds between which the waiting are counted."""
MOST_ARTICLES = 10
LEAST_COMMENTS = 10
"""An article needs so many comments before its held share says something."""

_DECIDED = (CommentStatus.PUBLISHED, CommentStatus.REJECTED)


@dataclass(frozen=True)
class Sampled:
    """What the audit sample of a period says: drawn, judged by a person so far, published of these, labels missed."""

    drawn: int
    judged: int
    published: int
    missed: Mapping[str, int]

    @property
    def precision(self) -> Measured | None:
        """The share of judged ones that a person published as the machine would have; None without any."""
        return wilson(self.published, self.judged)


@dataclass(frozen=True)
class Agreement:
    """How two moderators agree about one question (the verdict or a label) on texts that both judged."""

    about: str
    pairs: int
    same: float | None
    kappa: float | None

    @property
    def enough(self) -> bool:
        """Whether there are enough texts for the figures to say something."""
        return self.pairs >= agreement.LEAST_PAIRS


def window_of(sites: Collection[int], days: int, zone: str, now: datetime) -> Window:
    """Return the last days of a time zone, today included."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    since = datetime.combine(today - timedelta(days=days - 1), time(), place)
    until = datetime.combine(today + timedelta(days=1), time(), place)
    return Window(sites, since.astimezone(UTC), until.astimezone(UTC), zone)


class Figures:
    """The figures of one window of time; `leads` are the sites whose moderators may be counted one by one."""

    def __init__(self, session: Session, window: Window, leads: Collection[int], now: datetime) -> None:
        self.session, self.window, self.leads, self.now = session, window, leads, now

    @cached_property
    def days(self) -> list[date]:
        """Every day of the window."""
        zone = ZoneInfo(self.window.zone)
        first, end = (at.astimezone(zone).date() for at in (self.window.since, self.window.until))
        return [first + timedelta(days=number) for number in range((end - first).days)]

    @cached_property
    def statuses(self) -> Counter[tuple[date, str]]:
        """Comments by the day on which they came and the status they have."""
        return self._arrived(lambda arrived: (arrived.hour.date(), arrived.status))

    @cached_property
    def hours(self) -> Counter[tuple[int, int]]:
        """Comments by the weekday (Monday is 0) and the hour in which they came."""
        return self._arrived(lambda arrived: (arrived.hour.weekday(), arrived.hour.hour))

    @cached_property
    def labels(self) -> dict[tuple[date, str], int]:
        """Comments by the day on which they came and the labels that hold: a person's word before the machine's."""
        found = decision_statistics.by_label(self.session, self.window)
        return {(told.day, told.what): told.count for told in found}

    @cached_property
    def decided(self) -> dict[date, tuple[int, int]]:
        """Decided comments by the day on which they came: how many in all, and how many by the machine alone."""
        found = decision_statistics.by_people(self.session, self.window)
        by_people = {(told.day, told.what): told.count for told in found}
        found_by_day = {}
        for day in self.days:
            every = sum(self.statuses[day, status] for status in _DECIDED)
            found_by_day[day] = (every, every - sum(by_people.get((day, status), 0) for status in _DECIDED))
        return found_by_day

    @cached_property
    def waiting(self) -> Waiting:
        """How long those have waited that are before the moderators now, whenever they came."""
        return statistics.waiting(self.session, self.window.sites, self.now, AGE_LIMITS)

    @cached_property
    def lasted(self) -> dict[date | None, Lasted]:
        """How long comments waited for a person's decision, by the day of the decision; None: all days."""
        return {lasted.day: lasted for lasted in decision_statistics.lasting(self.session, self.window)}

    @cached_property
    def sampled(self) -> Sampled:
        """What the audit sample says."""
        found = decision_statistics.audit_sample(self.session, self.window)
        judged = [answer for answer in found if answer.verdict]
        missed: Counter[str] = Counter()
        for answer in judged:
            if answer.verdict != Verdict.PUBLISH:
                missed.update(dict.fromkeys(answer.labels, answer.count))
        return Sampled(
            sum(answer.count for answer in found),
            sum(answer.count for answer in judged),
            sum(answer.count for answer in judged if answer.verdict == Verdict.PUBLISH),
            missed,
        )

    @cached_property
    def appeals(self) -> appeals.Counted:
        """Appeals of writers, and what came of them."""
        return appeals.count(self.session, self.window)

    @cached_property
    def agreements(self) -> list[Agreement]:
        """How moderators agree about the verdict, and about each label."""
        pairs = decision_statistics.double_judged(self.session, self.window)
        about_labels = [_agreement(label, pairs, _carries(label)) for label in Label]
        return [_agreement("verdict", pairs, lambda verdict, _: verdict), *about_labels]

    @cached_property
    def articles(self) -> list[Busy]:
        """The articles with most comments and those held most often."""
        return statistics.articles(self.session, self.window, MOST_ARTICLES, LEAST_COMMENTS)

    @cached_property
    def people(self) -> list[Worked]:
        """What each moderator decided, by name, on the sites where this may be seen."""
        window = Window(self.leads, self.window.since, self.window.until, self.window.zone)
        return decision_statistics.people(self.session, window)

    @cached_property
    def _arrivals(self) -> list[Arrived]:
        return statistics.arrivals(self.session, self.window)

    def _arrived(self, key: Callable[[Arrived], tuple[Any, Any]]) -> Counter[tuple[Any, Any]]:
        counts: Counter[tuple[Any, Any]] = Counter()
        for arrived in self._arrivals:
            counts[key(arrived)] += arrived.count
        return counts


def _agreement(about: str, pairs: Sequence[Pair], answer: Callable[[str, Sequence[str]], Hashable]) -> Agreement:
    counts: Counter[tuple[Hashable, Hashable]] = Counter()
    for pair in pairs:
        counts[answer(pair.first, pair.first_labels), answer(pair.second, pair.second_labels)] += pair.count
    return Agreement(about, sum(counts.values()), agreement.agreed(counts), agreement.kappa(counts))


def _carries(label: Label) -> Callable[[str, Sequence[str]], bool]:
    return lambda _, labels: label in labels
