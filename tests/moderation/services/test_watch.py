"""The watch over the models: every figure against counting the same rows by hand, on the real database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from moderation.database import Database
from moderation.domain import agreement, calibration, drift
from moderation.domain.calibration import Answer
from moderation.domain.words import Label, Verdict
from moderation.services import moderators, watch
from moderation.storage.bulk import BulkRecord
from moderation.storage.sites import SiteRecord
from moderation.storage.watch_reports import WatchReportRecord
from tests.moderation.services.past import Past

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)  # a Thursday
DAY = timedelta(days=1)
SHIPPED = {label.value: "1.0" for label in Label}
Open = Callable[[], Any]


@pytest.fixture
def past(database: Database, site: SiteRecord) -> Open:
    """Return what opens the site's past for writing."""
    with database.session() as session:
        people = [moderators.create(session, f"m{n}@example.org", f"M{n}", "correct horse battery") for n in (1, 2)]

    @contextmanager
    def writing() -> Iterator[Past]:
        with database.session() as session:
            yield Past(session, session.get_one(SiteRecord, site.id), people[0], dict(SHIPPED))

    return writing


def report(database: Database, site: SiteRecord, now: datetime = NOW) -> WatchReportRecord:
    """Have every site measured; return what was found on this one."""
    assert watch.report_all(database, now) == 1
    with database.session() as session:
        found = watch.latest(session, site.id)
    assert found
    return found


def test_an_empty_site_has_a_report_that_says_nothing(database: Database, site: SiteRecord) -> None:
    """Without any comment there are no figures, and no warning."""
    found = report(database, site)
    assert found.warnings == []
    assert found.figures["labels"] == {}
    assert found.figures["languages"]["psi"] is None
    assert (found.figures["people"]["pairs"], found.figures["people"]["kappa"]) == (0, None)


def test_scores_that_move_are_measured_and_warned_of(database: Database, site: SiteRecord, past: Open) -> None:
    """The last seven days against the first 28, by tenth of the score: only the label that moved warns."""
    chance, before, now = Random(1), [0] * drift.BINS, [0] * drift.BINS
    with past() as writing:
        for number in range(240):
            at = NOW - 40 * DAY + number * timedelta(hours=3)  # 30 days: the last two are past the first 28
            score = chance.random() * 0.5
            writing.comment(at, (0.1, None, score))
            before[int(score * 10)] += at < NOW - 40 * DAY + timedelta(days=28)
        for _ in range(150):
            score = 0.3 + chance.random() * 0.6
            writing.comment(NOW - chance.random() * 7 * DAY, (0.1, None, score))
            now[int(score * 10)] += 1
    found = report(database, site)
    scores = found.figures["labels"]["incivility"]["scores"]
    assert (scores["before_bins"], scores["now_bins"]) == (before, now)
    assert (scores["before"], scores["now"], scores["against"]) == (sum(before), 150, "first")
    assert scores["psi"] == pytest.approx(drift.psi(before, now))
    assert scores["since"] == (NOW - 40 * DAY).isoformat()
    assert [(one["code"], one["label"]) for one in found.warnings] == [("scores_drift", "incivility")]
    assert found.warnings[0]["psi"] == pytest.approx(scores["psi"], abs=1e-4)
    assert found.figures["labels"]["shouting"]["scores"]["psi"] == pytest.approx(0, abs=1e-6)
    assert found.figures["labels"]["off_topic"]["scores"]["psi"] is None
    assert (
        report(database, site, NOW + timedelta(hours=1)).figures["labels"]["incivility"]["scores"]["since"]
        == scores["since"]
    )


def test_another_version_s_scores_are_no_drift(database: Database, site: SiteRecord, past: Open) -> None:
    """A taught version is held against its own shadow scores, never against scores that another version gave."""
    with past() as writing:
        old = [writing.comment(NOW - 20 * DAY, (0.1, 0.1, 0.05)) for _ in range(120)]
        taught = writing.taught(Label.INCIVILITY, NOW - 10 * DAY)
        for comment in old:
            writing.shadow(taught, comment, 0.55)
        for _ in range(120):
            writing.comment(NOW - 2 * DAY, (0.1, 0.1, 0.55))
    found = report(database, site)
    scores = found.figures["labels"]["incivility"]["scores"]
    assert scores["against"] == "shadow"
    assert (scores["before_bins"][5], scores["now_bins"][5], scores["psi"]) == (120, 120, 0)
    assert found.figures["labels"]["incivility"]["version"] == taught.name
    assert found.warnings == []


def test_a_fresh_version_without_a_past_says_not_enough(database: Database, site: SiteRecord, past: Open) -> None:
    """A version that began to judge this week, without shadow scores, has nothing to be held against: no warning."""
    with past() as writing:
        for _ in range(200):
            writing.comment(NOW - 20 * DAY, (0.1, 0.1, 0.05))
        writing.taught(Label.INCIVILITY, NOW - 3 * DAY)
        for _ in range(200):
            writing.comment(NOW - 2 * DAY, (0.1, 0.1, 0.95))
    scores = report(database, site).figures["labels"]["incivility"]["scores"]
    assert (scores["before"], scores["now"], scores["psi"]) == (0, 200, None)


@pytest.mark.parametrize(
    "card",
    [{"examples": {"first": (NOW - 30 * DAY).timestamp(), "last": (NOW - 20 * DAY).timestamp()}}, {}],
)
def test_languages_are_held_against_what_taught_the_model(
    database: Database, site: SiteRecord, past: Open, card: dict[str, Any]
) -> None:
    """The mix of the time that the card names (else 28 days) against the last seven; nothing between them counts."""
    with past() as writing:
        writing.site.created_at = NOW - 60 * DAY
        for at, language, count in ((25, "fr", 110), (25, "en", 10), (12, "de", 90)):
            for _ in range(count):
                writing.comment(NOW - at * DAY, language=language)
        writing.taught(Label.INCIVILITY, NOW - 15 * DAY, card)
        for number in range(120):
            writing.comment(NOW - 3 * DAY, language="ar" if number % 2 else "fr")
    found = report(database, site)
    assert found.figures["languages"]["mix"] == {"fr": [110, 60], "ar": [0, 60], "en": [10, 0]}
    assert found.figures["languages"]["psi"] == pytest.approx(drift.psi([110, 0, 10], [60, 60, 0]))
    assert {"code": "languages_drift", "psi": round(drift.psi([110, 0, 10], [60, 60, 0]), 4)} in found.warnings


def test_calibration_weighs_the_audit_sample(database: Database, site: SiteRecord, past: Open) -> None:
    """Held comments speak for themselves, audited ones for all that were not drawn; other versions do not count."""
    chance, expected = Random(2), list[Answer]()
    with past() as writing:
        for number in range(160):
            audit = number % 2 == 0
            score, true = chance.random() * (0.5 if audit else 1), chance.random() < 0.4
            verdict, labels = (Verdict.REJECT, ["incivility"]) if true else (Verdict.PUBLISH, [])
            flags = [] if audit else ["incivility"]
            sampling = 0.05 if audit else 1.0
            writing.held(NOW - 20 * DAY, (0.1, 0.1, score), flags, verdict, labels, audit=audit, sampling=sampling)
            expected.append(Answer(score, true, 20.0 if audit else 1.0))
        writing.held(NOW - 40 * DAY, (0.1, 0.1, 0.9), ["incivility"], Verdict.PUBLISH)  # too long ago
        writing.held(NOW - 9 * DAY, (0.1, 0.1, 0.9), ["incivility"], Verdict.REJECT)  # says nothing of a label
        undone = writing.held(NOW - 9 * DAY, (0.1, 0.1, 0.9), ["incivility"], Verdict.PUBLISH)
        writing.decide(
            writing.session.get_one(type(writing.comment(NOW)), undone.comment_id),
            NOW - 8 * DAY, Verdict.REVIEW, by=writing.person, undoes_id=undone.id,
        )  # fmt: skip
        writing.versions = SHIPPED | {"incivility": "0.9"}
        writing.held(NOW - 9 * DAY, (0.1, 0.1, 0.9), ["incivility"], Verdict.PUBLISH)
    found = report(database, site).figures["labels"]["incivility"]["calibration"]
    assert found["answers"] == 160
    assert found["audited"] == 80
    assert found["ece"] == pytest.approx(calibration.error(expected))
    assert [one["answers"] for one in found["bins"]] == [one.answers for one in calibration.bins(expected)]


def test_the_site_s_share_stands_in_where_no_sampling_is_noted(
    database: Database, site: SiteRecord, past: Open
) -> None:
    """An audited answer without a noted probability is weighed by the audit share of the site's policy."""
    with past() as writing:
        writing.site.policy = {"audit_share": 0.1}
        for number in range(120):
            true = number % 3 == 0
            verdict, labels = (Verdict.REJECT, ["incivility"]) if true else (Verdict.PUBLISH, [])
            writing.held(NOW - 9 * DAY, (0.1, 0.1, 0.2), [], verdict, labels, audit=True)
            writing.held(NOW - 9 * DAY, (0.1, 0.1, 0.8), ["incivility"], Verdict.PUBLISH)
    found = report(database, site)
    wrong = [Answer(0.2, number % 3 == 0, 10.0) for number in range(120)] + [Answer(0.8, False)] * 120
    assert found.figures["labels"]["incivility"]["calibration"]["ece"] == pytest.approx(calibration.error(wrong))
    assert "calibration" in [one["code"] for one in found.warnings]


def test_agreement_is_counted_by_week(database: Database, site: SiteRecord, past: Open) -> None:
    """Flags confirmed and labels missed fall into the ISO week of the answer; bulk decisions are left out."""
    with past() as writing:
        monday = datetime(2026, 11, 23, tzinfo=UTC)
        for at, label in ((monday, "incivility"), (monday + DAY, "shouting"), (monday - 3 * DAY, "incivility")):
            writing.held(at, (0.1, 0.1, 0.9), ["incivility"], Verdict.REJECT, [label])
        writing.held(
            monday - timedelta(minutes=30), (0.1, 0.1, 0.9), ["incivility"], Verdict.PUBLISH
        )  # answered in time
        writing.held(monday - 3 * DAY, (0.1, 0.1, 0.2), [], Verdict.REJECT, ["incivility"], audit=True)
        writing.held(monday - 3 * DAY, (0.1, 0.1, 0.2), [], Verdict.PUBLISH, audit=True)
        writing.held(monday - 100 * DAY, (0.1, 0.1, 0.2), [], Verdict.PUBLISH, audit=True)
        bulk = BulkRecord(moderator_id=writing.person.id, verdict="publish", labels=[], query={})
        writing.session.add(bulk)
        writing.session.flush()
        writing.held(monday, (0.1, 0.1, 0.9), ["incivility"], Verdict.PUBLISH, bulk_id=bulk.id)
    weeks = report(database, site).figures["labels"]["incivility"]["weeks"]
    assert [one["week"] for one in weeks[-2:]] == ["2026-11-16", "2026-11-23"]
    assert len(weeks) == watch.WEEKS
    names = ("flagged", "confirmed", "audited", "missed")
    assert [[one[name] for name in names] for one in weeks[-2:]] == [[1, 1, 2, 1], [3, 1, 0, 0]]
    assert not any(one[name] for one in weeks[:-2] for name in names)


def test_two_people_are_compared(database: Database, site: SiteRecord, past: Open) -> None:
    """Blind answers against the first ones, in all, by label and by week; a first answer taken back does not count."""
    answers = [(Verdict.PUBLISH, Verdict.REJECT)] * 12 + [(Verdict.REJECT, Verdict.PUBLISH)] * 12 + [
        (Verdict.PUBLISH, Verdict.PUBLISH)] * 8 + [(Verdict.REJECT, Verdict.REJECT)] * 8  # fmt: skip
    with past() as writing:
        for number, (first, second) in enumerate(answers):
            at = NOW - (14 if number % 4 == 0 else 2) * DAY
            labels = {Verdict.REJECT: ["incivility"], Verdict.PUBLISH: []}
            made = writing.held(at, (0.1, 0.1, 0.9), ["incivility"], first, labels[first])
            writing.second(made, at + timedelta(hours=2), second, labels[second])
    found = report(database, site)
    people = found.figures["people"]
    counts = {pair: answers.count(pair) for pair in set(answers)}
    assert (people["pairs"], people["same"]) == (40, 16 / 40)
    assert people["kappa"] == pytest.approx(agreement.kappa(counts))
    assert people["labels"]["incivility"] == pytest.approx({key: people[key] for key in ("pairs", "same", "kappa")})
    assert people["labels"]["shouting"]["kappa"] is None
    assert [week["pairs"] for week in people["weeks"]] == [0, 0, 0, 0, 0, 10, 0, 30]
    assert people["weeks"][-3]["kappa"] is None
    assert [one["code"] for one in found.warnings if one["code"] == "people_disagree"] == ["people_disagree"]
