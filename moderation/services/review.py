"""Reading for review: a page of the review queue, one comment with everything a moderator needs to judge it.

Nothing is decided here; deciding is in `decisions`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from moderation.domain.errors import Gone, NotFound
from moderation.domain.undoing import standing
from moderation.domain.words import CommentStatus
from moderation.storage import comments, decisions, filters, queue, remarks, review, sites, templates
from moderation.storage.decisions import DecisionRecord
from moderation.storage.filters import SavedFilterRecord
from moderation.storage.queue import QueueReason, Reader, Tally
from moderation.storage.remarks import CommentNoteRecord, ReportRecord
from moderation.storage.review import CommentRow
from moderation.storage.sites import SiteRecord
from moderation.storage.templates import MessageTemplateRecord

REPLIES_SHOWN = 5
NEIGHBOURS_SHOWN = 2
REPORTS_SHOWN = 5


@dataclass(frozen=True)
class Wanted:
    """The part of the review queue that a moderator works on; None: of every site, for every reason.

    `readable` are the sites that the moderator may read at all; None: every site.
    """

    site: SiteRecord | None = None
    reason: QueueReason | None = None
    readable: Collection[int] | None = None

    @property
    def sites(self) -> Collection[int] | None:
        """The ids of the sites that are looked at, None for all sites."""
        return (self.site.id,) if self.site else self.readable

    def reads(self, site_id: int) -> bool:
        """Say whether the moderator may read this site at all."""
        return self.readable is None or site_id in self.readable


@dataclass(frozen=True)
class Surroundings:
    """The sites there are, how many comments wait, the moderator's filters, and the newest decision's id."""

    sites: Sequence[SiteRecord]
    tallies: Mapping[QueueReason | None, Tally]
    filters: Sequence[SavedFilterRecord] = ()
    newest: int = 0


@dataclass(frozen=True)
class QueuePage:
    """One page of the review queue; `next_after` is the cursor of the next page, None on the last one."""

    rows: Sequence[CommentRow]
    next_after: int | None


@dataclass(frozen=True)
class InContext:
    """One comment with its thread, its past and its neighbours in the review queue.

    `before` and `after` are other comments under the same article. Of many reports only the newest are here.
    """

    row: CommentRow
    parent: CommentRow | None
    replies: Sequence[CommentRow]
    before: Sequence[CommentRow]
    after: Sequence[CommentRow]
    history: Sequence[DecisionRecord]
    notes: Sequence[CommentNoteRecord]
    reports: Sequence[ReportRecord]
    reports_in_all: int
    templates: Sequence[MessageTemplateRecord]
    moderators: Mapping[int, str]
    text_before_edit: str | None
    previous_id: int | None
    next_id: int | None

    @property
    def holding(self) -> DecisionRecord | None:
        """The decision about this text that holds: the newest that is neither undone nor an undoing."""
        counting = standing([past for past in self.history if past.revision_id == self.row.revision.id])
        return counting[-1] if counting else None

    @property
    def waits(self) -> bool:
        """Whether somebody waits for an answer of a person."""
        waiting = self.row.comment.status == CommentStatus.IN_REVIEW
        return waiting or remarks.open_since(self.row.comment) is not None


def wanted(
    session: Session, site_slug: str | None, reason: QueueReason | None, readable: Collection[int] | None = None
) -> Wanted:
    """Return the part of the queue that these words name. Raises NotFound for a site out of reach."""
    if not site_slug:
        return Wanted(None, reason, readable)
    part = Wanted(None, reason, readable)
    named = [site for site in sites.all_sites(session) if site.slug == site_slug and part.reads(site.id)]
    if not named:
        raise NotFound("site", site_slug)
    return replace(part, site=named[0])


def surroundings(session: Session, part: Wanted, moderator_id: int | None = None) -> Surroundings:
    """Return what stands around every screen of the review queue."""
    readable = [site for site in sites.all_sites(session) if part.reads(site.id)]
    kept = filters.of_moderator(session, moderator_id) if moderator_id else []
    return Surroundings(readable, queue.tallies(session, part.sites), kept, queue.newest(session))


def arrivals(session: Session, part: Wanted, since: int) -> int:
    """Count the comments of the queue that were put there after this decision."""
    return queue.arrivals(session, part.sites, part.reason, since)


def page(session: Session, part: Wanted, after: int, size: int, since: int = 0) -> QueuePage:
    """Return the comments that wait after this internal id, oldest first; only those that came since a decision."""
    rows = queue.page(session, part.sites, after, size + 1, part.reason, since)
    return QueuePage(rows[:size], rows[size - 1].comment.id if len(rows) > size else None)


def in_context(session: Session, comment_id: int, part: Wanted, reader: Reader) -> InContext:
    """Return one comment with what surrounds it. Raises NotFound, or Gone when the site deleted it."""
    row = review.one(session, comment_id)
    if row is None or not part.reads(row.comment.site_id):
        raise NotFound("comment", str(comment_id))
    if row.comment.status == CommentStatus.DELETED:
        raise Gone(row.comment.external_id)
    history = decisions.history(session, comment_id)
    notes = remarks.notes_of(session, comment_id)
    reports = remarks.reports_of(session, comment_id, REPORTS_SHOWN)
    before = (comment_id, row.revision.number - 1)
    earlier = comments.revisions(session, [before]).get(before)
    around = review.neighbours_of(session, row, NEIGHBOURS_SHOWN)
    replies = review.replies_of(session, row, REPLIES_SHOWN)
    family = {row.comment.parent_id, *(reply.comment.id for reply in replies)}
    people = {d.moderator_id for d in history if d.moderator_id} | {n.moderator_id for n in notes}
    following = queue.offered(session, part.sites, part.reason, comment_id, reader)
    return InContext(
        row,
        review.parent_of(session, row),
        replies,
        [other for other in around[0] if other.comment.id not in family],
        [other for other in around[1] if other.comment.id not in family],
        history,
        notes,
        reports,
        remarks.count_reports(session, comment_id) if len(reports) == REPORTS_SHOWN else len(reports),
        templates.of_site(session, row.site.id),
        review.names_of(session, people),
        earlier.text if earlier else None,
        queue.previous(session, part.sites, part.reason, comment_id),
        following[0] if following else None,
    )


def following(session: Session, part: Wanted, reader: Reader, after: int) -> Sequence[int]:
    """Return the comment to read after this one: the next that is free, else the first; empty when there is none."""
    for start in (after, 0):
        if found := queue.offered(session, part.sites, part.reason, start, reader):
            return found
    return ()


def first(session: Session, part: Wanted, reader: Reader) -> int | None:
    """Return the first comment that is free to read, None when there is none."""
    return next(iter(queue.offered(session, part.sites, part.reason, 0, reader)), None)


def site_of(session: Session, comment_id: int) -> int:
    """Return the id of the site that a comment belongs to, for asking what the account may do. Raises NotFound."""
    found = review.site_of(session, comment_id)
    if found is None:
        raise NotFound("comment", str(comment_id))
    return found
