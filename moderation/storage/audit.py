"""The audit trail of administration: rows that the database lets nobody change or delete."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.sites import SiteRecord


class AuditEventRecord(Record):
    """One act of administration. The site is a number without a key: the trail outlives the site."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_site", "site_id", "id"),)

    id: Mapped[BigKey]
    at: Mapped[CreatedAt]
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    act: Mapped[str]
    about_id: Mapped[int | None] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(BigInteger)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True)
class AuditRow:
    """One act with the names of who did it, about whom, and where."""

    event: AuditEventRecord
    by: str | None
    about: str | None
    site: str | None


@dataclass(frozen=True)
class AuditFilter:
    """Which acts are wanted; None leaves a condition out.

    `sites` limits to acts on these sites and acts about the accounts in `accounts`.
    """

    act: str | None = None
    moderator_id: int | None = None
    site_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    sites: Collection[int] | None = None
    accounts: Collection[int] = ()


def page(session: Session, wanted: AuditFilter, before: int | None, limit: int) -> list[AuditRow]:
    """Return acts, the newest first, from before this id."""
    by, about, event = aliased(ModeratorRecord), aliased(ModeratorRecord), AuditEventRecord
    query = (
        select(event, by.name, about.name, SiteRecord.name)
        .outerjoin(by, by.id == event.moderator_id)
        .outerjoin(about, about.id == event.about_id)
        .outerjoin(SiteRecord, SiteRecord.id == event.site_id)
        .order_by(event.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(event.id < before)
    if wanted.act:
        query = query.where(event.act == wanted.act)
    if wanted.moderator_id is not None:
        query = query.where((event.moderator_id == wanted.moderator_id) | (event.about_id == wanted.moderator_id))
    if wanted.site_id is not None:
        query = query.where(event.site_id == wanted.site_id)
    if wanted.since:
        query = query.where(event.at >= wanted.since)
    if wanted.until:
        query = query.where(event.at < wanted.until)
    if wanted.sites is not None:
        query = query.where(event.site_id.in_(wanted.sites) | event.about_id.in_(wanted.accounts))
    return [AuditRow(*row) for row in session.execute(query)]


def newest(session: Session, site_id: int, act: str, label: str | None = None) -> AuditEventRecord | None:
    """Return the newest act of a kind on a site, or the newest of them whose details name this label."""
    event = AuditEventRecord
    query = select(event).where(event.site_id == site_id, event.act == act)
    if label is not None:
        query = query.where(event.details["label"].astext == label)
    return session.scalar(query.order_by(event.id.desc()).limit(1))
