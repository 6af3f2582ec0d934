"""Rescoring what waits in the review queue, in chunks. Skeleton."""

from sqlalchemy.orm import Session


def send_next(session: Session) -> int:
    """Send the next chunk to the scorers; return of how many comments. Rings again while something is left."""
    return 0
