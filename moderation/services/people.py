"""Commenters and articles as moderators deal with them: their past, notes, trust or watch, open or closed.

What standing and mode mean for the next comment is the policy's matter; here they are set and audited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.alike import fingerprint
from moderation.domain.errors import InvalidInput, NotFound
from moderation.domain.words import ArticleMode, CommentStatus, Standing
from moderation.services import audit
from moderation.storage import alike, people, review, threads
from moderation.storage.alike import Twin
from moderation.storage.articles import ArticleRecord
from moderation.storage.comments import CommenterRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.people import Note
from moderation.storage.review import CommentRow
from moderation.storage.sites import SiteRecord

MOST_NOTE = 2_000
_NOTES_SHOWN = 50


@dataclass(frozen=True)
class Past:
    """What became of comments, counted by status."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All comments, deleted ones left out."""
        return sum(count for status, count in self.counts.items() if status != CommentStatus.DELETED)

    @property
    def rejected(self) -> int:
        """Those that stand rejected."""
        return self.counts.get(CommentStatus.REJECTED, 0)

    @property
    def decided(self) -> int:
        """Those that stand published or rejected."""
        return self.rejected + self.counts.get(CommentStatus.PUBLISHED, 0)


@dataclass(frozen=True)
class Person:
    """One commenter on one site: `recent` is one page of comments, newest first, `next_before` its successor."""

    commenter: CommenterRecord
    site: SiteRecord
    past: Past
    notes: Sequence[Note]
    recent: Sequence[CommentRow]
    next_before: int | None


@dataclass(frozen=True)
class Alike:
    """What was decided about texts like one comment's; `moderators` are names by id."""

    twins: Sequence[Twin]
    moderators: Mapping[int, str]


@dataclass(frozen=True)
class Thread:
    """One article with how its comments do."""

    article: ArticleRecord
    site: SiteRecord
    past: Past
    labels: Mapping[str, int]
    recent: Sequence[CommentRow]
    next_before: int | None


def person(session: Session, commenter_id: int, before: int, size: int) -> Person:
    """Return a commenter with one page of comments older than this internal id. Raises NotFound."""
    found = people.one(session, commenter_id)
    if found is None:
        raise NotFound("commenter", str(commenter_id))
    rows = people.newest(session, commenter_id, size + 1, before)
    past = Past(people.tally(session, commenter_id))
    notes = people.notes(session, commenter_id, _NOTES_SHOWN)
    return Person(*found, past, notes, rows[:size], _next(rows, size))


def alike_before(session: Session, row: CommentRow) -> Alike:
    """Return the decisions about other comments of the site whose text is the same or nearly so."""
    mine = fingerprint(row.revision.text)
    twins = alike.twins(session, row.comment.site_id, row.comment.id, mine) if mine else []
    return Alike(twins, review.names_of(session, {t.moderator_id for t in twins if t.moderator_id}))


def thread(session: Session, article_id: int, before: int, size: int) -> Thread:
    """Return an article with one page of its comments, newest first. Raises NotFound."""
    found = threads.one(session, article_id)
    if found is None:
        raise NotFound("article", str(article_id))
    rows = threads.newest(session, article_id, before, size + 1)
    past = Past(threads.by_status(session, article_id))
    return Thread(*found, past, threads.by_label(session, article_id), rows[:size], _next(rows, size))


def note(session: Session, moderator: ModeratorRecord, person: CommenterRecord, text: str) -> None:
    """Append a note about a commenter. Raises InvalidInput when nothing is written."""
    text = text.replace("\0", "").strip()[:MOST_NOTE]
    if not text:
        raise InvalidInput("note", "is empty.", "Write something.")
    people.add_note(session, person.id, moderator.id, text)


def stand(session: Session, moderator: ModeratorRecord, person: CommenterRecord, standing: Standing) -> None:
    """Trust or watch a commenter, or neither."""
    if person.standing != standing:
        audit.record(
            session,
            moderator,
            Act.COMMENTER_STANDING_CHANGED,
            site_id=person.site_id,
            commenter_id=person.id,
            before=person.standing,
            after=standing.value,
        )
        person.standing = standing


def open_or_close(session: Session, moderator: ModeratorRecord, article: ArticleRecord, mode: ArticleMode) -> None:
    """Set how comments below an article are taken."""
    if article.mode != mode:
        audit.record(
            session,
            moderator,
            Act.ARTICLE_MODE_CHANGED,
            site_id=article.site_id,
            article_id=article.id,
            before=article.mode,
            after=mode.value,
        )
        article.mode = mode


def _next(rows: Sequence[CommentRow], size: int) -> int | None:
    return rows[size - 1].comment.id if len(rows) > size else None
