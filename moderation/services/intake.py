"""Taking comments and articles in: stored once per (site, external id, revision), as work to do.

Nothing is scored here. Everything happens in the caller's transaction: the answer may be sent after its commit.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from moderation.domain.errors import NotFound, RevisionConflict
from moderation.domain.submission import Receipt, SubmittedArticle, SubmittedComment
from moderation.domain.words import CommentStatus
from moderation.messages import TaskName, enqueue_after_commit
from moderation.storage import articles, comments, work
from moderation.storage.comments import CommentRecord, RevisionRecord

Texts = Mapping[tuple[int, int], RevisionRecord]


def accept(session: Session, site_id: int, batch: Sequence[SubmittedComment]) -> list[Receipt]:
    """Store a batch of comments and edits, in order; return one receipt each.

    The same (external id, revision) again changes nothing and gives the same receipt. A comment that
    was deleted stays deleted, and its receipt says so.

    Raises RevisionConflict when a revision exists with another text; then nothing of the batch is stored.
    """
    store_articles(session, site_id, [c.article for c in batch if c.article])
    known_articles = articles.ids(session, site_id, {key for c in batch if (key := c.article_external_id)})
    names = {c.author_id: c.author_name for c in batch if c.author_id}
    writers = comments.upsert_commenters(session, site_id, names)
    receipts: dict[int, Receipt] = {}
    for wave in _waves(batch):
        receipts |= _accept_wave(session, site_id, wave, known_articles, writers)
    enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
    return [receipts[index] for index in range(len(batch))]


def store_articles(session: Session, site_id: int, batch: Sequence[SubmittedArticle]) -> None:
    """Store articles; comments that were waiting for one are scored again, now with their context."""
    if not batch:
        return
    stored = articles.upsert(session, site_id, batch)
    waiting = comments.link_article(session, site_id, stored)
    if work.send_back(session, waiting):
        enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)


def delete(session: Session, site_id: int, external_id: str) -> None:
    """Forget the text, the writer and the evidence of a comment; deleting it again changes nothing.

    Raises NotFound when the site never sent such a comment.
    """
    comment = comments.lock(session, site_id, [external_id]).get(external_id)
    if comment is None:
        raise NotFound("comment", external_id)
    if comment.status != CommentStatus.DELETED:
        comments.forget(session, comment)


def _waves(batch: Sequence[SubmittedComment]) -> Iterator[dict[int, SubmittedComment]]:
    """Split a batch so that no wave holds an external id twice; the order of each id is kept."""
    waves: list[dict[int, SubmittedComment]] = []
    seen: dict[str, int] = {}
    for index, comment in enumerate(batch):
        depth = seen.get(comment.external_id, 0)
        seen[comment.external_id] = depth + 1
        if depth == len(waves):
            waves.append({})
        waves[depth][index] = comment
    yield from waves


def _accept_wave(
    session: Session,
    site_id: int,
    wave: dict[int, SubmittedComment],
    known_articles: dict[str, int],
    writers: dict[str, int],
) -> dict[int, Receipt]:
    stored, new = _lock_or_add(session, site_id, {c.external_id for c in wave.values()})
    asked = {(c.id, s.revision or c.current_revision) for s in wave.values() if (c := stored[s.external_id])}
    texts = comments.revisions(session, asked) if len(new) < len(stored) else {}
    receipts, rows, changes = {}, [], []
    for index, submitted in wave.items():
        comment = stored[submitted.external_id]
        deleted = comment.status == CommentStatus.DELETED
        number = comment.current_revision if deleted else _number(submitted, comment, texts)
        receipts[index] = Receipt(submitted.external_id, number, deleted)
        if deleted or _is_stored(submitted, number, texts.get((comment.id, number))):
            continue
        rows.append(_revision(comment, number, submitted))
        if number > comment.current_revision:
            changes.append(_change(comment, number, submitted, known_articles, writers))
    comments.add_revisions(session, rows)
    comments.change(session, changes)
    _link_parents(session, site_id, new, {c.parent_id for c in wave.values() if c.parent_id})
    return receipts


def _lock_or_add(
    session: Session, site_id: int, keys: set[str]
) -> tuple[dict[str, CommentRecord], dict[str, CommentRecord]]:
    """Return all these comments, locked, and those of them that are new."""
    stored = comments.lock(session, site_id, keys)
    new = {c.external_id: c for c in comments.add_missing(session, site_id, keys - set(stored))}
    if raced := keys - set(stored) - set(new):  # another request inserted them between the two statements
        stored |= comments.lock(session, site_id, raced)
    return stored | new, new


def _number(submitted: SubmittedComment, comment: CommentRecord, texts: Texts) -> int:
    """Return the revision that this text is: the one it names, the current one, or the next."""
    if submitted.revision:
        return submitted.revision
    current = texts.get((comment.id, comment.current_revision))
    if current is not None and current.text == submitted.text:
        return comment.current_revision
    return comment.current_revision + 1


def _is_stored(submitted: SubmittedComment, number: int, existing: RevisionRecord | None) -> bool:
    if existing is not None and existing.text != submitted.text:
        raise RevisionConflict(submitted.external_id, number)
    return existing is not None


def _revision(comment: CommentRecord, number: int, submitted: SubmittedComment) -> dict[str, object]:
    return {
        "comment_id": comment.id,
        "number": number,
        "text": submitted.text,
        "language": submitted.language,
    }


def _change(
    comment: CommentRecord,
    number: int,
    submitted: SubmittedComment,
    known_articles: dict[str, int],
    writers: dict[str, int],
) -> dict[str, object]:
    """Return the comment as this newest revision leaves it; what an edit leaves out stays as it was."""
    article = submitted.article_external_id or comment.article_external_id
    parent = submitted.parent_id or comment.parent_external_id
    return {
        "id": comment.id,
        "current_revision": number,
        "status": CommentStatus.PENDING,
        "article_external_id": article,
        "article_id": known_articles.get(article or "") if submitted.article_external_id else comment.article_id,
        "parent_external_id": parent,
        "parent_id": comment.parent_id if parent == comment.parent_external_id else None,
        "commenter_id": writers.get(submitted.author_id or "", comment.commenter_id),
        "written_at": submitted.written_at or comment.written_at,
    }


def _link_parents(session: Session, site_id: int, new: Collection[str], named: Collection[str]) -> None:
    """Link new replies to their parents, and earlier replies to new parents; the latter are scored again."""
    linked = comments.link_parents(session, site_id, {*new, *named})
    work.send_back(session, linked)
