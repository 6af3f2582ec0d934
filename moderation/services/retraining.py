"""Retraining: asked for, done in steps, cancelled. Skeleton."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from classifiers.scorer import Scorer
from moderation.database import Database


def start_due(session: Session, now: datetime, house_cron: str, shared_cron: str) -> int:
    """Ask for the retrainings whose time has come; return how many."""
    return 0


def step(database: Database, scorer: Scorer, place: Path) -> bool:
    """Do one step of the oldest unfinished retraining; return False when there is none. Rings while work is left."""
    return False
