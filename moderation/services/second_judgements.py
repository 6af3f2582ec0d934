"""Second judgements: a share of what one person decided is judged again, blind, by another. It decides nothing.

The second person sees the text and what it answers, never the first verdict, name, scores, marks or reasons.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from moderation.domain.errors import NotFound
from moderation.domain.words import Label, Verdict
from moderation.services.attention import LEASE, PUT_OFF
from moderation.storage import claims, review
from moderation.storage import second_judgements as stored
from moderation.storage.comments import CommentRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.review import CommentRow
from moderation.storage.second_judgements import SecondJudgementRecord
from moderation.storage.sites import SiteRecord

ASKED = timedelta(days=30)
"""After this nobody is asked any more."""
_TRIES = 8


@dataclass(frozen=True)
class Offered:
    """One text to judge blind: the comment as it stands, and what it answers."""

    id: int
    row: CommentRow
    parent: CommentRow | None


def draw(
    session: Session,
    site: SiteRecord,
    comment: CommentRecord,
    revision_id: int,
    decision_id: int,
    share: float,
    chance: float,
) -> None:
    """Ask for a second judgement about a person's decision, when chance (0-1) falls below the share (0-1).

    Never for what was decided with many others.
    """
    if chance < share:
        stored.add(session, site.id, comment.id, revision_id, decision_id)


def next_for(session: Session, sites: Collection[int] | None, moderator: ModeratorRecord) -> Offered | None:
    """Claim and return the next text that this person may judge, on these sites (None: every one); None without.

    Two people who ask in the same instant get two texts; who asks again gets the same.
    """
    for judgement_id, comment_id in stored.offered(session, sites, moderator.id, _TRIES):
        if claims.take(session, comment_id, moderator.id, LEASE):
            claims.release_others(session, comment_id, moderator.id)
            row = review.one(session, comment_id)
            return Offered(judgement_id, row, review.parent_of(session, row)) if row else None
    return None


def waiting(session: Session, sites: Collection[int] | None, moderator_id: int) -> int:
    """Count the texts that this person would be offered."""
    return stored.count(session, sites, moderator_id)


def site_of(session: Session, judgement_id: int) -> int:
    """Return the site that a second judgement belongs to, for asking what the account may do. Raises NotFound."""
    found = stored.one(session, judgement_id)
    if found is None:
        raise NotFound("second judgement", str(judgement_id))
    return found.site_id


def answer(
    session: Session, judgement_id: int, moderator: ModeratorRecord, verdict: Verdict, labels: Sequence[Label] = ()
) -> bool:
    """Keep what this person says; nothing about the comment changes.

    Return False when it is not asked any more: answered by somebody else, decided again, edited, deleted,
    forgotten, or the person had a part in it.
    """
    found = stored.lock(session, judgement_id, moderator.id)
    if found is None:
        return False
    found.moderator_id, found.verdict, found.labels = moderator.id, verdict, list(labels)
    found.answered_at = datetime.now(UTC)
    session.flush()
    claims.release(session, found.comment_id, moderator.id)
    return True


def put_off(session: Session, judgement_id: int, moderator: ModeratorRecord) -> None:
    """Do not offer this text to this person for a while, and leave it to others. Raises NotFound."""
    found: SecondJudgementRecord | None = stored.one(session, judgement_id)
    if found is None:
        raise NotFound("second judgement", str(judgement_id))
    claims.put_off(session, found.comment_id, moderator.id, PUT_OFF)
    claims.release(session, found.comment_id, moderator.id)


def forget_unanswered(session: Session, now: datetime) -> int:
    """Ask no more about what nobody judged for a month; return how many."""
    return stored.forget_unanswered(session, now - ASKED)
