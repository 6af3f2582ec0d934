"""Who has which comment before them: short leases, and comments that one moderator put off. Records and queries.

Both end by themselves, by the clock of the database; a row whose time is over counts for nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.storage.base import Record
from moderation.storage.comments import CommentRecord
from moderation.storage.moderators import ModeratorRecord


class ClaimRecord(Record):
    """One comment that one moderator reads at the moment. There is never more than one claim on a comment."""

    __tablename__ = "claim"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime]


class SkipRecord(Record):
    """One comment that one moderator does not want to be offered for a while."""

    __tablename__ = "skip"

    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="CASCADE"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True, index=True)
    until: Mapped[datetime]


@dataclass(frozen=True)
class Holder:
    """Who has a comment before them."""

    moderator_id: int
    name: str


def take(session: Session, comment_id: int, moderator_id: int, lasting: timedelta) -> bool:
    """Claim a comment, or renew one's own claim; return False when somebody else holds it."""
    statement = insert(ClaimRecord).values(
        comment_id=comment_id, moderator_id=moderator_id, until=func.clock_timestamp() + lasting
    )
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["comment_id"],
        set_={"moderator_id": new.moderator_id, "until": new.until},
        where=(ClaimRecord.until < func.clock_timestamp()) | (ClaimRecord.moderator_id == new.moderator_id),
    )
    return session.scalar(statement.returning(ClaimRecord.comment_id)) is not None


def release(session: Session, comment_id: int, moderator_id: int) -> None:
    """Give up one's claim on a comment."""
    session.execute(
        delete(ClaimRecord).where(ClaimRecord.comment_id == comment_id, ClaimRecord.moderator_id == moderator_id)
    )


def release_others(session: Session, comment_id: int, moderator_id: int) -> None:
    """Give up one's claims on every comment but this one."""
    others = select(ClaimRecord.comment_id).where(
        ClaimRecord.comment_id != comment_id, ClaimRecord.moderator_id == moderator_id
    )
    # a row that another request of the same person changes right now is theirs to keep
    session.execute(delete(ClaimRecord).where(ClaimRecord.comment_id.in_(others.with_for_update(skip_locked=True))))


def holder(session: Session, comment_id: int) -> Holder | None:
    """Return who has this comment before them."""
    query = (
        select(ModeratorRecord.id, ModeratorRecord.name)
        .join(ClaimRecord, ClaimRecord.moderator_id == ModeratorRecord.id)
        .where(ClaimRecord.comment_id == comment_id, ClaimRecord.until >= func.clock_timestamp())
    )
    found = session.execute(query).one_or_none()
    return Holder(*found) if found else None


def forget_expired(session: Session) -> int:
    """Delete claims and skips whose time is over; return how many."""
    claims = delete(ClaimRecord).where(ClaimRecord.until < func.clock_timestamp())
    skips = delete(SkipRecord).where(SkipRecord.until < func.clock_timestamp())
    ended = session.scalars(claims.returning(ClaimRecord.comment_id)).all()
    return len(ended) + len(session.scalars(skips.returning(SkipRecord.comment_id)).all())


def put_off(session: Session, comment_id: int, moderator_id: int, lasting: timedelta) -> None:
    """Do not offer this comment to this moderator for a while."""
    statement = insert(SkipRecord).values(
        comment_id=comment_id, moderator_id=moderator_id, until=func.clock_timestamp() + lasting
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["moderator_id", "comment_id"], set_={"until": statement.excluded.until}
        )
    )


def free_for(moderator_id: int) -> ColumnElement[bool]:
    """Return the condition that nobody else holds a comment, and that this moderator did not put it off."""
    claimed = exists().where(
        ClaimRecord.comment_id == CommentRecord.id,
        ClaimRecord.moderator_id != moderator_id,
        ClaimRecord.until >= func.clock_timestamp(),
    )
    skipped = exists().where(
        SkipRecord.comment_id == CommentRecord.id,
        SkipRecord.moderator_id == moderator_id,
        SkipRecord.until >= func.clock_timestamp(),
    )
    return ~claimed & ~skipped
