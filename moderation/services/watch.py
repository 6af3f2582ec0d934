"""The watch over the models: drift, calibration, agreement. Skeleton."""

from datetime import datetime

from moderation.database import Database


def report_all(database: Database, now: datetime) -> int:
    """Measure every site and keep a report; return how many."""
    return 0
