"""When something is due by a cron text (five fields, UTC). Pure: the clock comes in as an argument."""

from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

from moderation.domain.errors import InvalidInput

NEVER = "never"
"""In place of a cron text: only when somebody asks."""
_FIELDS = 5


def check(field: str, text: str) -> None:
    """Raise InvalidInput that names the field, unless the text is five cron fields that come true, or "never"."""
    if text == NEVER:
        return
    try:
        if len(text.split()) == _FIELDS:
            next(CronSim(text, datetime(2024, 1, 1, tzinfo=UTC)))  # a leap year follows: 29 February comes true
            return
    except (CronSimError, StopIteration, ValueError):
        pass  # the sentence below says it
    raise InvalidInput(
        field, "must be five cron fields in UTC.", f'For example "30 3 * * *" (each night at 3:30), or "{NEVER}".'
    )


def last_time(text: str, now: datetime) -> datetime | None:
    """Return the latest time, up to and with the minute of `now`, at which a checked cron text came true."""
    if text == NEVER:
        return None
    after = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    return next(CronSim(text, after, reverse=True), None)
