"""Counts of everything that waits or stands, by site: what a monitor asks every few seconds. Figures only, no text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.storage.comments import WAITING


@dataclass(frozen=True)
class Queued:
    """What waits on one site: how much, and for how long the first has waited, in seconds (0: nothing waits)."""

    site: str
    count: int
    oldest: float


@dataclass(frozen=True)
class Named:
    """A count on one site by one word: a status, a state."""

    site: str
    word: str
    count: int


@dataclass(frozen=True)
class Training:
    """The newest retraining of a place (`site` None: the shared models)."""

    site: str | None
    state: str
    done: int
    total: int


def pending(session: Session) -> list[Queued]:
    """Count by site the revisions that wait for a score."""
    return _queued(session, _PENDING)


def review_queue(session: Session) -> list[Queued]:
    """Count by site the comments that are before the moderators, and how long the oldest has waited for them."""
    return _queued(session, _REVIEW)


def callbacks(session: Session) -> list[Queued]:
    """Count by site the messages that are not delivered yet."""
    return _queued(session, _CALLBACKS)


def second_judgements(session: Session) -> list[Queued]:
    """Count by site the second judgements that nobody has given yet."""
    return _queued(session, _SECOND)


def comments(session: Session) -> list[Named]:
    """Count comments by site and status."""
    return [Named(*row) for row in session.execute(text(_COMMENTS))]


def retrainings(session: Session) -> list[Training]:
    """Return the newest retraining of each place."""
    return [Training(*row) for row in session.execute(text(_RETRAININGS))]


def rescoring_left(session: Session) -> int:
    """Count the comments that running rescorings still have to send."""
    return int(session.scalar(text(_RESCORING)) or 0)


def _queued(session: Session, query: str) -> list[Queued]:
    rows: Sequence[Any] = session.execute(text(query)).all()
    return [Queued(site, count, max(float(oldest or 0), 0.0)) for site, count, oldest in rows]


_AGE = "extract(epoch FROM now() - min({}))"
_PENDING = f"""
    SELECT site.slug, count(revision.id), {_AGE.format("revision.received_at")}
    FROM site LEFT JOIN (revision JOIN comment ON comment.id = revision.comment_id AND revision.state = 'pending')
      ON comment.site_id = site.id
    GROUP BY site.id ORDER BY site.id
"""  # noqa: S608 - fixed words only
_REVIEW = f"""
    SELECT site.slug, count(waiting.id), {_AGE.format("waiting.since")}
    FROM site LEFT JOIN (
        SELECT id, site_id, least(CASE WHEN status = 'in_review' THEN received_at END, reported_at, appealed_at,
                                  escalated_at) AS since
        FROM comment WHERE {WAITING}
    ) AS waiting ON waiting.site_id = site.id
    GROUP BY site.id ORDER BY site.id
"""  # noqa: S608 - fixed words only
_CALLBACKS = f"""
    SELECT site.slug, count(callback.id), {_AGE.format("callback.created_at")}
    FROM site LEFT JOIN callback ON callback.site_id = site.id AND callback.state = 'pending'
    GROUP BY site.id ORDER BY site.id
"""  # noqa: S608 - fixed words only
_SECOND = f"""
    SELECT site.slug, count(second_judgement.id), {_AGE.format("second_judgement.asked_at")}
    FROM site LEFT JOIN second_judgement
      ON second_judgement.site_id = site.id AND second_judgement.answered_at IS NULL
    GROUP BY site.id ORDER BY site.id
"""  # noqa: S608 - fixed words only
_COMMENTS = """
    SELECT site.slug, counted.status, counted.count
    FROM (SELECT site_id, status, count(*) AS count FROM comment GROUP BY 1, 2) AS counted
    JOIN site ON site.id = counted.site_id ORDER BY site.id, counted.status
"""
_RETRAININGS = """
    SELECT DISTINCT ON (coalesce(retraining.site_id, 0)) site.slug, retraining.state, retraining.done, retraining.total
    FROM retraining LEFT JOIN site ON site.id = retraining.site_id
    ORDER BY coalesce(retraining.site_id, 0), retraining.id DESC
"""
_RESCORING = "SELECT sum(greatest(total - done, 0)) FROM rescoring WHERE state IN ('waiting', 'running')"
