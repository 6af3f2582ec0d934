"""Links by which a person joins or sets a new password, and the codes that replace a lost telephone."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record


class InvitationRecord(Record):
    """One link to one account. Only the hash of its token is stored."""

    __tablename__ = "invitation"

    id: Mapped[BigKey]
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCodeRecord(Record):
    """One unused recovery code, hashed; using it deletes it."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("moderator_id", "code_hash"),)

    id: Mapped[BigKey]
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="CASCADE"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)


class HouseRuleRecord(Record):
    """What is asked of every account: one row at most."""

    __tablename__ = "house_rule"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    second_factor_required: Mapped[bool]


def by_token(session: Session, token_hash: bytes) -> InvitationRecord | None:
    """Return the link with this token, unless it was used or has expired."""
    live = InvitationRecord.used_at.is_(None) & (InvitationRecord.expires_at > func.now())
    return session.scalar(select(InvitationRecord).where(InvitationRecord.token_hash == token_hash, live))


def use(session: Session, invitation_id: int) -> bool:
    """Use a link up; False when somebody was faster."""
    row = InvitationRecord
    used = update(row).where(row.id == invitation_id, row.used_at.is_(None)).values(used_at=func.now())
    return session.scalar(used.returning(row.id)) is not None


def revoke(session: Session, moderator_id: int) -> None:
    """Delete the unused links to an account."""
    row = InvitationRecord
    session.execute(delete(row).where(row.moderator_id == moderator_id, row.used_at.is_(None)))


def spend_code(session: Session, moderator_id: int, code_hash: bytes) -> bool:
    """Use a recovery code up; False when the account has no such code."""
    row = RecoveryCodeRecord
    spent = delete(row).where(row.moderator_id == moderator_id, row.code_hash == code_hash)
    return session.scalar(spent.returning(row.id)) is not None


def forget_codes(session: Session, moderator_id: int) -> None:
    """Delete an account's recovery codes."""
    session.execute(delete(RecoveryCodeRecord).where(RecoveryCodeRecord.moderator_id == moderator_id))


def codes_left(session: Session, moderator_id: int) -> int:
    """Count an account's unused recovery codes."""
    row = RecoveryCodeRecord
    return session.scalar(select(func.count()).where(row.moderator_id == moderator_id)) or 0


def second_factor_required(session: Session) -> bool:
    """Say whether every account has to have a second factor."""
    return bool(session.scalar(select(HouseRuleRecord.second_factor_required)))
