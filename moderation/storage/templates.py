"""Messages to writers that a site keeps ready, in French and English: records and queries."""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record


class MessageTemplateRecord(Record):
    """One message of a site. The writer gets the text in the language of the comment."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[BigKey]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    name: Mapped[str]
    text_fr: Mapped[str]
    text_en: Mapped[str]
    created_at: Mapped[CreatedAt]


def of_site(session: Session, site_id: int) -> Sequence[MessageTemplateRecord]:
    """Return the messages of a site, by name."""
    query = select(MessageTemplateRecord).where(MessageTemplateRecord.site_id == site_id)
    return session.scalars(query.order_by(MessageTemplateRecord.name)).all()


def one(session: Session, site_id: int, template_id: int) -> MessageTemplateRecord | None:
    """Return one message of a site."""
    condition = (MessageTemplateRecord.site_id == site_id) & (MessageTemplateRecord.id == template_id)
    return session.scalar(select(MessageTemplateRecord).where(condition))
