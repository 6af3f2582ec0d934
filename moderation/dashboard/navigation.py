"""The places of the dashboard, as the header shows them: only those that the account may enter."""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext

from moderation.dashboard.access import may
from moderation.domain.permissions import Permission

_PLACES: list[tuple[str, Any, Permission]] = [
    ("dashboard.queue.index", lazy_gettext("Review queue"), Permission.READ),
    ("dashboard.search.index", lazy_gettext("Search"), Permission.READ),
    ("dashboard.bulk.index", lazy_gettext("Many at once"), Permission.DECIDE_MANY),
    ("dashboard.history.index", lazy_gettext("History"), Permission.READ),
    ("dashboard.statistics.index", lazy_gettext("Statistics"), Permission.READ),
    ("dashboard.watch.index", lazy_gettext("Watch"), Permission.READ),
    ("dashboard.models.index", lazy_gettext("Models"), Permission.READ),
    ("dashboard.settings.index", lazy_gettext("Settings"), Permission.SET_POLICY),
    ("dashboard.accounts.index", lazy_gettext("Accounts"), Permission.ADMINISTER),
]
_ROOMS = {"audit_trail": "accounts"}  # a room that is entered by way of another
_PART_OF_QUEUE = {"queue", "comment", "second"}


@dataclass(frozen=True)
class Place:
    """One screen in the header."""

    endpoint: str
    name: str
    current: bool


def places() -> list[Place]:
    """Return the places that the account may enter."""
    here = (request.endpoint or "").split(".")[1:2]
    room = "queue" if here and here[0] in _PART_OF_QUEUE else _ROOMS.get(here[0], here[0]) if here else ""
    return [
        Place(endpoint, str(name), endpoint.split(".")[1] == room)
        for endpoint, name, permission in _PLACES
        if may(permission)
    ]
