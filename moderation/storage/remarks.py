"""What people said about a comment beside deciding: notes of moderators, reports of readers, appeals of writers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.comments import CommentRecord


class NoteKind(StrEnum):
    """Why a moderator wrote a note."""

    NOTE = "note"
    ESCALATION = "escalation"  # it hands the comment to the editors


class ReportSource(StrEnum):
    """Who asks for a comment to be looked at (again)."""

    READER = "reader"
    AUTHOR = "author"  # an appeal


class CommentNoteRecord(Record):
    """One note of a moderator about a comment, for colleagues. Appended, never edited."""

    __tablename__ = "comment_note"
    __table_args__ = (Index("ix_comment_note_comment", "comment_id", "id"),)

    id: Mapped[BigKey]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[CreatedAt]


class ReportRecord(Record):
    """One report of a reader or one appeal of the writer; `external_id` is the site's id for it, if it gave one."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("comment_id", "external_id"),)

    id: Mapped[BigKey]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    source: Mapped[str]
    external_id: Mapped[str | None]
    reason: Mapped[str]
    received_at: Mapped[CreatedAt]


def add_note(session: Session, comment_id: int, moderator_id: int, kind: NoteKind, text: str) -> None:
    """Append a note."""
    session.add(CommentNoteRecord(comment_id=comment_id, moderator_id=moderator_id, kind=kind, text=text))
    session.flush()


def notes_of(session: Session, comment_id: int) -> Sequence[CommentNoteRecord]:
    """Return the notes about a comment, oldest first."""
    query = select(CommentNoteRecord).where(CommentNoteRecord.comment_id == comment_id)
    return session.scalars(query.order_by(CommentNoteRecord.id)).all()


def add_report(
    session: Session, comment: CommentRecord, source: ReportSource, reason: str, external_id: str | None
) -> bool:
    """Append a report about a comment that is locked; return False when the site sent it before."""
    statement = insert(ReportRecord).values(
        comment_id=comment.id, source=source, reason=reason, external_id=external_id
    )
    statement = statement.on_conflict_do_nothing(index_elements=["comment_id", "external_id"])
    return session.scalar(statement.returning(ReportRecord.id)) is not None


def reports_of(session: Session, comment_id: int, most: int) -> Sequence[ReportRecord]:
    """Return the newest reports about a comment, newest first."""
    query = select(ReportRecord).where(ReportRecord.comment_id == comment_id)
    return session.scalars(query.order_by(ReportRecord.id.desc()).limit(most)).all()


def count_reports(session: Session, comment_id: int) -> int:
    """Count the reports about a comment."""
    return session.scalar(select(func.count()).where(ReportRecord.comment_id == comment_id)) or 0


def raised_since(
    session: Session, comment_id: int, since: datetime
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Return when the first report, the first appeal and the first escalation after this moment came in."""
    reports = select(func.min(ReportRecord.received_at)).where(
        ReportRecord.comment_id == comment_id, ReportRecord.received_at > since
    )
    escalation = select(func.min(CommentNoteRecord.written_at)).where(
        CommentNoteRecord.comment_id == comment_id,
        CommentNoteRecord.kind == NoteKind.ESCALATION,
        CommentNoteRecord.written_at > since,
    )
    return (
        session.scalar(reports.where(ReportRecord.source == ReportSource.READER)),
        session.scalar(reports.where(ReportRecord.source == ReportSource.AUTHOR)),
        session.scalar(escalation),
    )


def raised(session: Session, comment_ids: Collection[int]) -> set[int]:
    """Return those of these comments that were ever reported, appealed against or escalated."""
    reports = select(ReportRecord.comment_id).where(ReportRecord.comment_id.in_(comment_ids))
    escalations = select(CommentNoteRecord.comment_id).where(
        CommentNoteRecord.comment_id.in_(comment_ids), CommentNoteRecord.kind == NoteKind.ESCALATION
    )
    return set(session.scalars(reports.union(escalations)))


def forget(session: Session, comment_id: int) -> None:
    """Erase what was said about a comment: it may quote the text."""
    session.execute(delete(CommentNoteRecord).where(CommentNoteRecord.comment_id == comment_id))
    session.execute(delete(ReportRecord).where(ReportRecord.comment_id == comment_id))


def open_since(comment: CommentRecord) -> datetime | None:
    """Return since when somebody waits for an answer about this comment, apart from the review queue."""
    return min((at for at in (comment.reported_at, comment.appealed_at, comment.escalated_at) if at), default=None)
