"""The metrics: off without a token, refused without the right one, and the figures against counting."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from sqlalchemy import text

from moderation.app import create_app
from moderation.database import Database
from moderation.domain.submission import SubmittedComment
from moderation.domain.words import Verdict
from moderation.services import attention, decisions, moderators, watch
from moderation.settings import Settings
from moderation.storage import watch_reports
from moderation.storage.remarks import ReportSource
from moderation.storage.retrainings import RetrainingRecord
from moderation.storage.sites import SiteRecord
from moderation.web import Context
from tests.moderation.conftest import Newsroom
from tests.moderation.services.even import EvenScorer

TOKEN = "a-token-of-the-monitor"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SECRET = "Un texte que nul moniteur ne doit lire"


@pytest.fixture
def watched(settings: Settings, database: Database, broker: "Redis") -> Iterator[Flask]:
    """Return the application with metrics on."""
    app = create_app(settings.model_copy(update={"metrics_token": TOKEN}))
    yield app
    found: Context = app.extensions["vigie"]
    found.database.dispose()


def scrape(app: Flask) -> dict[tuple[str, tuple[str, ...]], float]:
    """Return every sample by name and label values (the site first), as Prometheus' own parser reads them."""
    answer = app.test_client().get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sample.labels[name] for name in sorted(sample.labels, key=_order))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def _order(name: str) -> tuple[bool, str]:
    return name != "site", name


def test_without_a_token_there_are_no_metrics(settings: Settings, database: Database, broker: "Redis") -> None:
    """As long as no token is set the address does not exist, whatever is sent."""
    app = create_app(settings)
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}, BEARER):
        assert app.test_client().get("/metrics", headers=headers).status_code == 404
    found: Context = app.extensions["vigie"]
    found.database.dispose()


def test_the_token_has_to_be_right(watched: Flask) -> None:
    """Without the token, with another one or by another scheme: 401, as a problem, with protecting headers."""
    client = watched.test_client()
    for wrong in ("", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer é", f"Basic {TOKEN}", TOKEN):
        answer = client.get("/metrics", headers={"Authorization": wrong} if wrong else {})
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json"), wrong
        assert TOKEN not in answer.text
    assert client.get("/metrics", headers=BEARER).headers["Cache-Control"] == "no-store"
    assert client.post("/metrics", headers=BEARER).status_code == 405


def test_an_empty_house_has_its_zeros(watched: Flask, site: SiteRecord) -> None:
    """A site without a comment is there with zeros, so that an alert has something to hold on to."""
    found = scrape(watched)
    assert found["vigie_comments", ("lejour", "in_review")] == 0
    for name in ("vigie_pending", "vigie_review_queue", "vigie_callbacks_waiting", "vigie_second_judgements"):
        assert found[name, ("lejour",)] == 0
        assert found[f"{name}_oldest_seconds", ("lejour",)] == 0
    assert found["vigie_rescoring_left", ()] == 0


def test_what_waits_is_counted(watched: Flask, newsroom: Newsroom, other_site: SiteRecord) -> None:
    """Each figure equals what was put there; nothing of a comment, a writer or a moderator is in the answer."""
    newsroom.run("UPDATE site SET callback_url = 'https://example.org/hook', learning = '{\"second_share\": 1}'")
    newsroom.post(*(SubmittedComment(f"c{n}", f"{SECRET} {n}", author_name="Lectrice") for n in range(5)))
    newsroom.score(EvenScorer())  # type: ignore[arg-type]
    newsroom.run("UPDATE callback SET state = 'delivered'")
    newsroom.run("UPDATE comment SET status = 'published'")
    with newsroom.database.session() as session:
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "correct horse battery")
        decisions.by_moderator(session, nadia, newsroom.read("c0").comment.id, 1, Verdict.REJECT, chance=0.0)
        attention.report(session, newsroom.site.id, "c1", ReportSource.READER, "x", None)
        attention.report(session, newsroom.site.id, "c2", ReportSource.AUTHOR, "x", None)
    newsroom.write("c9", SECRET)
    newsroom.run("UPDATE comment SET reported_at = now() - interval '2 hours' WHERE external_id = 'c1'")
    newsroom.run("UPDATE revision SET received_at = now() - interval '50 seconds' WHERE state = 'pending'")
    found = scrape(watched)
    statuses = {labels[1]: value for (name, labels), value in found.items() if name == "vigie_comments"
                and labels[0] == "lejour"}  # fmt: skip
    assert statuses == {"pending": 1, "in_review": 0, "published": 4, "rejected": 1, "deleted": 0}
    assert found["vigie_review_queue", ("lejour",)] == 2
    assert 7_200 <= found["vigie_review_queue_oldest_seconds", ("lejour",)] < 7_260
    assert found["vigie_pending", ("lejour",)] == 1
    assert 50 <= found["vigie_pending_oldest_seconds", ("lejour",)] < 110
    assert found["vigie_callbacks_waiting", ("lejour",)] == 1
    assert found["vigie_second_judgements", ("lejour",)] == 1
    assert all(found[name, ("autre",)] == 0 for name in ("vigie_review_queue", "vigie_pending"))
    used = [labels for name, labels in found if name == "vigie_model_info"]
    versions = newsroom.read("c0").scoring
    assert versions
    assert sorted(used) == sorted(("lejour", label, name) for label, name in versions.model_versions.items())
    answer = watched.test_client().get("/metrics", headers=BEARER).text
    for private in (SECRET, "Lectrice", "Nadia", "nadia@example.org"):
        assert private not in answer


def test_the_watch_and_the_retraining_are_told(watched: Flask, database: Database, site: SiteRecord) -> None:
    """Figures and warnings of the newest report, and the state of the newest retraining; nothing is made up."""
    weeks = [{"week": "w", "flagged": 10, "confirmed": 8, "audited": 0, "missed": 0}] * 5
    figures = {
        "labels": {"incivility": {"scores": {"psi": 0.31}, "calibration": {"ece": None}, "weeks": weeks}},
        "languages": {"psi": 0.02},
        "people": {"kappa": 0.7},
    }
    now = datetime.now(UTC)
    with database.session() as session:
        watch_reports.add(session, site.id, {}, [{"code": "missed", "label": "shouting"}], now - timedelta(hours=2))
        told = [{"code": "scores_drift", "label": "incivility", "psi": 0.31}, {"code": "languages_drift", "psi": 0.3}]
        watch_reports.add(session, site.id, figures, told, now - timedelta(hours=1))
        session.add(RetrainingRecord(site_id=site.id, state="done", done=9, total=9))
        session.flush()
        session.add(RetrainingRecord(site_id=site.id, state="running", done=3, total=12))
        session.add(RetrainingRecord(site_id=None, state="waiting"))
    found = scrape(watched)
    assert found["vigie_watch_score_psi", ("lejour", "incivility")] == 0.31
    assert not [labels for name, labels in found if name == "vigie_watch_calibration_error"]
    assert found["vigie_watch_confirmed_ratio", ("lejour", "incivility")] == 0.8
    assert (found["vigie_watch_language_psi", ("lejour",)], found["vigie_watch_moderators_kappa", ("lejour",)]) == (
        0.02,
        0.7,
    )
    warned = {labels for name, labels in found if name == "vigie_watch_warning"}
    assert warned == {("lejour", "scores_drift", "incivility"), ("lejour", "languages_drift", "")}
    assert 3_600 <= found["vigie_watch_report_age_seconds", ("lejour",)] < 3_660
    states = {labels: value for (name, labels), value in found.items() if name == "vigie_retraining_state"}
    assert {labels for labels, value in states.items() if value} == {("lejour", "running"), ("*", "waiting")}
    assert found["vigie_retraining_progress_ratio", ("lejour",)] == 0.25


def test_a_report_of_the_watch_can_be_told(watched: Flask, database: Database, newsroom: Newsroom) -> None:
    """The report that the watch itself writes is read by the metrics, also of a site that has seen nothing."""
    newsroom.write("c1", SECRET)
    newsroom.score(EvenScorer())  # type: ignore[arg-type]
    watch.report_all(database, datetime.now(UTC))
    found = scrape(watched)
    assert found["vigie_watch_report_age_seconds", ("lejour",)] < 60
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM watch_report")) == 1
