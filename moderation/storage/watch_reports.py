"""Reports of the watch over the models: drift, calibration, agreement, and what they warn of. Records and queries."""

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

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
