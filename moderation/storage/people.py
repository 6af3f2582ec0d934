"""Commenters as moderators know them: notes, what became of their comments, their newest comments."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.words import CommentStatus
from moderation.storage import review
from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.comments import CommenterRecord, CommentRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.review import CommentRow
from moderation.storage.sites import SiteRecord

LARGEST_ID = 2**63 - 1


class CommenterNoteRecord(Record):
    """What a moderator wrote about a commenter. Forgotten with the commenter."""

    __tablename__ = "commenter_note"
    __table_args__ = (Index("ix_commenter_note_commenter", "commenter_id", "id"),)

    id: Mapped[BigKey]
    commenter_id: Mapped[int] = mapped_column(ForeignKey("commenter.id", ondelete="CASCADE"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    text: Mapped[str]
    created_at: Mapped[CreatedAt]


@dataclass(frozen=True)
class Note:
    """One note about a commenter, with the name of who wrote it."""

    text: str
    by: str
    created_at: datetime


def one(session: Session, commenter_id: int) -> tuple[CommenterRecord, SiteRecord] | None:
    """Return a commenter and the site that knows them."""
    query = select(CommenterRecord, SiteRecord).join(SiteRecord, SiteRecord.id == CommenterRecord.site_id)
    row = session.execute(query.where(CommenterRecord.id == commenter_id)).one_or_none()
    return (row[0], row[1]) if row else None


def tally(session: Session, commenter_id: int) -> dict[str, int]:
    """Count a commenter's comments by status."""
    query = select(CommentRecord.status, func.count()).where(CommentRecord.commenter_id == commenter_id)
    return {status: count for status, count in session.execute(query.group_by(CommentRecord.status))}


def newest(session: Session, commenter_id: int, limit: int, before: int = LARGEST_ID) -> list[CommentRow]:
    """Return the newest comments of a commenter before this internal id."""
    query = review.comment_rows().where(
        CommentRecord.commenter_id == commenter_id,
        CommentRecord.id < before,
        CommentRecord.status != CommentStatus.DELETED,
    )
    return review.fetch(session, query.order_by(CommentRecord.id.desc()).limit(limit))


def notes(session: Session, commenter_id: int, limit: int) -> list[Note]:
    """Return the newest notes about a commenter."""
    query = (
        select(CommenterNoteRecord.text, ModeratorRecord.name, CommenterNoteRecord.created_at)
        .join(ModeratorRecord, ModeratorRecord.id == CommenterNoteRecord.moderator_id)
        .where(CommenterNoteRecord.commenter_id == commenter_id)
        .order_by(CommenterNoteRecord.id.desc())
    )
    return [Note(*row) for row in session.execute(query.limit(limit))]


def add_note(session: Session, commenter_id: int, moderator_id: int, text: str) -> None:
    """Append one note."""
    session.add(CommenterNoteRecord(commenter_id=commenter_id, moderator_id=moderator_id, text=text))
