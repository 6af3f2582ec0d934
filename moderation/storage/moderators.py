"""Moderators and their dashboard sessions: records and queries."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.storage.base import BigKey, CreatedAt, Record


class ModeratorRecord(Record):
    """One account of the dashboard."""

    __tablename__ = "moderator"

    id: Mapped[BigKey]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    language: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]


class DashboardSessionRecord(Record):
    """One signed-in browser. The cookie carries a random token; only its hash is stored."""

    __tablename__ = "dashboard_session"

    id: Mapped[BigKey]
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]


def by_email(session: Session, email: str) -> ModeratorRecord | None:
    """Return the account with this address (addresses are stored in lower case)."""
    return session.scalar(select(ModeratorRecord).where(ModeratorRecord.email == email.strip().lower()))


def any_administrator(session: Session) -> bool:
    """Say whether an administrator exists."""
    return (
        session.scalar(select(ModeratorRecord.id).where(ModeratorRecord.role == "administrator").limit(1)) is not None
    )


def by_session_token(session: Session, token_hash: bytes) -> ModeratorRecord | None:
    """Return the active account that this dashboard session belongs to, unless it expired."""
    return session.scalar(
        select(ModeratorRecord)
        .join(DashboardSessionRecord, DashboardSessionRecord.moderator_id == ModeratorRecord.id)
        .where(
            DashboardSessionRecord.token_hash == token_hash,
            DashboardSessionRecord.expires_at > func.now(),
            ModeratorRecord.active,
        )
    )


def end_session(session: Session, token_hash: bytes) -> None:
    """Forget one dashboard session; the cookie is worth nothing afterwards."""
    session.execute(delete(DashboardSessionRecord).where(DashboardSessionRecord.token_hash == token_hash))


def forget_expired_sessions(session: Session) -> int:
    """Delete expired dashboard sessions and return how many."""
    expired = delete(DashboardSessionRecord).where(DashboardSessionRecord.expires_at <= func.now())
    return len(session.scalars(expired.returning(DashboardSessionRecord.id)).all())
