"""Forgetting texts after the days that a site keeps them."""

import pytest
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.errors import InvalidInput, RevisionConflict
from moderation.domain.submission import SubmittedComment
from moderation.domain.words import Label, Verdict
from moderation.messages import TaskName, take_enqueued
from moderation.services import decisions, housekeeping, intake, moderators, retention
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.services.even import EvenScorer

LOUD = "MAIS QUAND OUVRIRA-T-ON CE BARRAGE ENFIN !"


@pytest.fixture
def scorer() -> EvenScorer:
    """Return a scorer whose answers are known."""
    return EvenScorer()


@pytest.fixture
def old(newsroom: Newsroom) -> Newsroom:
    """Return a site with a published, a rejected and a waiting comment, all decided or received 40 days ago."""
    newsroom.write("published", "Le phare est fermé ce matin.", author_id="u-1")
    newsroom.write("rejected", LOUD)
    newsroom.write("waiting", LOUD + " ENFIN.")
    newsroom.score()
    with newsroom.database.session() as session:
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "a lookout on a mast")
        row = newsroom.read("rejected")
        decisions.by_moderator(session, nadia, row.comment.id, 1, Verdict.REJECT, [Label.SHOUTING])
    newsroom.run("UPDATE decision SET decided_at = now() - interval '40 days'")
    return newsroom


def keep(newsroom: Newsroom, judged_days: int | None, days: int | None) -> None:
    """Set how long the site keeps texts."""
    with newsroom.database.session() as session:
        retention.set_days(session.get_one(SiteRecord, newsroom.site.id), judged_days, days)


def forget(database: Database) -> int:
    """Run the housekeeping task."""
    with database.session() as session:
        return housekeeping.forget_texts(session)


def texts(newsroom: Newsroom) -> dict[str, bool]:
    """Say of each comment whether its text is still there."""
    return {key: bool(newsroom.read(key).revision.text) for key in ("published", "rejected", "waiting")}


@pytest.mark.parametrize(
    ("judged_days", "days", "gone"),
    [
        (None, None, set()),
        (30, None, {"rejected"}),
        (None, 30, {"rejected", "published"}),
        (50, 30, {"rejected", "published"}),
        (50, 41, set()),
    ],
)
def test_what_is_old_enough_goes_and_the_preview_said_so(
    old: Newsroom, judged_days: int | None, days: int | None, gone: set[str]
) -> None:
    """The preview counts what the task then forgets: judged texts, all decided ones, never what waits for a person."""
    with old.database.session() as session:
        here = session.get_one(SiteRecord, old.site.id)
        assert retention.preview(session, here, judged_days, days) == len(gone)
    keep(old, judged_days, days)
    assert forget(old.database) == len(gone)
    assert {key for key, there in texts(old).items() if not there} == gone
    assert forget(old.database) == 0


def test_status_scores_and_decisions_stay(old: Newsroom) -> None:
    """Of a forgotten comment the text, reasons, marks, fingerprint and notes are gone; the figures are as before."""
    before = old.read("rejected")
    keep(old, 30, None)
    forget(old.database)
    after = old.read("rejected")
    assert after.scoring is not None
    assert before.scoring is not None
    assert (after.comment.status, after.decision and after.decision.id) == (
        "rejected",
        before.decision and before.decision.id,
    )
    assert (after.scoring.shouting, after.scoring.model_versions) == (
        before.scoring.shouting,
        before.scoring.model_versions,
    )
    assert (after.scoring.reasons, after.scoring.spans, after.revision.state) == ([], {}, "forgotten")
    assert old.count("fingerprint", f"revision_id = {after.revision.id}") == 0


@pytest.mark.parametrize("column", ["reported_at", "appealed_at", "escalated_at"])
def test_what_somebody_asks_about_again_is_kept(old: Newsroom, column: str) -> None:
    """A decided comment with an open report, appeal or escalation is undecided again, and keeps its text."""
    old.run(f"UPDATE comment SET {column} = now()")
    keep(old, 30, 30)
    assert forget(old.database) == 0


def test_young_decisions_about_old_comments_keep_the_text(old: Newsroom) -> None:
    """The days count from the newest decision, not from the day the comment came."""
    old.run("UPDATE comment SET received_at = now() - interval '400 days'")
    old.run("UPDATE decision SET decided_at = now()")
    keep(old, 30, 30)
    assert forget(old.database) == 0


def test_a_forgotten_revision_sent_again_changes_nothing_and_an_edit_is_new_work(old: Newsroom) -> None:
    """The same revision again is taken as known although its text is gone; a new revision is scored and kept."""
    keep(old, None, 30)
    forget(old.database)
    old.post(SubmittedComment("published", "Le phare est fermé ce matin.", revision=1))
    assert old.read("published").revision.text == ""
    old.post(SubmittedComment("published", "Le phare est ouvert.", revision=2))
    old.score()
    row = old.read("published")
    assert (row.revision.number, row.revision.text, row.comment.status) == (2, "Le phare est ouvert.", "published")
    with old.database.session() as session, pytest.raises(RevisionConflict):
        intake.accept(session, old.site.id, [SubmittedComment("published", "Autre", revision=2)])


@pytest.mark.parametrize("days", [0, -1, 3_651])
def test_impossible_days_are_refused(site: SiteRecord, days: int) -> None:
    """Less than a day and more than ten years are refused, and nothing is changed."""
    with pytest.raises(InvalidInput):
        retention.set_days(site, days, None)
    assert site.keep_judged_days is None


def test_a_full_batch_rings_again(old: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a batch was full the task asks for another round; when it was not, it does not."""
    monkeypatch.setattr(retention, "BATCH_SIZE", 1)
    keep(old, 30, 30)
    rung = []
    for _ in range(3):
        with old.database.session() as session:
            housekeeping.forget_texts(session)
            rung.append(TaskName.FORGET_TEXTS in take_enqueued(session))
            session.execute(text("SELECT 1"))
    assert rung == [True, True, False]
    assert texts(old) == {"published": False, "rejected": False, "waiting": True}
