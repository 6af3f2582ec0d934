"""Accounts of the dashboard: creation, and proving who one is by a password."""

from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInput, NotAuthenticated
from moderation.domain.words import Role
from moderation.services import passwords
from moderation.storage import moderators
from moderation.storage.moderators import ModeratorRecord

LONGEST_NAME = 100
LONGEST_ADDRESS = 254


def create(
    session: Session, email: str, name: str, password: str | None, role: Role | None = Role.MODERATOR
) -> ModeratorRecord:
    """Create an account; without a password nobody can sign in to it yet, without a role it has those of its sites.

    Raises InvalidInput for a malformed or taken address or a weak password.
    """
    account = ModeratorRecord(email=free_address(session, email), name=cleaned_name(name), role=role)
    account.password_hash = passwords.hashed(password, name, email) if password is not None else None
    session.add(account)
    session.flush()
    return account


def free_address(session: Session, email: str, owner: ModeratorRecord | None = None) -> str:
    """Return the address as it is stored. Raises InvalidInput when it is malformed or another account's."""
    email = email.strip().lower()
    local, at, domain = email.partition("@")
    if not (local and at and domain) or "@" in domain or len(email) > LONGEST_ADDRESS or not email.isprintable():
        raise InvalidInput("email", "is no e-mail address.", "For example nadia@example.org.")
    taken = moderators.by_email(session, email)
    if taken and (owner is None or taken.id != owner.id):
        raise InvalidInput("email", "already has an account.", "Use another address.")
    return email


def cleaned_name(name: str) -> str:
    """Return a name without control characters, of one line. Raises InvalidInput when nothing is left."""
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("name", "is missing or too long.", f"Use 1 to {LONGEST_NAME} characters.")
    return name


def prove(session: Session, email: str, password: str) -> ModeratorRecord:
    """Return the account that this address and password belong to. Raises NotAuthenticated.

    An unknown address, a wrong password, a closed account and one without a password get the same answer after
    the same work.
    """
    account = moderators.by_email(session, email) if "\0" not in email else None
    fits = passwords.fits(account.password_hash if account else None, password[: passwords.MAX_LENGTH + 1])
    if account is None or not account.password_hash or not fits or not account.active:
        raise NotAuthenticated("The address or the password is wrong.")
    account.password_hash = passwords.renewed(account.password_hash, password)
    return account
