"""Reading what a threshold is replayed on: the last comments of a site and what moderators said about them."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from moderation.domain.following import FEWEST_PAIRS
from moderation.domain.replay import Past, PastComment
from moderation.domain.words import Label, Verdict
from moderation.storage import judges, replay
from moderation.storage.replay import ScoredComment

MOST_COMMENTS = 5_000
DECIDED = {Verdict.PUBLISH.value: Verdict.PUBLISH, Verdict.REJECT.value: Verdict.REJECT}


def past(session: Session, site_id: int, most: int = MOST_COMMENTS) -> Past:
    """Return the last scored comments of a site; they count as one day's when they came in less.

    Their scores are those of the models that judge now, which may have given them in the shadow. Comments that these
    did not score are left out, as soon as there are some that they did; until then the scores that counted stand.
    """
    rows = replay.last_scored(session, site_id, most, judges.of_taught(session, site_id))
    known = [row for row in rows if _is_judged(row)]
    enough = len(known) >= FEWEST_PAIRS
    among = rows[: rows.index(known[-1]) + 1] if enough else rows
    times = [row.received_at for row in among]
    days = (max(times) - min(times)) / timedelta(days=1) if times else 1.0
    if not enough:
        return Past([_past_comment(row, _counted(row)) for row in rows], max(1.0, days))
    comments = [_past_comment(row, _counted(row) | row.judged) for row in known]
    return Past(comments, max(1.0, days) * len(known) / len(among))


def _is_judged(row: ScoredComment) -> bool:
    """Say whether those who judge now scored a comment; that they found nothing to judge is an answer, too."""
    return all(score is not None or _counted(row)[label] is None for label, score in row.judged.items())


def _counted(row: ScoredComment) -> dict[Label, float | None]:
    return {Label.SHOUTING: row.shouting, Label.OFF_TOPIC: row.off_topic, Label.INCIVILITY: row.incivility}


def _past_comment(row: ScoredComment, scores: Mapping[Label, float | None]) -> PastComment:
    labels = frozenset(label for label in Label if label in (row.labels or ()))
    return PastComment(scores, DECIDED.get(row.verdict or ""), labels, row.sampling)
