"""Rescoring what waits in the review queue, in chunks, so that a new champion speaks about old comments too.

The policy decides again; what a person decided, and what chance or learning chose, is left alone. The row keeps how
far it came, in the transaction that sends a chunk: killed anywhere, it goes on where it was and sends nothing twice.
"""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.words import WorkState
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import audit
from moderation.storage import rescorings, work
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.rescorings import RescoringRecord

CHUNK = 100
BACKLOG = 200
"""With so many revisions waiting for a score, no chunk is sent: fresh comments come first."""


def ask(session: Session, site_id: int | None, moderator: ModeratorRecord | None) -> RescoringRecord:
    """Ask that what waits on a site, or (None) on every site, is scored again; the unfinished one, if there is one."""
    total = rescorings.count_waiting(session, site_id)
    made = rescorings.add(session, site_id, moderator.id if moderator else None, total)
    if made is not None:
        audit.record(session, moderator, Act.RESCORING_ASKED, site_id=site_id, count=total)
    enqueue_after_commit(session, TaskName.RESCORE)
    asked = rescorings.unfinished(session, site_id) or rescorings.latest(session, site_id)
    assert asked is not None  # noqa: S101 - it was added, or another one was in its way
    return asked


def latest(session: Session, site_id: int | None) -> RescoringRecord | None:
    """Return the newest rescoring of a site, or (None) of every site."""
    return rescorings.latest(session, site_id)


def send_next(session: Session) -> int:
    """Send the next chunk to the scorers; return of how many comments. Rings again after each chunk.

    Nothing is sent while much waits for a score; the scorers ring when they are through with what was sent.
    """
    asked = rescorings.lock_next(session)
    if asked is None or work.pending_count(session) >= BACKLOG:
        return 0
    ids = rescorings.lock_chunk(session, asked, CHUNK)
    sent = work.send_back(session, ids)
    asked.state, asked.done = WorkState.RUNNING, asked.done + len(ids)
    if ids:
        asked.after = ids[-1]
    if len(ids) < CHUNK:
        asked.state, asked.total, asked.finished_at = WorkState.DONE, asked.done, datetime.now(UTC)
    session.flush()
    enqueue_after_commit(session, TaskName.RESCORE)
    if sent:
        enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
    return sent
