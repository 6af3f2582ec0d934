"""Accounts of the dashboard: creation, signing in and out."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInput, NotAuthenticated
from moderation.domain.words import Role
from moderation.storage import moderators
from moderation.storage.moderators import DashboardSessionRecord, ModeratorRecord

MIN_PASSWORD_LENGTH = 12
_hasher = PasswordHasher()
_HASH_OF_NOBODY = _hasher.hash(secrets.token_hex())  # checked for unknown addresses: both answers take as long


def create(session: Session, email: str, name: str, password: str, role: Role = Role.MODERATOR) -> ModeratorRecord:
    """Create an account. Raises InvalidInput for a malformed or taken address or a short password."""
    email = email.strip().lower()
    if email.count("@") != 1 or email.startswith("@") or email.endswith("@"):
        raise InvalidInput("email", "is no e-mail address.", "For example nadia@example.org.")
    if moderators.by_email(session, email):
        raise InvalidInput("email", "already has an account.", "Use another address.")
    if len(password) < MIN_PASSWORD_LENGTH:
        raise InvalidInput("password", "is too short.", f"Use {MIN_PASSWORD_LENGTH} characters or more.")
    account = ModeratorRecord(email=email, name=name, password_hash=_hasher.hash(password), role=role)
    session.add(account)
    session.flush()
    return account


def sign_in(session: Session, email: str, password: str, lasting: timedelta) -> str:
    """Open a dashboard session and return its token, for the cookie. Raises NotAuthenticated.

    An unknown address, a wrong password and a closed account get the same answer after the same work.
    """
    account = moderators.by_email(session, email)
    try:
        _hasher.verify(account.password_hash if account else _HASH_OF_NOBODY, password)
    except (VerificationError, InvalidHashError) as error:
        raise NotAuthenticated("The address or the password is wrong.") from error
    if account is None or not account.active:
        raise NotAuthenticated("The address or the password is wrong.")
    if _hasher.check_needs_rehash(account.password_hash):
        account.password_hash = _hasher.hash(password)
    token = secrets.token_urlsafe(32)
    session.add(
        DashboardSessionRecord(moderator_id=account.id, token_hash=_hash(token), expires_at=datetime.now(UTC) + lasting)
    )
    return token


def signed_in(session: Session, token: str) -> ModeratorRecord | None:
    """Return the account that a cookie's token belongs to, or None when it is unknown, ended or expired."""
    return moderators.by_session_token(session, _hash(token))


def sign_out(session: Session, token: str) -> None:
    """End a dashboard session; its cookie is worth nothing afterwards."""
    moderators.end_session(session, _hash(token))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
