"""Banned and watched words of sites: record and queries."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.words import WordKind
from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.sites import SiteRecord


class SiteWordRecord(Record):
    """One word or phrase that a site bans or watches; `language` is empty when it stands for all languages."""

    __tablename__ = "site_word"
    __table_args__ = (UniqueConstraint("site_id", "text", "language"),)

    id: Mapped[BigKey]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    kind: Mapped[str]
    text: Mapped[str]
    language: Mapped[str] = mapped_column(default="")
    whole_word: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]


def of_site(session: Session, site_id: int) -> list[SiteWordRecord]:
    """Return the words of a site, banned ones first, in the order of the alphabet."""
    query = select(SiteWordRecord).where(SiteWordRecord.site_id == site_id)
    return list(session.scalars(query.order_by(SiteWordRecord.kind, func.lower(SiteWordRecord.text))))


def upsert(session: Session, site_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store words (kind, text, language, whole_word); one that is there already takes the new kind and switch."""
    if not rows:
        return
    statement = insert(SiteWordRecord)
    changed = {name: statement.excluded[name] for name in ("kind", "whole_word")}
    statement = statement.on_conflict_do_update(index_elements=["site_id", "text", "language"], set_=changed)
    session.execute(statement, [{"site_id": site_id, **row} for row in rows])


def remove(session: Session, site_id: int, ids: Collection[int]) -> int:
    """Delete these words of a site; return how many there were."""
    statement = delete(SiteWordRecord).where(SiteWordRecord.site_id == site_id, SiteWordRecord.id.in_(ids))
    return len(session.execute(statement.returning(SiteWordRecord.id)).all())


def tallies(session: Session, site_id: int) -> dict[WordKind, int]:
    """Count a site's words by kind."""
    query = select(SiteWordRecord.kind, func.count()).where(SiteWordRecord.site_id == site_id)
    found = {kind: count for kind, count in session.execute(query.group_by(SiteWordRecord.kind))}
    return {kind: found.get(kind, 0) for kind in WordKind}


def new_version(session: Session, site_id: int) -> None:
    """Say that the words of a site changed; two changes at once give two versions."""
    session.execute(
        update(SiteRecord).where(SiteRecord.id == site_id).values(words_version=SiteRecord.words_version + 1)
    )
