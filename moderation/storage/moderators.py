"""Moderators and their dashboard sessions: records and queries."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.words import Role
from moderation.storage.base import BigKey, CreatedAt, Record


class ModeratorRecord(Record):
    """One account of the dashboard."""

    __tablename__ = "moderator"

    id: Mapped[BigKey]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]  # None: not joined yet, or signs in elsewhere
    role: Mapped[str | None]  # on every site; None: only where a membership says so
    language: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
    created_at: Mapped[CreatedAt]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted; in force since `totp_since`
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)  # the last step whose code was used: no code works twice
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)


class DashboardSessionRecord(Record):
    """One signed-in browser. The cookie carries a random token; only its hash is stored."""

    __tablename__ = "dashboard_session"

    id: Mapped[BigKey]
    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    user_agent: Mapped[str | None]
    method: Mapped[str] = mapped_column(server_default="password")
    last_seen_at: Mapped[CreatedAt]


def by_email(session: Session, email: str) -> ModeratorRecord | None:
    """Return the account with this address (addresses are stored in lower case)."""
    return session.scalar(select(ModeratorRecord).where(ModeratorRecord.email == email.strip().lower()))


def any_administrator(session: Session) -> bool:
    """Say whether an administrator exists."""
    return (
        session.scalar(select(ModeratorRecord.id).where(ModeratorRecord.role == "administrator").limit(1)) is not None
    )


def all_accounts(session: Session) -> list[ModeratorRecord]:
    """Return every account by name, closed ones last."""
    return list(session.scalars(select(ModeratorRecord).order_by(ModeratorRecord.active.desc(), ModeratorRecord.name)))


def lock_administrators(session: Session) -> list[ModeratorRecord]:
    """Return the open accounts that administer every site, and let nobody else change them meanwhile."""
    row = ModeratorRecord
    query = select(row).where(row.role == Role.ADMINISTRATOR, row.active).order_by(row.id)
    return list(session.scalars(query.with_for_update(), execution_options={"populate_existing": True}))


def by_subject(session: Session, subject: str) -> ModeratorRecord | None:
    """Return the account that is bound to this identity of the OpenID provider."""
    return session.scalar(select(ModeratorRecord).where(ModeratorRecord.oidc_subject == subject))


def spend_totp_step(session: Session, account: ModeratorRecord, step: int) -> bool:
    """Note a step as used; False when this one or a later one was used before."""
    row = ModeratorRecord
    later = row.totp_step.is_(None) | (row.totp_step < step)
    spent = update(row).where(row.id == account.id, later).values(totp_step=step).returning(row.id)
    return session.scalar(spent, execution_options={"synchronize_session": False}) is not None


def by_session_token(session: Session, token_hash: bytes) -> tuple[ModeratorRecord, DashboardSessionRecord] | None:
    """Return the active account that this dashboard session belongs to, and the session, unless it expired."""
    row = session.execute(
        select(ModeratorRecord, DashboardSessionRecord)
        .join(DashboardSessionRecord, DashboardSessionRecord.moderator_id == ModeratorRecord.id)
        .where(
            DashboardSessionRecord.token_hash == token_hash,
            DashboardSessionRecord.expires_at > func.now(),
            ModeratorRecord.active,
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


def open_sessions(session: Session, moderator_id: int) -> list[DashboardSessionRecord]:
    """Return an account's sessions that have not expired, the one seen last first."""
    row = DashboardSessionRecord
    query = select(row).where(row.moderator_id == moderator_id, row.expires_at > func.now())
    return list(session.scalars(query.order_by(row.last_seen_at.desc(), row.id.desc())))


def last_seen(session: Session) -> dict[int, datetime]:
    """Return when each account with an open session was seen last."""
    row = DashboardSessionRecord
    query = select(row.moderator_id, func.max(row.last_seen_at)).group_by(row.moderator_id)
    return {moderator_id: at for moderator_id, at in session.execute(query)}


def end_sessions(session: Session, moderator_id: int, *, only: int | None = None, but: int | None = None) -> int:
    """Forget sessions of an account, all of them, one, or all but one; return how many."""
    row = DashboardSessionRecord
    ended = delete(row).where(row.moderator_id == moderator_id)
    if only is not None:
        ended = ended.where(row.id == only)
    if but is not None:
        ended = ended.where(row.id != but)
    return len(session.scalars(ended.returning(row.id)).all())


def end_session(session: Session, token_hash: bytes) -> None:
    """Forget one dashboard session; the cookie is worth nothing afterwards."""
    session.execute(delete(DashboardSessionRecord).where(DashboardSessionRecord.token_hash == token_hash))


def forget_expired_sessions(session: Session) -> int:
    """Delete expired dashboard sessions and return how many."""
    expired = delete(DashboardSessionRecord).where(DashboardSessionRecord.expires_at <= func.now())
    return len(session.scalars(expired.returning(DashboardSessionRecord.id)).all())
