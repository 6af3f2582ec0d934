"""What a person changes about the own account: name, address, password; and the rule that holds for everybody."""

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.errors import NotAllowed, NotAuthenticated
from moderation.domain.permissions import Permission
from moderation.services import audit, moderators, passwords, sessions
from moderation.services.access import Access
from moderation.storage import invitations
from moderation.storage.invitations import HouseRuleRecord
from moderation.storage.moderators import ModeratorRecord


def rename(session: Session, account: ModeratorRecord, name: str) -> None:
    """Change the name that other moderators see. Raises InvalidInput."""
    account.name = moderators.cleaned_name(name)
    audit.record(session, account, Act.ACCOUNT_CHANGED, about=account, name=account.name)


def change_address(session: Session, account: ModeratorRecord, email: str, password: str) -> None:
    """Change the address one signs in with. Raises InvalidInput, or NotAuthenticated for a wrong password."""
    prove(account, password)
    account.email = moderators.free_address(session, email, account)
    audit.record(session, account, Act.ACCOUNT_CHANGED, about=account, email=account.email)


def change_password(
    session: Session, account: ModeratorRecord, old: str, new: str, session_id: int | None = None
) -> int:
    """Change the password, end every other session and return how many there were.

    Raises InvalidInput for the new password, NotAuthenticated for a wrong old one.
    """
    prove(account, old)
    account.password_hash = passwords.hashed(new, account.name, account.email)
    invitations.revoke(session, account.id)
    ended = sessions.end_others(session, account, session_id)
    audit.record(session, account, Act.PASSWORD_CHANGED, about=account, sessions_ended=ended)
    return ended


def require_second_factor(session: Session, access: Access, by: ModeratorRecord, *, required: bool) -> None:
    """Ask everybody who signs in with a password for a second factor, or no longer. Raises NotAllowed."""
    if access.sites(Permission.ADMINISTER) is not None:
        raise NotAllowed(Permission.ADMINISTER)
    rule = session.get(HouseRuleRecord, 1) or HouseRuleRecord(id=1)
    rule.second_factor_required = required
    session.add(rule)
    audit.record(session, by, Act.HOUSE_RULE_CHANGED, second_factor_required=required)


def prove(account: ModeratorRecord, password: str) -> None:
    """Ask for the password once more before something grave. Raises NotAuthenticated."""
    if not passwords.fits(account.password_hash, password[: passwords.MAX_LENGTH + 1]):
        raise NotAuthenticated("The password is wrong.")
