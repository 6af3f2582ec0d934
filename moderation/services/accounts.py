"""Administering accounts: who is there, inviting, roles, closing, new links. Every act is in the audit trail.

An administrator of every site manages every account; an administrator of some sites manages the accounts that work
on those sites only, and gives roles there. Somebody who can sign in and administers every site always remains.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.errors import LastAdministrator, NotAllowed, NotFound
from moderation.domain.permissions import Permission
from moderation.domain.words import Role
from moderation.services import audit, moderators
from moderation.services.access import Access
from moderation.storage import invitations, memberships, sites
from moderation.storage import moderators as storage
from moderation.storage.invitations import InvitationRecord
from moderation.storage.moderators import ModeratorRecord

INVITATION_LASTS = timedelta(days=7)
NEW_LINK_LASTS = timedelta(days=1)
EVERYWHERE = Access(Role.ADMINISTRATOR, {})  # what the command line may do


@dataclass(frozen=True)
class Roles:
    """A role on every site, or, without one, a role on each of some sites."""

    everywhere: Role | None
    by_site: Mapping[int, Role]

    def told(self, slugs: Mapping[int, str]) -> str:
        """Return the roles as the audit trail keeps them: "editor", or "lejour: editor, gazette: observer"."""
        by_site = (f"{slugs.get(site, site)}: {role}" for site, role in sorted(self.by_site.items()))
        return self.everywhere or ", ".join(by_site) or "none"


@dataclass(frozen=True)
class Person:
    """One account as administrators see it."""

    account: ModeratorRecord
    roles: Roles
    last_seen: datetime | None

    @property
    def joined(self) -> bool:
        """Say whether the person ever signed in by a password or the provider."""
        return bool(self.account.password_hash or self.account.oidc_subject)


def people(session: Session, access: Access) -> Sequence[Person]:
    """Return the accounts that this administrator sees, by name, closed ones last."""
    seen, roles = storage.last_seen(session), memberships.of_everybody(session)
    everybody = storage.all_accounts(session)
    found = [_person(account, roles.get(account.id, {}), seen.get(account.id)) for account in everybody]
    return [person for person in found if _sees(access, person.roles)]


def person(session: Session, access: Access, moderator_id: int) -> Person:
    """Return one account that this administrator sees. Raises NotFound."""
    account = session.get(ModeratorRecord, moderator_id)
    if account is not None:
        roles = memberships.of_account(session, moderator_id)
        found = _person(account, roles, storage.last_seen(session).get(moderator_id))
        if _sees(access, found.roles):
            return found
    raise NotFound("account", str(moderator_id))


def manages(access: Access, roles: Roles) -> bool:
    """Say whether this administrator may close, reopen and reset an account with these roles."""
    reach = access.sites(Permission.ADMINISTER)
    if reach is None:
        return True
    return roles.everywhere is None and bool(roles.by_site) and set(roles.by_site) <= reach


def invite(session: Session, access: Access, by: ModeratorRecord | None, email: str, roles: Roles) -> str:
    """Create an account that waits for its owner and return the token of its link, for the only time.

    Raises InvalidInput for the address, NotAllowed for roles beyond the administrator's own reach.
    """
    if not manages(access, roles):
        raise NotAllowed(Permission.ADMINISTER)
    account = moderators.create(session, email, email.strip().partition("@")[0], None, roles.everywhere)
    memberships.replace(session, account.id, roles.by_site)
    audit.record(session, by, Act.ACCOUNT_INVITED, about=account, roles=roles.told(_slugs(session)))
    return _link(session, account, INVITATION_LASTS)


def new_link(session: Session, access: Access, by: ModeratorRecord | None, moderator_id: int) -> str:
    """Return the token of a new link by which the owner sets a new password; earlier links end."""
    found = _managed(session, access, moderator_id)
    audit.record(session, by, Act.ACCOUNT_LINK_MADE, about=found.account)
    return _link(session, found.account, NEW_LINK_LASTS if found.joined else INVITATION_LASTS)


def change_roles(
    session: Session, access: Access, by: ModeratorRecord | None, moderator_id: int, wanted: Roles
) -> None:
    """Give an account other roles. An administrator of some sites changes the roles there and no other.

    Raises NotAllowed, NotFound, or LastAdministrator.
    """
    administrators = storage.lock_administrators(session)
    found = person(session, access, moderator_id)
    reach = access.sites(Permission.ADMINISTER)
    if reach is not None:
        if found.roles.everywhere or wanted.everywhere or not set(wanted.by_site) <= reach:
            raise NotAllowed(Permission.ADMINISTER)
        kept = {site: role for site, role in found.roles.by_site.items() if site not in reach}
        wanted = Roles(None, kept | dict(wanted.by_site))
    if wanted.everywhere != Role.ADMINISTRATOR:
        _leave_an_administrator(administrators, found.account)
    found.account.role = wanted.everywhere
    memberships.replace(session, moderator_id, {} if wanted.everywhere else wanted.by_site)
    slugs = _slugs(session)
    before, after = found.roles.told(slugs), wanted.told(slugs)
    audit.record(session, by, Act.ACCOUNT_ROLE_CHANGED, about=found.account, before=before, after=after)


def close(session: Session, access: Access, by: ModeratorRecord | None, moderator_id: int) -> None:
    """Close an account: its sessions and links end at once, its decisions stay. Raises LastAdministrator."""
    administrators = storage.lock_administrators(session)
    account = _managed(session, access, moderator_id).account
    _leave_an_administrator(administrators, account)
    account.active = False
    storage.end_sessions(session, account.id)
    invitations.revoke(session, account.id)
    audit.record(session, by, Act.ACCOUNT_CLOSED, about=account)


def reopen(session: Session, access: Access, by: ModeratorRecord | None, moderator_id: int) -> None:
    """Open a closed account again, with the roles and the password it had."""
    account = _managed(session, access, moderator_id).account
    account.active = True
    audit.record(session, by, Act.ACCOUNT_REOPENED, about=account)


def managed(session: Session, access: Access, moderator_id: int) -> ModeratorRecord:
    """Return an account that this administrator manages. Raises NotFound or NotAllowed."""
    return _managed(session, access, moderator_id).account


def _managed(session: Session, access: Access, moderator_id: int) -> Person:
    found = person(session, access, moderator_id)
    if not manages(access, found.roles):
        raise NotAllowed(Permission.ADMINISTER)
    return found


def _slugs(session: Session) -> dict[int, str]:
    return {site.id: site.slug for site in sites.all_sites(session)}


def _leave_an_administrator(administrators: Sequence[ModeratorRecord], leaving: ModeratorRecord) -> None:
    can_sign_in = [one.id for one in administrators if one.password_hash or one.oidc_subject]
    if leaving.id in can_sign_in and len(can_sign_in) == 1:
        raise LastAdministrator


def _link(session: Session, account: ModeratorRecord, lasting: timedelta) -> str:
    invitations.revoke(session, account.id)
    token = secrets.token_urlsafe(32)
    token_hash = hashlib.sha256(token.encode()).digest()
    expires_at = datetime.now(UTC) + lasting
    session.add(InvitationRecord(moderator_id=account.id, token_hash=token_hash, expires_at=expires_at))
    session.flush()
    return token


def _person(account: ModeratorRecord, roles: Mapping[int, str], last_seen: datetime | None) -> Person:
    everywhere = Role(account.role) if account.role else None
    return Person(account, Roles(everywhere, {site: Role(role) for site, role in roles.items()}), last_seen)


def _sees(access: Access, roles: Roles) -> bool:
    reach = access.sites(Permission.ADMINISTER)
    return reach is None or (roles.everywhere is None and bool(reach & set(roles.by_site)))
