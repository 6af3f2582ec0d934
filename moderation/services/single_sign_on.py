"""Signing in through an OpenID Connect provider: which account an identity belongs to.

The provider's word about the address counts only when it calls it verified. Once an account was entered this way it
is bound to the provider's subject, so that a later change of addresses there opens nobody else's account.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.errors import InvalidInput, NotAuthenticated
from moderation.domain.words import Role
from moderation.services import audit, moderators
from moderation.storage import moderators as storage
from moderation.storage.moderators import ModeratorRecord


@dataclass(frozen=True)
class Identity:
    """What the provider says about somebody: issuer and subject, the address and whether it verified it, the name."""

    issuer: str
    subject: str
    email: str
    verified: bool
    name: str

    @property
    def key(self) -> str:
        """The identity as it is stored with the account."""
        return f"{self.issuer} {self.subject}"


@dataclass(frozen=True)
class Admission:
    """Whom the provider may send: addresses of these domains (none: of any), and with which role uninvited ones."""

    domains: Collection[str] = ()
    role: Role | None = None


def account_of(session: Session, identity: Identity, admission: Admission) -> ModeratorRecord:
    """Return the account of an identity, made now where that is allowed. Raises NotAuthenticated."""
    email = identity.email.strip().lower()
    if not identity.subject or not identity.verified or "@" not in email or "\0" in email:
        raise NotAuthenticated("The provider does not say that this address is verified.")
    if admission.domains and email.rpartition("@")[2] not in admission.domains:
        raise NotAuthenticated("Addresses of this domain are not let in.")
    account = storage.by_subject(session, identity.key) or _bound(session, identity, email, admission)
    if not account.active:
        raise NotAuthenticated("This account is closed.")
    return account


def _bound(session: Session, identity: Identity, email: str, admission: Admission) -> ModeratorRecord:
    account = storage.by_email(session, email)
    if account is not None and account.oidc_subject is not None:
        raise NotAuthenticated("This address belongs to somebody else's account.")
    if account is None:
        account = _made(session, identity, email, admission)
    elif account.active:
        audit.record(session, account, Act.ACCOUNT_JOINED, about=account, issuer=identity.issuer)
    if account.active:
        account.oidc_subject = identity.key
    return account


def _made(session: Session, identity: Identity, email: str, admission: Admission) -> ModeratorRecord:
    if admission.role is None:
        raise NotAuthenticated("Nobody invited this address.")
    try:
        account = moderators.create(session, email, identity.name or email.partition("@")[0], None, admission.role)
    except InvalidInput as problem:
        raise NotAuthenticated("The provider's name or address cannot be stored.") from problem
    audit.record(session, account, Act.ACCOUNT_CREATED, about=account, issuer=identity.issuer, role=admission.role)
    return account
