"""Articles: record and queries."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Computed, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import ArticleMode
from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.folding import TITLE_VECTOR


class ArticleRecord(Record):
    """One article of a site, as last described by the site."""

    __tablename__ = "article"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        Index("ix_article_search", "search", postgresql_using="gin"),
    )

    id: Mapped[BigKey]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    section: Mapped[str | None]
    language: Mapped[str | None]
    published_at: Mapped[datetime | None]
    mode: Mapped[str] = mapped_column(server_default=ArticleMode.OPEN)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    search: Mapped[str | None] = mapped_column(TSVECTOR, Computed(TITLE_VECTOR, persisted=True), deferred=True)


def upsert(session: Session, site_id: int, articles: Collection[SubmittedArticle]) -> dict[str, int]:
    """Store the articles (last one wins) and return external id to id."""
    by_id = {article.external_id: article for article in articles}
    query = select(ArticleRecord).where(ArticleRecord.site_id == site_id, ArticleRecord.external_id.in_(by_id))
    stored = {article.external_id: article for article in session.scalars(query)}
    rows = [  # an unchanged article is not written: hundreds of comments repeat the same one
        row
        for key in sorted(by_id)  # sorted: two requests lock in one order
        if (row := _values(site_id, by_id[key])) and not _holds(stored.get(key), row)
    ]
    if rows:
        statement = insert(ArticleRecord).values(rows)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in ("site_id", "external_id")}
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["site_id", "external_id"], set_=changed | {"updated_at": func.now()}
            )
        )
    return ids(session, site_id, by_id)


def _holds(stored: ArticleRecord | None, values: dict[str, object]) -> bool:
    return stored is not None and all(getattr(stored, name) == value for name, value in values.items())


def ids(session: Session, site_id: int, external_ids: Collection[str]) -> dict[str, int]:
    """Return external id to id for those that are known."""
    if not external_ids:
        return {}
    query = select(ArticleRecord.external_id, ArticleRecord.id).where(
        ArticleRecord.site_id == site_id, ArticleRecord.external_id.in_(external_ids)
    )
    return {external_id: key for external_id, key in session.execute(query)}


def by_external_id(session: Session, site_id: int, external_id: str) -> ArticleRecord | None:
    """Return one article of the site."""
    return session.scalar(
        select(ArticleRecord).where(ArticleRecord.site_id == site_id, ArticleRecord.external_id == external_id)
    )


def recent(session: Session, site_id: int, limit: int, characters: int) -> list[tuple[str, str]]:
    """Return titles and the first characters of the texts of the site's latest articles, latest first."""
    query = (
        select(ArticleRecord.title, func.substr(ArticleRecord.text, 1, characters))
        .where(ArticleRecord.site_id == site_id)
        .order_by(ArticleRecord.id.desc())
        .limit(limit)
    )
    return [(title, text) for title, text in session.execute(query)]


def _values(site_id: int, article: SubmittedArticle) -> dict[str, object]:
    return {
        "site_id": site_id,
        "external_id": article.external_id,
        "title": article.title,
        "text": article.text,
        "url": article.url,
        "section": article.section,
        "language": article.language,
        "published_at": article.published_at,
    }
