"""The part of the review queue that an address or a form names, and what the rail beside it shows."""

from dataclasses import replace
from typing import Any

from flask import g

from moderation.dashboard.access import may, moderator, readable
from moderation.domain.errors import NotFound
from moderation.domain.permissions import Permission
from moderation.services import review
from moderation.services.review import Surroundings, Wanted
from moderation.storage.queue import QueueReason, Reader

_LARGEST_ID = 2**63 - 1


def wanted_part(database: Any, values: Any) -> Wanted:
    """Read which part of the queue an address or a form names. Raises NotFound when there is no such part."""
    reason = values.get("reason") or None
    if reason is not None and reason not in set(QueueReason):
        raise NotFound("reason", reason)
    return review.wanted(database, values.get("site"), QueueReason(reason) if reason else None, readable())


def part_args(part: Wanted) -> dict[str, Any]:
    """Return the part of the queue as arguments of an address."""
    return {
        name: value
        for name, value in (("reason", part.reason), ("site", part.site.slug if part.site else None))
        if value
    }


def rail(part: Wanted, around: Surroundings) -> dict[str, Any]:
    """Return what the rail beside every screen of the queue shows."""
    return {"part": part, "part_args": part_args(part), "around": around, "reasons": list(QueueReason)}


def reader(part: Wanted) -> Reader:
    """Return who asks what comes next, on these sites."""
    site = part.site.id if part.site else None
    return Reader(moderator().id, settles=may(Permission.DECIDE_MANY, site))


def deciding(part: Wanted) -> Wanted:
    """Return the part without the sites whose comments the account that asks may not decide about."""
    return replace(part, readable=g.access.sites(Permission.DECIDE))


def cursor(text: str | None) -> int:
    """Read a paging cursor; what is no number starts from the beginning."""
    return min(int(text), _LARGEST_ID) if text and text.isascii() and text.isdigit() and len(text) < 20 else 0
