"""Signed-in browsers: opened, recognised, listed, ended."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.errors import NotFound
from moderation.services import audit
from moderation.storage import invitations, moderators
from moderation.storage.moderators import DashboardSessionRecord, ModeratorRecord

BY_PASSWORD, BY_PROVIDER = "password", "oidc"
LAST_SEEN_STEP = timedelta(minutes=10)  # no finer: it is kept for the owner's safety, not to watch anybody
_LONGEST_AGENT = 300


@dataclass(frozen=True)
class SignedIn:
    """The account behind a cookie, its session, and whether it has to set up a second factor before all else."""

    moderator: ModeratorRecord
    session_id: int
    needs_second_factor: bool


def begin(
    session: Session, account: ModeratorRecord, lasting: timedelta, agent: str = "", method: str = BY_PASSWORD
) -> str:
    """Open a session and return its token, for the cookie."""
    token = secrets.token_urlsafe(32)
    session.add(
        DashboardSessionRecord(
            moderator_id=account.id,
            token_hash=_hash(token),
            expires_at=datetime.now(UTC) + lasting,
            user_agent=agent.replace("\0", "")[:_LONGEST_AGENT] or None,
            method=method,
        )
    )
    return token


def recognise(session: Session, token: str) -> SignedIn | None:
    """Return who a cookie's token belongs to, or None when it is unknown, ended or expired."""
    found = moderators.by_session_token(session, _hash(token))
    if found is None:
        return None
    account, browser = found
    if datetime.now(UTC) - browser.last_seen_at > LAST_SEEN_STEP:
        browser.last_seen_at = datetime.now(UTC)
    bare = account.totp_since is None and browser.method == BY_PASSWORD
    return SignedIn(account, browser.id, bare and invitations.second_factor_required(session))


def end(session: Session, token: str) -> None:
    """End a session; its cookie is worth nothing afterwards."""
    moderators.end_session(session, _hash(token))


def of_account(session: Session, account: ModeratorRecord) -> Sequence[DashboardSessionRecord]:
    """Return an account's open sessions, the one seen last first."""
    return moderators.open_sessions(session, account.id)


def revoke(session: Session, account: ModeratorRecord, session_id: int) -> None:
    """End one session of an account from another one. Raises NotFound."""
    if not moderators.end_sessions(session, account.id, only=session_id):
        raise NotFound("session", str(session_id))
    audit.record(session, account, Act.SESSIONS_ENDED, about=account, count=1)


def revoke_others(session: Session, account: ModeratorRecord, kept: int | None) -> int:
    """End every session of an account but the one that asks; return how many."""
    if count := end_others(session, account, kept):
        audit.record(session, account, Act.SESSIONS_ENDED, about=account, count=count)
    return count


def end_others(session: Session, account: ModeratorRecord, kept: int | None = None) -> int:
    """End an account's sessions, except the one to keep; return how many."""
    return moderators.end_sessions(session, account.id, but=kept)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
