"""What a monitor may know: one list of gauges with their labels, read from the database when it is asked for.

Every process answers the same, because none counts anything itself. No text, no name of a person, no id of a comment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from moderation.domain.words import CommentStatus, WorkState
from moderation.services import watch
from moderation.storage import gauges, sites
from moderation.storage import watch as counted
from moderation.storage.gauges import Queued

SHARED = "*"
"""The site that the shared models are told under; no site is called so."""

Sample = tuple[Sequence[str], float]


@dataclass(frozen=True)
class Gauge:
    """One figure in words, with the names of its labels and a value for each combination of theirs."""

    name: str
    words: str
    labels: Sequence[str]
    samples: Sequence[Sample]


def gather(session: Session, now: datetime) -> list[Gauge]:
    """Return every gauge."""
    return [*_queues(session), *_models(session), *_learning(session), *_watch(session, now)]


def _queues(session: Session) -> list[Gauge]:
    statuses = {(one.site, one.word): one.count for one in gauges.comments(session)}
    slugs = [site.slug for site in sites.all_sites(session)]
    by_status = [((slug, status), statuses.get((slug, status), 0)) for slug in slugs for status in CommentStatus]
    return [
        Gauge("vigie_comments", "Comments by status.", ("site", "status"), by_status),
        *_of_queue("vigie_pending", "Texts that wait for a score", gauges.pending(session)),
        *_of_queue("vigie_review_queue", "Comments before the moderators", gauges.review_queue(session)),
        *_of_queue("vigie_callbacks_waiting", "Messages not delivered to the site yet", gauges.callbacks(session)),
        *_of_queue("vigie_second_judgements", "Second judgements not given yet", gauges.second_judgements(session)),
    ]


def _of_queue(name: str, words: str, queues: Sequence[Queued]) -> list[Gauge]:
    ages = [((queue.site,), queue.oldest) for queue in queues]
    return [
        Gauge(name, f"{words}.", ("site",), [((queue.site,), queue.count) for queue in queues]),
        Gauge(f"{name}_oldest_seconds", f"{words}: how long the oldest has waited; 0 without.", ("site",), ages),
    ]


def _models(session: Session) -> list[Gauge]:
    used: list[Sample] = [
        ((site.slug, label, version), 1)
        for site in sites.all_sites(session)
        for label, version in counted.versions_in_use(session, site.id).items()
    ]
    return [Gauge("vigie_model_info", "The version that judges.", ("site", "label", "version"), used)]


def _learning(session: Session) -> list[Gauge]:
    newest = gauges.retrainings(session)
    states: list[Sample] = [
        ((one.site or SHARED, state), float(one.state == state)) for one in newest for state in WorkState
    ]
    progress: list[Sample] = [((one.site or SHARED,), one.done / one.total if one.total else 0.0) for one in newest]
    left = gauges.rescoring_left(session)
    return [
        Gauge("vigie_retraining_state", "The newest retraining is in this state.", ("site", "state"), states),
        Gauge("vigie_retraining_progress_ratio", "Steps done of the newest retraining.", ("site",), progress),
        Gauge("vigie_rescoring_left", "Comments that rescorings still have to send.", (), [((), left)]),
    ]


def _watch(session: Session, now: datetime) -> list[Gauge]:
    slugs = {site.id: site.slug for site in sites.all_sites(session)}
    reports = [(slugs[report.site_id], report) for report in watch.latest_of(session, list(slugs))]
    labels = [(slug, label, found) for slug, one in reports for label, found in one.figures.get("labels", {}).items()]
    warned = [((slug, w.get("label", ""), w["code"]), 1.0) for slug, one in reports for w in one.warnings]
    ages = [((slug,), (now - one.made_at.astimezone(UTC)).total_seconds()) for slug, one in reports]
    drift = [((slug, label), found["scores"]["psi"]) for slug, label, found in labels]
    errors = [((slug, label), found["calibration"]["ece"]) for slug, label, found in labels]
    spoken = [((slug,), one.figures["languages"]["psi"]) for slug, one in reports]
    agreed = [((slug,), one.figures["people"]["kappa"]) for slug, one in reports]
    of_site, of_label = ("site",), ("site", "label")
    return [
        Gauge("vigie_watch_score_psi", "Drift of scores (PSI).", of_label, _known(drift)),
        Gauge("vigie_watch_language_psi", "Drift of the language mix (PSI).", of_site, _known(spoken)),
        Gauge("vigie_watch_calibration_error", "Expected calibration error, 0 to 1.", of_label, _known(errors)),
        Gauge("vigie_watch_confirmed_ratio", "Flags confirmed in 4 weeks.", of_label, _shares(labels, _CONFIRMED)),
        Gauge("vigie_watch_missed_ratio", "Audited that carry it, in 4 weeks.", of_label, _shares(labels, _MISSED)),
        Gauge("vigie_watch_moderators_kappa", "Cohen's kappa of moderators.", of_site, _known(agreed)),
        Gauge("vigie_watch_warning", "A warning that stands.", ("site", "label", "code"), warned),
        Gauge("vigie_watch_report_age_seconds", "Age of the newest report.", of_site, ages),
    ]


def _known(samples: Iterable[tuple[Sequence[str], float | None]]) -> list[Sample]:
    """Leave out what there are too few comments for."""
    return [(labels, value) for labels, value in samples if value is not None]


def _shares(labels: Iterable[tuple[str, str, Mapping[str, Any]]], names: tuple[str, str]) -> list[Sample]:
    found: list[Sample] = []
    for slug, label, figures in labels:
        hits, size = (sum(week[name] for week in figures["weeks"][-_WEEKS:]) for name in names)
        if size:
            found.append(((slug, label), hits / size))
    return found


_WEEKS = 4
_CONFIRMED, _MISSED = ("confirmed", "flagged"), ("missed", "audited")
