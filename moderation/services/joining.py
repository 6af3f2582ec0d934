"""Following a link: the first password of an invited person, or a new one for somebody who lost theirs."""

import hashlib

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.errors import NotFound
from moderation.services import audit, moderators, passwords, sessions
from moderation.storage import invitations
from moderation.storage.invitations import InvitationRecord
from moderation.storage.moderators import ModeratorRecord


def invited(session: Session, token: str) -> ModeratorRecord:
    """Return the account that a link belongs to. Raises NotFound when it is unknown, used, expired or closed."""
    return _found(session, token)[1]


def accept(session: Session, token: str, name: str, password: str) -> ModeratorRecord:
    """Set name and password, use the link up, and end the sessions of an earlier password.

    Raises NotFound for the link, InvalidInput for name or password.
    """
    invitation, account = _found(session, token)
    name = moderators.cleaned_name(name)
    stored = passwords.hashed(password, name, account.email)
    if not invitations.use(session, invitation.id):
        raise NotFound("invitation", "this link")
    joining = account.password_hash is None
    account.name, account.password_hash = name, stored
    sessions.end_others(session, account)
    audit.record(session, account, Act.ACCOUNT_JOINED if joining else Act.PASSWORD_CHANGED, about=account)
    return account


def _found(session: Session, token: str) -> tuple[InvitationRecord, ModeratorRecord]:
    invitation = invitations.by_token(session, hashlib.sha256(token.encode()).digest())
    account = session.get(ModeratorRecord, invitation.moderator_id) if invitation else None
    if invitation is None or account is None or not account.active:
        raise NotFound("invitation", "this link")
    return invitation, account
