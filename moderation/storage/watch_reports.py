"""Reports of the watch over the models: drift, calibration, agreement, and what they warn of. Records and queries."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record


class WatchReportRecord(Record):
    """What the watch found on one site at one time: `figures` by name, `warnings` as codes with their figures."""

    __tablename__ = "watch_report"
    __table_args__ = (Index("ix_watch_report_site", "site_id", "id"),)

    id: Mapped[BigKey]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    made_at: Mapped[CreatedAt]


def add(
    session: Session, site_id: int, figures: Mapping[str, Any], warnings: Sequence[Mapping[str, Any]], now: datetime
) -> WatchReportRecord:
    """Keep a report."""
    report = WatchReportRecord(site_id=site_id, figures=dict(figures), warnings=list(warnings), made_at=now)
    session.add(report)
    session.flush()
    return report


def latest(session: Session, site_id: int) -> WatchReportRecord | None:
    """Return the newest report about a site."""
    query = select(WatchReportRecord).where(WatchReportRecord.site_id == site_id)
    return session.scalar(query.order_by(WatchReportRecord.id.desc()).limit(1))


def latest_of(session: Session, sites: Collection[int] | None) -> list[WatchReportRecord]:
    """Return the newest report about each of these sites (None: every site), in the order of the sites."""
    newest = select(func.max(WatchReportRecord.id)).group_by(WatchReportRecord.site_id)
    if sites is not None:
        newest = newest.where(WatchReportRecord.site_id.in_(sites))
    query = select(WatchReportRecord).where(WatchReportRecord.id.in_(newest))
    return list(session.scalars(query.order_by(WatchReportRecord.site_id)))


def daily(session: Session, site_id: int, most: int) -> list[WatchReportRecord]:
    """Return the last report of each of the newest days (UTC), newest first."""
    query = select(WatchReportRecord).from_statement(text(_DAILY))
    return list(session.scalars(query, {"site": site_id, "most": most}))


def thin(session: Session, before: datetime) -> int:
    """Keep of the reports before this moment the last one of each day (UTC) and site; return how many went."""
    return len(session.scalars(text(_THIN), {"before": before}).all())


_DAILY = """
    SELECT DISTINCT ON ((made_at AT TIME ZONE 'UTC')::date) * FROM watch_report WHERE site_id = :site
    ORDER BY (made_at AT TIME ZONE 'UTC')::date DESC, id DESC LIMIT :most
"""
_THIN = """
    DELETE FROM watch_report AS old USING (
        SELECT site_id, (made_at AT TIME ZONE 'UTC')::date AS day, max(id) AS last FROM watch_report
        WHERE made_at < :before GROUP BY 1, 2
    ) AS kept
    WHERE old.made_at < :before AND old.site_id = kept.site_id AND (old.made_at AT TIME ZONE 'UTC')::date = kept.day
      AND old.id < kept.last
    RETURNING old.id
"""
