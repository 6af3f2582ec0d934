"""How a site learns, as it is stored: from JSON to sound values and back. What it does is in the services. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from moderation.domain import cron
from moderation.domain.errors import InvalidInput

_MOST_SHADOWED = 100_000


@dataclass(frozen=True)
class LearningSettings:
    """When a site's models are trained again, and what has to happen before one judges.

    `cron`: when to train, five fields in UTC; None: as the house has it; "never": when asked. `automatic`: a proven
    challenger takes the champion's place by itself. `shadow_comments`: how many comments a challenger scores in the
    shadow before that. `second_share`: share (0-1) of decided comments that a colleague judges again, blind.
    """

    cron: str | None = None
    automatic: bool = True
    shadow_comments: int = 100
    second_share: float = 0.0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "LearningSettings":
        """Read what is stored; what it leaves out keeps its default.

        Raises InvalidInput naming the field that is unknown or outside its range.
        """
        known = cls()
        for name in stored:
            if name not in asdict(known):
                raise InvalidInput(f"learning.{name}", "is unknown.", f"Use one of {', '.join(asdict(known))}.")
        when, automatic = stored.get("cron", known.cron), stored.get("automatic", known.automatic)
        shadowed, share = stored.get("shadow_comments", 100), stored.get("second_share", 0.0)
        if when is not None:
            cron.check("learning.cron", when if isinstance(when, str) else "")
        if not isinstance(automatic, bool):
            raise InvalidInput("learning.automatic", "must be true or false.", "Write it without quotes.")
        if not isinstance(shadowed, int) or isinstance(shadowed, bool) or not 0 <= shadowed <= _MOST_SHADOWED:
            raise InvalidInput("learning.shadow_comments", "must be a number of comments.", "For example 100.")
        if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= 1:
            raise InvalidInput("learning.second_share", "must be a number from 0 to 1.", "For example 0.05.")
        return cls(when, automatic, shadowed, float(share))

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values, complete."""
        return asdict(self)
