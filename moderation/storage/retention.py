"""Forgetting texts after the days that a site keeps them: which comments, and what of them is erased."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session


def count(session: Session, site_id: int, judged_days: int | None, days: int | None) -> int:
    """Count a site's comments whose texts would go now if it kept them so long; None keeps them for ever."""
    values = {"site": site_id, "judged_days": judged_days, "days": days}
    return session.scalar(text(_COUNT), values) or 0


def due(session: Session, limit: int) -> Sequence[int]:
    """Lock comments whose texts go now, by the settings of their sites, in id order; return their ids."""
    return session.scalars(text(_DUE), {"limit": limit}).all()


def erase(session: Session, comment_ids: Sequence[int]) -> None:
    """Erase the texts of these comments and what may quote them; status, scores and decisions stay."""
    for statement in _ERASE if comment_ids else ():
        session.execute(text(statement), {"comments": list(comment_ids)})


# Never what waits for a person or for a score, whatever its age.
_DECIDED = """
    comment.status IN ('published', 'rejected')
    AND comment.reported_at IS NULL AND comment.appealed_at IS NULL AND comment.escalated_at IS NULL
    AND EXISTS (SELECT FROM revision WHERE comment_id = comment.id AND state <> 'forgotten')
    AND NOT EXISTS (SELECT FROM revision WHERE comment_id = comment.id AND state = 'pending')
"""
_OLD = """
    (decision.decided_at < now() - make_interval(days => {days})
     OR decision.moderator_id IS NOT NULL AND decision.decided_at < now() - make_interval(days => {judged}))
"""
_COUNT = f"""
    SELECT count(*) FROM comment JOIN decision ON decision.id = comment.decision_id
    WHERE comment.site_id = :site AND {_DECIDED}
      AND {_OLD.format(days="CAST(:days AS integer)", judged="CAST(:judged_days AS integer)")}
"""  # noqa: S608 - fixed words only
_DUE = f"""
    SELECT comment.id FROM comment
    JOIN site ON site.id = comment.site_id AND (site.keep_days IS NOT NULL OR site.keep_judged_days IS NOT NULL)
    JOIN decision ON decision.id = comment.decision_id
    WHERE {_DECIDED} AND {_OLD.format(days="site.keep_days", judged="site.keep_judged_days")}
    ORDER BY comment.id LIMIT :limit
    FOR UPDATE OF comment SKIP LOCKED
"""  # noqa: S608 - fixed words only
_OF_THEM = "IN (SELECT id FROM revision WHERE comment_id = ANY(:comments))"
_ERASE = (
    "UPDATE revision SET text = '', state = 'forgotten', lease_token = NULL, leased_at = NULL"
    " WHERE comment_id = ANY(:comments)",
    f"UPDATE scoring SET reasons = '[]', spans = '{{}}' WHERE revision_id {_OF_THEM}",  # noqa: S608
    f"DELETE FROM fingerprint WHERE revision_id {_OF_THEM}",  # noqa: S608
    f"DELETE FROM shadow_score WHERE revision_id {_OF_THEM}",  # noqa: S608
    "DELETE FROM comment_note WHERE comment_id = ANY(:comments)",
    "DELETE FROM report WHERE comment_id = ANY(:comments)",
)
