"""What one account may do where: its role everywhere, or its role on each of its sites."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.errors import NotAllowed
from moderation.domain.permissions import Permission, allows
from moderation.domain.words import Role
from moderation.storage import memberships
from moderation.storage.moderators import ModeratorRecord


@dataclass(frozen=True)
class Access:
    """`everywhere` is the role on every site, or None when `by_site` names the only sites (id to role)."""

    everywhere: Role | None
    by_site: Mapping[int, Role]

    def may(self, permission: Permission, site_id: int | None = None) -> bool:
        """Say whether this is allowed on a site; without one, whether it is allowed on some site at least."""
        if self.everywhere is not None:
            return allows(self.everywhere, permission)
        roles = self.by_site.values() if site_id is None else [self.by_site[site_id]] if site_id in self.by_site else []
        return any(allows(role, permission) for role in roles)

    def need(self, permission: Permission, site_id: int | None = None) -> None:
        """Raise NotAllowed unless this is allowed."""
        if not self.may(permission, site_id):
            raise NotAllowed(permission)

    def sites(self, permission: Permission) -> frozenset[int] | None:
        """Return the ids of the sites where this is allowed; None means every site."""
        if self.everywhere is not None:
            return None if allows(self.everywhere, permission) else frozenset()
        return frozenset(site_id for site_id, role in self.by_site.items() if allows(role, permission))


def of(session: Session, moderator: ModeratorRecord) -> Access:
    """Return what this account may do; only accounts without a role everywhere cost a query."""
    if moderator.role is not None:
        return Access(Role(moderator.role), {})
    return Access(None, {site: Role(role) for site, role in memberships.of_account(session, moderator.id).items()})
