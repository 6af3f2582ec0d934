"""Reading for review: a page of the review queue, one comment with everything a moderator needs to judge it.

Nothing is decided here; deciding is in `decisions`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.errors import Gone, NotFound
from moderation.domain.words import CommentStatus
from moderation.storage import comments, decisions, review, sites
from moderation.storage.decisions import DecisionRecord
from moderation.storage.review import CommentRow, QueueReason, Tally
from moderation.storage.sites import SiteRecord

REPLIES_SHOWN = 5


@dataclass(frozen=True)
class Wanted:
    """The part of the review queue that a moderator works on; None: of every site, for every reason."""

    site: SiteRecord | None = None
    reason: QueueReason | None = None

    @property
    def site_id(self) -> int | None:
        """The site's id, None for all sites."""
        return self.site.id if self.site else None


@dataclass(frozen=True)
class Surroundings:
    """The sites there are, and how many comments wait in the part that is looked at."""

    sites: Sequence[SiteRecord]
    tallies: Mapping[QueueReason | None, Tally]


@dataclass(frozen=True)
class QueuePage:
    """One page of the review queue; `next_after` is the cursor of the next page, None on the last one."""

    rows: Sequence[CommentRow]
    next_after: int | None


@dataclass(frozen=True)
class InContext:
    """One comment with its thread, its past and its neighbours in the review queue."""

    row: CommentRow
    parent: CommentRow | None
    replies: Sequence[CommentRow]
    history: Sequence[DecisionRecord]
    moderators: Mapping[int, str]
    text_before_edit: str | None
    previous_id: int | None
    next_id: int | None


def wanted(session: Session, site_slug: str | None, reason: QueueReason | None) -> Wanted:
    """Return the part of the queue that these words name. Raises NotFound for an unknown site."""
    if not site_slug:
        return Wanted(None, reason)
    named = [site for site in sites.all_sites(session) if site.slug == site_slug]
    if not named:
        raise NotFound("site", site_slug)
    return Wanted(named[0], reason)


def surroundings(session: Session, part: Wanted) -> Surroundings:
    """Return what stands around every screen of the review queue."""
    return Surroundings(sites.all_sites(session), review.tallies(session, part.site_id))


def page(session: Session, part: Wanted, after: int, size: int) -> QueuePage:
    """Return the comments that wait after this internal id, oldest first."""
    rows = review.awaiting_review(session, part.site_id, after, size + 1, part.reason)
    return QueuePage(rows[:size], rows[size - 1].comment.id if len(rows) > size else None)


def in_context(session: Session, comment_id: int, part: Wanted) -> InContext:
    """Return one comment with what surrounds it. Raises NotFound, or Gone when the site deleted it."""
    row = review.one(session, comment_id)
    if row is None:
        raise NotFound("comment", str(comment_id))
    if row.comment.status == CommentStatus.DELETED:
        raise Gone(row.comment.external_id)
    history = decisions.history(session, comment_id)
    before = (comment_id, row.revision.number - 1)
    earlier = comments.revisions(session, [before]).get(before)
    return InContext(
        row,
        review.parent_of(session, row),
        review.replies_of(session, row, REPLIES_SHOWN),
        history,
        review.names_of(session, {d.moderator_id for d in history if d.moderator_id}),
        earlier.text if earlier else None,
        review.previous_awaiting(session, part.site_id, part.reason, comment_id),
        review.next_awaiting(session, part.site_id, part.reason, comment_id),
    )


def next_to_read(session: Session, part: Wanted, after: int) -> int | None:
    """Return the comment to read after this one: the next that waits, else the first, None when none waits."""
    following = review.next_awaiting(session, part.site_id, part.reason, after)
    return following or review.next_awaiting(session, part.site_id, part.reason, 0)
