"""What came of an appeal. Pure."""

from enum import StrEnum

from moderation.domain.words import Verdict


class Outcome(StrEnum):
    """What became of an appeal: the verdict that it was made against stands, or does not."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


def outcome(before: str | None, now: Verdict) -> Outcome:
    """Return what came of an appeal against a verdict (None: nothing had been decided, so nothing is upheld)."""
    return Outcome.UPHELD if before == now else Outcome.OVERTURNED
