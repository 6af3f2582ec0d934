"""Versions of models: kept, challenged, promoted, rolled back. Skeleton."""

from sqlalchemy.orm import Session


def promote_ready(session: Session) -> int:
    """Promote every challenger that has shown enough in the shadow; return how many."""
    return 0
