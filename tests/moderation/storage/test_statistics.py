"""Every figure of the statistics, against counting the same rows one by one in Python."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from moderation.database import Database
from moderation.domain.words import CommentStatus, Origin, Verdict
from moderation.services.statistics import window_of
from moderation.storage import decision_statistics, statistics
from moderation.storage.comments import CommentRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.statistics import Window
from tests.moderation.storage.invented import BEGIN, SPAN, Past, invent

ZONES = ("UTC", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu", "Pacific/Auckland")
SEEDS = range(5)
NOW = BEGIN + SPAN


class Desk:
    """A past that was drawn by lot, and what is counted of it: two of three sites, a week, in some time zone."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.past = session, invent(session, seed)
        zone = ZONES[seed % len(ZONES)]
        sites = [site.id for site in self.past.sites[:2]]
        self.window: Window = window_of(sites, 7, zone, NOW - timedelta(days=3))
        self.zone = ZoneInfo(zone)

    def comments(self) -> list[CommentRecord]:
        """Return the comments that came in the window."""
        window = self.window
        inside = [comment for comment in self.past.comments if window.since <= comment.received_at < window.until]
        return [comment for comment in inside if comment.site_id in window.sites]

    def decisions(self) -> list[DecisionRecord]:
        """Return the decisions of people that were taken in the window, acts of undoing left out."""
        window = self.window
        inside = [one for one in self.past.decisions if window.since <= one.decided_at < window.until]
        return [one for one in inside if one.site_id in window.sites and one.moderator_id and not one.undoes_id]

    def day(self, moment: datetime) -> date:
        """Return the day of a moment where the moderator is."""
        return moment.astimezone(self.zone).date()

    def held(self, comment: CommentRecord) -> DecisionRecord | None:
        """Return the newest decision about a comment."""
        return next((one for one in self.past.decisions if one.id == comment.decision_id), None)


@pytest.fixture(params=SEEDS)
def desk(database: Database, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Return one of several pasts."""
    with database.session() as session:
        yield Desk(session, request.param)


def test_arrivals_by_hour_and_status(desk: Desk) -> None:
    """Comments are counted once each, in the hour of the zone in which they came, under the status they have."""
    expected: Counter[tuple[datetime, str]] = Counter()
    for comment in desk.comments():
        local = comment.received_at.astimezone(desk.zone).replace(minute=0, second=0, microsecond=0, tzinfo=None)
        expected[local, comment.status] += 1
    found = statistics.arrivals(desk.session, desk.window)
    assert {(one.hour, one.status): one.count for one in found} == expected
    assert len(expected) > 20


def test_labels_that_hold(desk: Desk) -> None:
    """A comment counts for each label of its newest decision, on the day it came; deleted ones do not."""
    expected: Counter[tuple[date, str]] = Counter()
    for comment in desk.comments():
        newest = desk.held(comment)
        if newest and comment.status != CommentStatus.DELETED:
            expected.update((desk.day(comment.received_at), label) for label in newest.labels)
    found = decision_statistics.by_label(desk.session, desk.window)
    assert {(one.day, one.what): one.count for one in found} == expected
    assert expected


def test_what_people_had_part_in(desk: Desk) -> None:
    """Comments whose newest decision is a person's are counted by day and status."""
    expected: Counter[tuple[date, str]] = Counter()
    for comment in desk.comments():
        newest = desk.held(comment)
        if newest and newest.moderator_id:
            expected[desk.day(comment.received_at), comment.status] += 1
    found = decision_statistics.by_people(desk.session, desk.window)
    assert {(one.day, one.what): one.count for one in found} == expected
    assert expected


def test_how_long_the_waiting_have_waited(desk: Desk) -> None:
    """Ages are counted from the first thing that brought a comment before the moderators, of these sites only."""
    ages = []
    for comment in desk.past.comments:
        since = [comment.reported_at, comment.appealed_at, comment.escalated_at]
        since.append(comment.received_at if comment.status == CommentStatus.IN_REVIEW else None)
        if comment.site_id in desk.window.sites and any(since):
            ages.append((NOW - min(at for at in since if at)).total_seconds())
    ages = [max(age, 0) for age in ages]
    limits = [3_600, 86_400, 5 * 86_400]
    found = statistics.waiting(desk.session, desk.window.sites, NOW, limits)
    edges = [0, *limits, float("inf")]
    assert list(found.counts) == [sum(a <= age < b for age in ages) for a, b in pairwise(edges)]
    assert (found.median, found.p90) == pytest.approx((median(ages), quantile(ages, 0.9)))
    assert found.oldest == pytest.approx(max(ages))


def test_time_to_decision(desk: Desk) -> None:
    """Each time a comment waited counts once, from being held to a person's decision, by the day of that decision."""
    waits: dict[date | None, list[float]] = {}
    for decision in desk.decisions():
        earlier = [one for one in desk.past.decisions if one.comment_id == decision.comment_id and one.id < decision.id]
        if earlier and earlier[-1].verdict == Verdict.REVIEW:
            waited = (decision.decided_at - earlier[-1].decided_at).total_seconds()
            for day in (desk.day(decision.decided_at), None):
                waits.setdefault(day, []).append(waited)
    found = {one.day: one for one in decision_statistics.lasting(desk.session, desk.window)}
    assert {day: one.count for day, one in found.items()} == {day: len(values) for day, values in waits.items()}
    for day, values in waits.items():
        assert found[day].median == pytest.approx(median(values))
        assert found[day].p90 == pytest.approx(quantile(values, 0.9))
    assert len(waits) > 3


def test_the_audit_sample(desk: Desk) -> None:
    """Each text drawn in the window counts once, under the last answer of a person that was not taken back."""
    window, expected = desk.window, Counter[tuple[str | None, tuple[str, ...]]]()
    for drawn in desk.past.decisions:
        inside = window.since <= drawn.decided_at < window.until and drawn.site_id in window.sites
        if inside and drawn.audit and drawn.origin == Origin.POLICY:
            answers = [
                one
                for one in desk.past.decisions
                if one.revision_id == drawn.revision_id
                and one.moderator_id
                and not one.undoes_id
                and not desk.past.taken_back(one)
            ]
            last = answers[-1] if answers else None
            expected[last.verdict if last else None, tuple(last.labels) if last else ()] += 1
    found = decision_statistics.audit_sample(desk.session, window)
    assert {(one.verdict, tuple(one.labels)): one.count for one in found} == expected
    assert expected


def test_texts_that_two_people_judged(desk: Desk) -> None:
    """Of each text the first two answers in a row of different people are a pair, if the second fell in the window."""
    expected: Counter[tuple[str, tuple[str, ...], str, tuple[str, ...]]] = Counter()
    for revision in sorted({one.revision_id for one in desk.past.decisions}):
        pair = first_pair(desk.past, revision)
        window = desk.window
        if pair and window.since <= pair[1].decided_at < window.until and pair[1].site_id in window.sites:
            expected[pair[0].verdict, tuple(pair[0].labels), pair[1].verdict, tuple(pair[1].labels)] += 1
    found = decision_statistics.double_judged(desk.session, desk.window)
    told = {(one.first, tuple(one.first_labels), one.second, tuple(one.second_labels)): one.count for one in found}
    assert told == expected
    assert expected


def test_the_articles(desk: Desk) -> None:
    """Both orders of articles, with counts of their comments and of those that the policy held."""
    comments: Counter[int] = Counter()
    held: Counter[int] = Counter()
    for comment in desk.comments():
        if comment.article_id and comment.status != CommentStatus.DELETED:
            comments[comment.article_id] += 1
            by_policy = [one for one in desk.past.of(comment) if one.origin == Origin.POLICY and not one.audit]
            held[comment.article_id] += any(one.verdict == Verdict.REVIEW for one in by_policy)
    found = statistics.articles(desk.session, desk.window, 3, 4)
    busiest = sorted(comments, key=lambda key: (-comments[key], key))[:3]
    enough = [key for key in comments if comments[key] >= 4 and held[key]]
    strictest = sorted(enough, key=lambda key: (-held[key] / comments[key], -comments[key], key))[:3]
    assert {one.article_id: (one.comments, one.held) for one in found} == {
        key: (comments[key], held[key]) for key in {*busiest, *strictest}
    }
    assert [one.article_id for one in found if one.by_comments <= 3] == busiest
    by_held = sorted((one for one in found if one.article_id in enough), key=lambda one: one.by_held)
    assert [one.article_id for one in by_held][:3] == strictest
    assert busiest


def test_what_each_moderator_decided(desk: Desk) -> None:
    """Acts of undoing are no decisions; what was taken back is counted as such, by whomever."""
    names = {person.id: person.name for person in desk.past.people}
    expected: dict[str, list[int]] = {}
    for decision in desk.decisions():
        counts = expected.setdefault(names[decision.moderator_id or 0], [0, 0, 0])
        counts[decision.verdict == Verdict.REJECT] += 1
        counts[2] += desk.past.taken_back(decision) is not None
    found = decision_statistics.people(desk.session, desk.window)
    assert {one.name: [one.published, one.rejected, one.undone] for one in found} == expected
    assert [one.name for one in found] == sorted(expected)


def first_pair(past: Past, revision: int) -> tuple[DecisionRecord, DecisionRecord] | None:
    """Return the first two answers in a row of different people about one text."""
    answers = []
    for one in past.decisions:
        undoing = past.taken_back(one)
        withdrawn = undoing is not None and undoing.moderator_id == one.moderator_id
        if one.revision_id == revision and one.moderator_id and not one.undoes_id and not withdrawn:
            answers.append(one)
    pairs = pairwise(answers)
    return next(((a, b) for a, b in pairs if a.moderator_id != b.moderator_id), None)


def quantile(values: list[float], share: float) -> float:
    """Return the value below which this share lies, between neighbours in proportion."""
    place = share * (len(values) - 1)
    low = sorted(values)[int(place)]
    high = sorted(values)[min(int(place) + 1, len(values) - 1)]
    return low + (high - low) * (place - int(place))


def test_a_window_is_whole_days_of_the_zone() -> None:
    """The last days begin at midnight of the zone and end with today, also where a day has twenty-five hours."""
    now = datetime(2026, 10, 26, 22, 30, tzinfo=UTC)
    window = window_of([1], 2, "Europe/Paris", now)
    assert window.since == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert window.until == datetime(2026, 10, 26, 23, tzinfo=UTC)
    late = window_of([1], 7, "Asia/Kathmandu", now)
    assert late.since.astimezone(ZoneInfo("Asia/Kathmandu")).date() == date(2026, 10, 21)
