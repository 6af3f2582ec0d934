"""What one person likes, as it is kept with the account: read tolerantly, written soundly. No request is known here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from moderation.storage.moderators import ModeratorRecord

UTC = "UTC"
VEIL_LEVELS = (50, 60, 70, 80, 90)
LONGEST_STRETCH = 240
"""The most minutes between two reminders to rest."""


@dataclass(frozen=True)
class Tastes:
    """Preferences of one account.

    `veil_from`: incivility (percent) from which a text is blurred until asked, None for never. `break_minutes`:
    0 for no reminder. `preset` and `own` say which keys do what; see `shortcuts`.
    """

    time_zone: str = UTC
    veil_from: int | None = None
    break_minutes: int = 0
    preset: str = ""
    own: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the preferences as they are stored."""
        return {
            "time_zone": self.time_zone,
            "veil_from": self.veil_from,
            "break_minutes": self.break_minutes,
            "preset": self.preset,
            "own": dict(self.own),
        }


def of(moderator: ModeratorRecord | None) -> Tastes:
    """Return what this account likes; what is not stored, or no longer known, is as for a new one."""
    stored: Mapping[str, Any] = (moderator.preferences if moderator else None) or {}
    minutes, own = stored.get("break_minutes"), stored.get("own")
    return Tastes(
        time_zone=zone if (zone := stored.get("time_zone")) in time_zones() else UTC,
        veil_from=level if (level := stored.get("veil_from")) in VEIL_LEVELS else None,
        break_minutes=minutes if isinstance(minutes, int) and 0 <= minutes <= LONGEST_STRETCH else 0,
        preset=str(stored.get("preset") or ""),
        own={str(k): str(v) for k, v in own.items()} if isinstance(own, Mapping) else {},
    )


@cache
def time_zones() -> tuple[str, ...]:
    """Return the time zones that a person may pick, by name; UTC first."""
    places = sorted(name for name in available_timezones() if name.split("/")[0] in _CONTINENTS)
    return (UTC, *places)


_CONTINENTS = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip
