"""Shadow scores: what challengers say about live comments beside what counts. Queries; the record is in `models`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.domain.shadowing import ShadowTally


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store what challengers said: `version` (its name), `revision_id`, `score`, `counted`.

    What is said about a revision first stays; a version that is gone meanwhile is left out.
    """
    if rows:
        session.execute(_ADD, {"rows": json.dumps(list(rows))})


def tally(session: Session, version_id: int, thresholds: Mapping[int, float]) -> ShadowTally:
    """Count what a challenger said about the comments that came since it is one, by the threshold of each site.

    Only the newest 100,000 are looked at: one may wait for a person for months.
    """
    limits = json.dumps({str(site): limit for site, limit in thresholds.items()})
    values = {"version": version_id, "thresholds": limits, "newest": _NEWEST}
    return ShadowTally(*session.execute(_TALLY, values).one())


def forget_of_retired(session: Session, days: int, limit: int) -> int:
    """Delete up to `limit` shadow scores of versions that were retired more than `days` days ago; return how many."""
    return len(session.execute(_FORGET, {"days": days, "limit": limit}).all())


_NEWEST = 100_000
_ADD = text(
    """
    INSERT INTO shadow_score (version_id, revision_id, score, counted)
    SELECT model_version.id, r.revision_id, r.score, r.counted
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        version text, revision_id bigint, score double precision, counted double precision)
    JOIN model_version ON model_version.name = r.version
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING
    """
)
_TALLY = text(
    """
    SELECT count(*), count(*) FILTER (WHERE score IS NULL),
           count(*) FILTER (WHERE counted >= CAST(threshold.value AS double precision)),
           count(*) FILTER (WHERE score >= CAST(threshold.value AS double precision))
    FROM (
        SELECT * FROM shadow_score WHERE version_id = :version ORDER BY revision_id DESC LIMIT :newest
    ) AS shadow_score
    JOIN model_version ON model_version.id = shadow_score.version_id
    JOIN revision ON revision.id = shadow_score.revision_id AND revision.received_at >= model_version.challenged_at
    JOIN comment ON comment.id = revision.comment_id
    JOIN jsonb_each_text(CAST(:thresholds AS jsonb)) AS threshold ON CAST(threshold.key AS bigint) = comment.site_id
    """
)
_FORGET = text(
    """
    DELETE FROM shadow_score WHERE (version_id, revision_id) IN (
        SELECT version_id, revision_id FROM shadow_score
        JOIN model_version ON model_version.id = version_id
        WHERE state = 'retired' AND retired_at < now() - make_interval(days => :days)
        LIMIT :limit
    )
    RETURNING revision_id
    """
)
