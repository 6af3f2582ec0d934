"""Reports of the watch as they grow old."""

from datetime import UTC, datetime, timedelta

from moderation.database import Database
from moderation.services import housekeeping, watch
from moderation.storage import watch_reports
from moderation.storage.sites import SiteRecord
from moderation.storage.watch_reports import WatchReportRecord

DAY = timedelta(days=1)


def test_old_reports_are_thinned_to_one_a_day(database: Database, site: SiteRecord) -> None:
    """Housekeeping keeps every report of the last week, and before it the last one of each day; history is by day."""
    now = datetime.now(UTC)
    with database.session() as session:
        for hours in range(24 * 10, -1, -1):
            watch_reports.add(session, site.id, {"hours": hours}, [], now - timedelta(hours=hours))
    with database.session() as session:
        gone = housekeeping.forget_expired(session)["watch_reports"]
        left = session.query(WatchReportRecord).order_by(WatchReportRecord.id).all()
        days = watch.history(session, site.id, 30)
    assert gone + len(left) == 24 * 10 + 1
    assert 24 * 7 <= len([one for one in left if one.made_at >= now - 7 * DAY]) <= 24 * 7 + 1
    old = [one.made_at.astimezone(UTC).date() for one in left if one.made_at < now - 7 * DAY]
    assert len(old) == len(set(old)) >= 3
    assert [one.made_at.astimezone(UTC).date() for one in days] == [(now - n * DAY).date() for n in range(11)]
    assert days[0].figures["hours"] == 0
    with database.session() as session:
        assert housekeeping.forget_expired(session)["watch_reports"] == 0
