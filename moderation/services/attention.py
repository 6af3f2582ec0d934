"""Who looks at what: claims on comments, comments put off, notes, escalations, reports of readers and appeals.

Nothing is decided here; deciding is in `decisions`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from moderation.domain.errors import Gone, InvalidInput, NotFound
from moderation.domain.words import CommentStatus
from moderation.services.review import Wanted
from moderation.storage import claims, comments, queue, remarks
from moderation.storage.claims import Holder
from moderation.storage.comments import CommentRecord
from moderation.storage.queue import Reader
from moderation.storage.remarks import NoteKind, ReportSource

LEASE = timedelta(seconds=75)
"""How long a claim lasts without a sign of life; the screen gives one every 20 seconds."""
PUT_OFF = timedelta(hours=1)
_TRIES = 8


@dataclass(frozen=True)
class Claim:
    """Whether a comment is ours to read, and else who has it."""

    mine: bool
    holder: Holder | None = None


def claim(session: Session, comment_id: int, moderator_id: int) -> Claim:
    """Take or renew the claim on a comment, unless somebody else has it."""
    if claims.take(session, comment_id, moderator_id, LEASE):
        return Claim(mine=True)
    return Claim(mine=False, holder=claims.holder(session, comment_id))


def open_for_reading(session: Session, comment_id: int, moderator_id: int) -> Claim:
    """Claim the comment that is opened, and give up the others."""
    claims.release_others(session, comment_id, moderator_id)
    return claim(session, comment_id, moderator_id)


def who_reads(session: Session, comment_id: int, moderator_id: int) -> Claim:
    """Return who has a comment before them, claiming nothing."""
    holder = claims.holder(session, comment_id)
    mine = holder is not None and holder.moderator_id == moderator_id
    return Claim(mine, None if mine else holder)


def release(session: Session, comment_id: int, moderator_id: int) -> None:
    """Give up one's claim on a comment."""
    claims.release(session, comment_id, moderator_id)


def claim_next(session: Session, part: Wanted, reader: Reader, after: int) -> int | None:
    """Claim the next comment that is free, beginning again at the first; return its id, None when none is left.

    Two people who ask in the same instant get two comments.
    """
    for start in (after, 0):
        for candidate in queue.offered(session, part.sites, part.reason, start, reader, _TRIES):
            if candidate != after and claims.take(session, candidate, reader.moderator_id, LEASE):
                return candidate
    return None


def put_off(session: Session, comment_id: int, moderator_id: int) -> None:
    """Do not offer this comment to this moderator for an hour, and leave it to others."""
    _locked(session, comment_id)
    claims.put_off(session, comment_id, moderator_id, PUT_OFF)
    claims.release(session, comment_id, moderator_id)


def note(session: Session, comment_id: int, moderator_id: int, text: str) -> None:
    """Append a note for colleagues. Raises InvalidInput when it says nothing."""
    if not text:
        raise InvalidInput("note", "is empty.", "Write what colleagues should know.")
    _locked(session, comment_id)
    remarks.add_note(session, comment_id, moderator_id, NoteKind.NOTE, text)


def escalate(session: Session, comment_id: int, moderator_id: int, text: str) -> None:
    """Hand a comment to the editors, with a note that may be empty; escalating again adds a note only."""
    comment = _locked(session, comment_id)
    comment.escalated_at = comment.escalated_at or datetime.now(UTC)
    remarks.add_note(session, comment_id, moderator_id, NoteKind.ESCALATION, text)
    claims.release(session, comment_id, moderator_id)


def report(
    session: Session, site_id: int, external_id: str, source: ReportSource, reason: str, report_id: str | None
) -> bool:
    """Put a comment before the moderators because a reader reports it or its writer appeals.

    Return False when the site told the same report before. Raises NotFound or Gone.
    """
    comment = comments.lock(session, site_id, [external_id]).get(external_id)
    if comment is None:
        raise NotFound("comment", external_id)
    if comment.status == CommentStatus.DELETED:
        raise Gone(external_id)
    if not remarks.add_report(session, comment, source, reason, report_id):
        return False
    now = datetime.now(UTC)
    if source is ReportSource.READER:
        comment.reported_at = comment.reported_at or now
    else:
        comment.appealed_at = comment.appealed_at or now
    return True


def _locked(session: Session, comment_id: int) -> CommentRecord:
    comment = comments.lock_ids(session, [comment_id]).get(comment_id)
    if comment is None:
        raise NotFound("comment", str(comment_id))
    if comment.status == CommentStatus.DELETED:
        raise Gone(comment.external_id)
    return comment
