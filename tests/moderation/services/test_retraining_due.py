"""When a retraining is due: the calendar of the house and of each site, and whether anything new was decided."""

from datetime import UTC, datetime, timedelta

import pytest

from moderation.domain.words import Verdict
from moderation.services import decisions, moderators, retraining, sites
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.services.even import EvenScorer

NIGHTLY = "30 3 * * *"
NIGHT = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)


@pytest.fixture
def scorer() -> EvenScorer:
    """Return a scorer whose answers are known."""
    return EvenScorer()


@pytest.fixture
def nadia(newsroom: Newsroom) -> ModeratorRecord:
    """Return a moderator who decided about a comment the evening before; the site is a month old."""
    newsroom.write("c1", "Le phare est fermé.")
    newsroom.write("c2", "Le phare est ouvert.")
    newsroom.run("UPDATE site SET created_at = '2026-10-28'")
    with newsroom.database.session() as session:
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "a lookout on a mast")
    decide(newsroom, nadia, "c1", NIGHT - timedelta(hours=9))
    return nadia


def decide(newsroom: Newsroom, nadia: ModeratorRecord, key: str, at: datetime) -> None:
    """Decide at this time."""
    comment_id = newsroom.read(key).comment.id
    with newsroom.database.session() as session:
        made = decisions.by_moderator(session, nadia, comment_id, 1, Verdict.PUBLISH)
    newsroom.run(f"UPDATE decision SET decided_at = '{at.isoformat()}' WHERE id = {made}")


def due(newsroom: Newsroom, now: datetime, house: str = NIGHTLY, shared: str = "never") -> int:
    """Look at the calendar."""
    with newsroom.database.session() as session:
        return retraining.start_due(session, now, house, shared)


def end(newsroom: Newsroom, at: datetime, state: str = "done") -> None:
    """Let every retraining have been asked for at this time and have ended, with all that was decided."""
    newsroom.run(f"UPDATE retraining SET state = '{state}', asked_at = '{at.isoformat()}',"
                 f" upto = {'(SELECT max(id) FROM decision)' if state == 'done' else 'NULL'}")  # fmt: skip


def test_times_that_were_missed_count_as_one(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """After three nights in which nothing ran, one retraining is asked for, once, by nobody, and audited."""
    del nadia
    assert due(newsroom, NIGHT - timedelta(days=30)) == 0
    assert due(newsroom, NIGHT + timedelta(days=3)) == 1
    assert due(newsroom, NIGHT + timedelta(days=3)) == 0
    end(newsroom, NIGHT + timedelta(days=3))
    assert due(newsroom, NIGHT + timedelta(days=3)) == 0
    assert newsroom.count("audit_event", "act = 'model.retraining_asked' AND moderator_id IS NULL") == 1


def test_nothing_new_is_no_reason_to_train_again(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """Without a new decision by that night none is due; what is decided in the morning waits for the next night."""
    due(newsroom, NIGHT)
    end(newsroom, NIGHT)
    assert due(newsroom, NIGHT + timedelta(days=1)) == 0
    decide(newsroom, nadia, "c2", NIGHT + timedelta(days=1, hours=6))
    assert due(newsroom, NIGHT + timedelta(days=1, hours=7)) == 0
    assert due(newsroom, NIGHT + timedelta(days=2)) == 1


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_was_not_learned_is_news_again(newsroom: Newsroom, nadia: ModeratorRecord, state: str) -> None:
    """After a retraining that failed or was cancelled, the next night tries again, and not before."""
    del nadia
    due(newsroom, NIGHT)
    end(newsroom, NIGHT, state)
    assert due(newsroom, NIGHT + timedelta(hours=23)) == 0
    assert due(newsroom, NIGHT + timedelta(hours=24)) == 1


def test_a_site_may_have_its_own_calendar(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """A site's cron goes before the house's, "never" included; a wrong one stops no other site."""
    del nadia
    newsroom.run("""UPDATE site SET learning = '{"cron": "never"}'""")
    assert due(newsroom, NIGHT) == 0
    newsroom.run("""UPDATE site SET learning = '{"cron": "0 4 * * *"}'""")
    newsroom.run("UPDATE site SET created_at = '2026-11-27 20:00+00'")
    assert due(newsroom, NIGHT + timedelta(minutes=29)) == 0
    assert due(newsroom, NIGHT + timedelta(minutes=30)) == 1
    newsroom.run("DELETE FROM retraining")
    newsroom.run("""UPDATE site SET learning = '{"cron": "nightly"}'""")
    with newsroom.database.session() as session:
        sites.create(session, "autre", "Autre")
    newsroom.run("UPDATE site SET created_at = '2026-10-28' WHERE slug = 'autre'")
    newsroom.run("UPDATE decision SET site_id = (SELECT id FROM site WHERE slug = 'autre')")
    assert due(newsroom, NIGHT) == 1


def test_the_shared_models_have_a_calendar_of_their_own(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """Shared models are trained when their own cron comes true, from the decisions on every site."""
    del nadia
    assert due(newsroom, NIGHT, "never", NIGHTLY) == 1
    assert newsroom.count("retraining", "site_id IS NULL") == 1
    assert due(newsroom, NIGHT, NIGHTLY, NIGHTLY) == 1
    assert newsroom.count("retraining") == 2
