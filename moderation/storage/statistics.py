"""Counting comments: when they came, what became of them, how long they wait, below which articles.

Every query is an aggregate over one window of time; days and hours are those of the zone that is asked for.
What is counted about decisions is in `decision_statistics`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Session

from moderation.storage.comments import WAITING, CommentRecord

Index(
    "ix_comment_received",
    CommentRecord.site_id,
    CommentRecord.received_at,
    postgresql_include=["status", "article_id"],
)


@dataclass(frozen=True)
class Window:
    """What is counted: these sites, from `since` to before `until`, in the days and hours of a time zone."""

    sites: Collection[int]
    since: datetime
    until: datetime
    zone: str

    @property
    def values(self) -> dict[str, Any]:
        """The window as parameters of a query."""
        return {"sites": list(self.sites), "since": self.since, "until": self.until, "zone": self.zone}


@dataclass(frozen=True)
class Arrived:
    """Comments that came in one hour of the zone and have this status now."""

    hour: datetime
    status: str
    count: int


@dataclass(frozen=True)
class Waiting:
    """How long comments have waited: counts between the limits that were asked for, and the whole in seconds."""

    counts: Sequence[int]
    median: float | None
    p90: float | None
    oldest: float | None


@dataclass(frozen=True)
class Busy:
    """One article with its comments; `held` were given to a person by the policy.

    The audit sample and what was chosen for learning are left out of `held`: nothing spoke against them.

    `by_comments` and `by_held` are its places in the two orders, from 1.
    """

    article_id: int
    title: str
    site: str
    comments: int
    held: int
    by_comments: int
    by_held: int


def arrivals(session: Session, window: Window) -> list[Arrived]:
    """Count comments by the hour in which they came and the status they have."""
    return [Arrived(*row) for row in session.execute(text(_ARRIVALS), window.values)]


def waiting(session: Session, sites: Collection[int], now: datetime, limits: Sequence[int]) -> Waiting:
    """Measure how long the comments before the moderators have waited; `limits` are ages in seconds."""
    values = {"sites": list(sites), "now": now, "limits": list(limits)}
    found = session.execute(text(_WAITING), values).one()
    by_bucket = {int(bucket): count for bucket, count in session.execute(text(_WAITING_BY_AGE), values)}
    return Waiting([by_bucket.get(bucket, 0) for bucket in range(len(limits) + 1)], *found)


def articles(session: Session, window: Window, most: int, least: int) -> list[Busy]:
    """Return the articles with most comments, and those held most often among those with `least` comments."""
    return [Busy(*row) for row in session.execute(text(_ARTICLES), window.values | {"most": most, "least": least})]


_IN_WINDOW = "site_id = ANY(:sites) AND received_at >= :since AND received_at < :until"
_ARRIVALS = f"""
    SELECT date_trunc('hour', received_at AT TIME ZONE :zone), status, count(*)
    FROM comment WHERE {_IN_WINDOW} GROUP BY 1, 2
"""  # noqa: S608 - fixed words only
_AGES = f"""
    SELECT greatest(extract(epoch FROM :now - least(
        CASE WHEN status = 'in_review' THEN received_at END, reported_at, appealed_at, escalated_at)), 0) AS age
    FROM comment WHERE ({WAITING}) AND site_id = ANY(:sites)
"""  # noqa: S608 - fixed words only
_WAITING = f"""
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY age), percentile_cont(0.9) WITHIN GROUP (ORDER BY age),
           CAST(max(age) AS double precision)
    FROM ({_AGES}) AS ages
"""  # noqa: S608 - fixed words only
_WAITING_BY_AGE = f"""
    SELECT width_bucket(age, CAST(:limits AS numeric[])), count(*) FROM ({_AGES}) AS ages GROUP BY 1
"""  # noqa: S608 - fixed words only
_ARTICLES = f"""
    WITH arrived AS (
        SELECT article_id, count(*) AS comments FROM comment
        WHERE {_IN_WINDOW} AND article_id IS NOT NULL AND status <> 'deleted' GROUP BY 1
    ), held AS (
        SELECT article_id, count(DISTINCT comment.id) AS held
        FROM decision JOIN comment ON comment.id = decision.comment_id
        WHERE decision.origin = 'policy' AND decision.verdict = 'review' AND NOT decision.audit
          AND decision.route IS DISTINCT FROM 'learning'
          AND decision.site_id = ANY(:sites) AND decision.decided_at >= :since
          AND comment.received_at >= :since AND comment.received_at < :until AND comment.status <> 'deleted'
        GROUP BY 1
    ), ranked AS (
        SELECT article_id, comments, coalesce(held, 0) AS held,
            row_number() OVER (ORDER BY comments DESC, article_id) AS by_comments,
            row_number() OVER (ORDER BY comments < :least, coalesce(held, 0)::float / comments DESC,
                               comments DESC, article_id) AS by_held
        FROM arrived LEFT JOIN held USING (article_id)
    )
    SELECT article.id, article.title, site.name, comments, held, by_comments, by_held
    FROM ranked JOIN article ON article.id = ranked.article_id JOIN site ON site.id = article.site_id
    WHERE by_comments <= :most OR by_held <= :most AND comments >= :least AND held > 0
    ORDER BY by_comments
"""  # noqa: S608 - fixed words only
