"""How long a site keeps the texts of decided comments; what is undecided is never forgotten."""

from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInput
from moderation.storage import retention
from moderation.storage.sites import SiteRecord

MOST_DAYS = 3_650
BATCH_SIZE = 2_000


def set_days(site: SiteRecord, judged_days: int | None, days: int | None) -> None:
    """Set after how many days texts are forgotten: of comments that a moderator decided, and of all decided ones.

    None keeps them. Raises InvalidInput for a number of days outside 1 to 3,650.
    """
    for name, value in (("judged_days", judged_days), ("days", days)):
        if value is not None and not 1 <= value <= MOST_DAYS:
            raise InvalidInput(name, f"must be from 1 to {MOST_DAYS}.", "Leave it empty to keep texts for ever.")
    site.keep_judged_days, site.keep_days = judged_days, days


def preview(session: Session, site: SiteRecord, judged_days: int | None, days: int | None) -> int:
    """Return of how many comments the texts would be forgotten now, with these days."""
    return retention.count(session, site.id, judged_days, days)


def forget_old_texts(session: Session) -> int:
    """Forget one batch of texts that every site kept long enough; return of how many comments."""
    ids = retention.due(session, BATCH_SIZE)
    retention.erase(session, ids)
    return len(ids)
