"""Roles of accounts on single sites, for accounts without a role everywhere: records and queries."""

from collections.abc import Mapping

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.storage.base import Record


class MembershipRecord(Record):
    """The role of one account on one site."""

    __tablename__ = "membership"

    moderator_id: Mapped[int] = mapped_column(ForeignKey("moderator.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]


def of_account(session: Session, moderator_id: int) -> dict[int, str]:
    """Return the roles of one account by site."""
    query = select(MembershipRecord.site_id, MembershipRecord.role).where(MembershipRecord.moderator_id == moderator_id)
    return {site_id: role for site_id, role in session.execute(query)}


def of_everybody(session: Session) -> dict[int, dict[int, str]]:
    """Return the roles by site of every account that has such roles."""
    found: dict[int, dict[int, str]] = {}
    for row in session.scalars(select(MembershipRecord)):
        found.setdefault(row.moderator_id, {})[row.site_id] = row.role
    return found


def replace(session: Session, moderator_id: int, roles: Mapping[int, str]) -> None:
    """Give an account exactly these roles by site."""
    session.execute(delete(MembershipRecord).where(MembershipRecord.moderator_id == moderator_id))
    for site_id, role in roles.items():
        session.add(MembershipRecord(moderator_id=moderator_id, site_id=site_id, role=role))
    session.flush()
