"""By which way a comment came before the person who decides it now. Pure."""

from moderation.domain.words import Route


def route_of(*, waits: bool, audit: bool, reasons: list[str], appealed: bool, reported: bool, escalated: bool) -> Route:
    """Return the way, the one that says most about how such comments are chosen first.

    `waits`: the policy held it; `audit`, `reasons`: why it did.
    """
    if appealed:
        return Route.APPEAL
    if waits:
        chosen = Route.LEARNING if Route.LEARNING.value in reasons else Route.QUEUE
        return Route.AUDIT if audit else chosen
    if reported:
        return Route.REPORT
    return Route.ESCALATION if escalated else Route.FREE
