"""Reading what a threshold is replayed on: the last comments of a site and what moderators said about them."""

from datetime import timedelta

from sqlalchemy.orm import Session

from moderation.domain.replay import Past, PastComment
from moderation.domain.words import Label, Verdict
from moderation.storage import replay
from moderation.storage.replay import ScoredComment

MOST_COMMENTS = 5_000
DECIDED = {Verdict.PUBLISH.value: Verdict.PUBLISH, Verdict.REJECT.value: Verdict.REJECT}


def past(session: Session, site_id: int, most: int = MOST_COMMENTS) -> Past:
    """Return the last scored comments of a site; they count as one day's when they came in less."""
    rows = replay.last_scored(session, site_id, most)
    times = [row.received_at for row in rows]
    days = (max(times) - min(times)) / timedelta(days=1) if times else 1.0
    return Past([_past_comment(row) for row in rows], max(1.0, days))


def _past_comment(row: ScoredComment) -> PastComment:
    scores = {Label.SHOUTING: row.shouting, Label.OFF_TOPIC: row.off_topic, Label.INCIVILITY: row.incivility}
    labels = frozenset(label for label in Label if label in (row.labels or ()))
    return PastComment(scores, DECIDED.get(row.verdict or ""), labels, row.sampling)
