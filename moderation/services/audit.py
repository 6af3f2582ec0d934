"""The audit trail of administration: who changed what about accounts, sites and rules, and when.

An act is written in the transaction of the change, so that neither is stored without the other. Details hold ids,
names of settings and their values; never a secret, and never a word of a comment.
"""

from typing import Any

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.storage.audit import AuditEventRecord
from moderation.storage.moderators import ModeratorRecord

_NEVER_KEPT = ("secret", "password", "token", "hash", "text", "body", "cookie")


def record(
    session: Session,
    moderator: ModeratorRecord | None,
    act: Act,
    *,
    site_id: int | None = None,
    about: ModeratorRecord | None = None,
    **details: Any,
) -> None:
    """Append one act; `moderator` is None for the command line and for Vigie itself. Details are JSON values."""
    if wrong := [name for name in details if any(word in name for word in _NEVER_KEPT)]:
        raise ValueError(f"The audit trail keeps no {wrong[0]}.")
    session.add(
        AuditEventRecord(
            moderator_id=moderator.id if moderator else None,
            act=act,
            about_id=about.id if about else None,
            site_id=site_id,
            details=details,
        )
    )
