"""The watch over the models: how far scores and languages have drifted, whether scores mean what they say, who agrees.

A report is figures and warnings, no text and no name. Counting is in storage, judging in the domain.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from moderation.database import Database
from moderation.domain import calibration, drift, watching
from moderation.domain.calibration import Calibration
from moderation.domain.drift import Drift
from moderation.domain.policy import Policy
from moderation.domain.watching import WarningCode
from moderation.domain.words import Label
from moderation.services import watch_answers, watch_windows
from moderation.services.watch_answers import Judged
from moderation.services.watch_windows import Reference
from moderation.storage import second_judgements, sites, watch, watch_reports
from moderation.storage.sites import SiteRecord
from moderation.storage.watch import Told
from moderation.storage.watch_reports import WatchReportRecord

LATELY = timedelta(days=7)
"""What is compared with the past."""
ANSWERED = timedelta(days=28)
"""How far back answers count for calibration."""
WEEKS = 8
KEPT_WHOLE = timedelta(days=7)
"""After this, one report a day is kept."""
_SEED = 7


@dataclass(frozen=True)
class _Counted:
    """What was read about one site, before anything is computed."""

    site: SiteRecord
    references: Mapping[Label, Reference]
    now: Mapping[Label, Sequence[int]]
    languages: tuple[Mapping[str, int], Mapping[str, int]]
    told: Sequence[Told]
    pairs: Sequence[second_judgements.Pair]


def report_all(database: Database, now: datetime) -> int:
    """Measure every site and keep a report; return how many. Nothing is open in the database while it computes.

    The site whose report is oldest comes first: a run that is cut short leaves nobody out for ever.
    """
    with database.session() as session:
        made = {one.site_id: one.id for one in watch_reports.latest_of(session, None)}
        every = sorted((site.id for site in sites.all_sites(session)), key=lambda key: made.get(key, 0))
    for site_id in every:
        with database.session() as session:
            counted = _count(session, sites.by_id(session, site_id), now)
        figures, warnings = _judge(counted, now)
        with database.session() as session:
            watch_reports.add(session, site_id, figures, warnings, now)
    return len(every)


def latest(session: Session, site_id: int) -> WatchReportRecord | None:
    """Return the newest report about a site; None before the first."""
    return watch_reports.latest(session, site_id)


def latest_of(session: Session, site_ids: Collection[int] | None) -> Sequence[WatchReportRecord]:
    """Return the newest report about each of these sites; None: of every site."""
    return watch_reports.latest_of(session, site_ids)


def history(session: Session, site_id: int, most: int) -> Sequence[WatchReportRecord]:
    """Return the last report of each of the newest `most` days, newest first."""
    return watch_reports.daily(session, site_id, most)


def thin(session: Session, now: datetime) -> int:
    """Keep one report a day of what is older than a week; return how many went."""
    return watch_reports.thin(session, now - KEPT_WHOLE)


def _count(session: Session, site: SiteRecord, now: datetime) -> _Counted:
    since = now - LATELY
    last = watch_reports.latest(session, site.id)
    known = last.figures.get("labels", {}) if last else {}
    references, lately = {}, {}
    for label, version in watch.versions_in_use(session, site.id).items():
        found = watch_windows.of_scores(session, site, Label(label), version, since, known.get(label, {}))
        references[Label(label)] = found
        lately[Label(label)] = watch.scores(session, site.id, Label(label), version, since, now)
    begin, end = watch_windows.of_languages(list(references.values()), since)
    first_week = watch_answers.weeks(now, WEEKS)[0]
    return _Counted(
        site,
        references,
        lately,
        (watch.languages(session, site.id, begin, end), watch.languages(session, site.id, since, now)),
        watch.answers(session, site.id, first_week),
        second_judgements.pairs(session, site.id, first_week),
    )


def _judge(counted: _Counted, now: datetime) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the figures of a report as JSON values, and its warnings."""
    labels: dict[str, Any] = {}
    warnings: list[dict[str, Any]] = []
    weeks = watch_answers.weeks(now, WEEKS)
    share = Policy.from_json(counted.site.policy).audit_share
    for label, reference in counted.references.items():
        scores = drift.measure(reference.bins, counted.now[label])
        judged = watch_answers.of_label(counted.told, label, share)
        recent = [one for one in judged if one.at >= now - ANSWERED and one.version == reference.version]
        meaning = calibration.measure([one.answer for one in recent if one.answer], _SEED)
        by_week = watch_answers.by_week(judged, weeks)
        warnings += watching.of_drift(WarningCode.SCORES_DRIFT, scores, label=label.value)
        warnings += watching.of_calibration(meaning, label.value)
        warnings += watching.of_weeks(by_week, label.value)
        labels[label.value] = _of_label(reference, counted.now[label], scores, meaning, recent) | {
            "weeks": [asdict(week) for week in by_week]
        }
    mixed = drift.mix(*counted.languages)
    spoken = drift.measure([old for old, _ in mixed.values()], [new for _, new in mixed.values()])
    warnings += watching.of_drift(WarningCode.LANGUAGES_DRIFT, spoken)
    people = watch_answers.of_people(counted.pairs, weeks)
    warnings += watching.of_people(watch_answers.verdicts(counted.pairs))
    figures = {"labels": labels, "languages": asdict(spoken) | {"mix": mixed}, "people": people}
    return figures, warnings


def _of_label(
    reference: Reference, lately: Sequence[int], scores: Drift, meaning: Calibration, recent: Sequence[Judged]
) -> dict[str, Any]:
    return {
        "version": reference.version,
        "scores": asdict(scores)
        | {
            "against": reference.kind,
            "since": reference.since and reference.since.isoformat(),
            "until": reference.until and reference.until.isoformat(),
            "before_bins": list(reference.bins),
            "now_bins": list(lately),
        },
        "calibration": asdict(meaning) | {"audited": sum(one.audit for one in recent)},
    }
