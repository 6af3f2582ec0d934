"""What a site received lately, as the choice of what teaches asks for it."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.domain.lessons import Lately
from moderation.domain.words import Label

COUNTED, COMPARED = 4_000, 500
"""The last decisions of a site that are counted, and those whose scores a comment is compared with."""


def lately(session: Session, site_id: int) -> Lately:
    """Return how many of the last comments were held, chosen and left alone, and the scores of the last clear ones.

    What was flagged is not clear, whatever became of it; the audit sample and what was chosen is.
    """
    held, chosen, free = session.execute(_COUNTS, {"site": site_id, "most": COUNTED}).one()
    rows = session.execute(_CLEAR, {"site": site_id, "most": COMPARED}).all()
    return Lately(held, chosen, free, [dict(zip(Label, row, strict=True)) for row in rows])


_COUNTS = text(
    """
    SELECT count(*) FILTER (WHERE verdict = 'review' AND route IS DISTINCT FROM 'learning'),
           count(*) FILTER (WHERE route = 'learning'), count(*) FILTER (WHERE verdict = 'publish')
    FROM (
        SELECT verdict, route FROM decision WHERE site_id = :site AND origin = 'policy' ORDER BY id DESC LIMIT :most
    ) AS last
    """
)
_CLEAR = text(
    """
    SELECT scoring.shouting, scoring.off_topic, scoring.incivility
    FROM (
        SELECT id, scoring_id, audit, verdict, route, labels FROM decision
        WHERE site_id = :site AND origin = 'policy' ORDER BY id DESC LIMIT :most
    ) AS last JOIN scoring ON scoring.id = last.scoring_id
    WHERE labels = '{}' AND (verdict = 'publish' OR audit OR route = 'learning') AND scoring.failure IS NULL
    ORDER BY last.id DESC
    """
)
