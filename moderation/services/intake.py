"""Taking comments and articles in: stored once per (site, external id, revision), as work to do.

Nothing is scored here. Everything happens in the caller's transaction: the answer may be sent after its commit.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.errors import NotFound, RevisionConflict
from moderation.domain.submission import Receipt, SubmittedArticle, SubmittedComment
from moderation.domain.words import CommentStatus, RevisionState
from moderation.messages import TaskName, enqueue_after_commit
from moderation.storage import articles, comments, links, remarks, work
from moderation.storage.comments import CommentRecord, RevisionRecord

Texts = Mapping[tuple[int, int], RevisionRecord]


def accept(session: Session, site_id: int, batch: Sequence[SubmittedComment]) -> list[Receipt]:
    """Store a batch of comments and edits, in order; return one receipt each.

    The same (external id, revision) again changes nothing and gives the same receipt. A comment that
    was deleted stays deleted, and its receipt says so.

    Raises RevisionConflict when a revision exists with another text; then nothing of the batch is stored.
    """
    store_articles(session, site_id, [c.article for c in batch if c.article])
    named = articles.ids(session, site_id, {key for c in batch if (key := c.article_external_id)})
    names = {c.author_id: c.author_name for c in batch if c.author_id}
    known = _Known(named, comments.upsert_commenters(session, site_id, names))
    receipts: dict[int, Receipt] = {}
    for wave in _waves(batch):
        receipts |= _accept_wave(session, site_id, wave, known)
    enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
    return [receipts[index] for index in range(len(batch))]


def store_articles(session: Session, site_id: int, batch: Sequence[SubmittedArticle]) -> None:
    """Store articles; comments that were waiting for one are scored again, now with their context."""
    if not batch:
        return
    stored = articles.upsert(session, site_id, batch)
    waiting = links.to_articles(session, site_id, stored)
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
        remarks.forget(session, comment.id)


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


@dataclass(frozen=True)
class _Known:
    """What a batch names and we have: articles and writers, external id to id."""

    articles: Mapping[str, int]
    writers: Mapping[str, int]


def _accept_wave(
    session: Session, site_id: int, wave: dict[int, SubmittedComment], known: _Known
) -> dict[int, Receipt]:
    stored, new = _lock_or_add(session, site_id, {c.external_id: c for c in wave.values()}, known)
    asked = {(c.id, s.revision or c.current_revision) for s in wave.values() if (c := stored[s.external_id]) not in new}
    texts = comments.revisions(session, asked)
    receipts, rows, changes = {}, [], []
    for index, submitted in wave.items():
        comment = stored[submitted.external_id]
        deleted = comment.status == CommentStatus.DELETED
        number = comment.current_revision if deleted or comment in new else _number(submitted, comment, texts)
        receipts[index] = Receipt(submitted.external_id, number, deleted)
        if deleted or _is_stored(submitted, number, texts.get((comment.id, number))):
            continue
        rows.append(_revision(comment, number, submitted))
        if number > comment.current_revision:
            changes.append({"id": comment.id, **_standing(submitted, number, known, comment)})
    comments.add_revisions(session, rows)
    comments.change(session, changes)
    named = {c.parent_id for c in wave.values() if c.parent_id}
    _link_parents(session, site_id, {c.external_id for c in new}, named)
    return receipts


def _lock_or_add(
    session: Session, site_id: int, wave: Mapping[str, SubmittedComment], known: _Known
) -> tuple[dict[str, CommentRecord], set[CommentRecord]]:
    """Return all these comments, locked, and those of them that are new."""
    stored = comments.lock(session, site_id, set(wave))
    missing = {key: _standing(c, c.revision or 1, known) for key, c in wave.items() if key not in stored}
    new = comments.add_missing(session, site_id, missing)
    stored |= {comment.external_id: comment for comment in new}
    if raced := set(wave) - set(stored):  # another request inserted them between the two statements
        stored |= comments.lock(session, site_id, raced)
    return stored, set(new)


def _number(submitted: SubmittedComment, comment: CommentRecord, texts: Texts) -> int:
    """Return the revision that this text is: the one it names, the current one, or the next."""
    if submitted.revision:
        return submitted.revision
    current = texts.get((comment.id, comment.current_revision))
    if current is not None and current.text == submitted.text:
        return comment.current_revision
    return comment.current_revision + 1


def _is_stored(submitted: SubmittedComment, number: int, existing: RevisionRecord | None) -> bool:
    forgotten = existing is not None and existing.state == RevisionState.FORGOTTEN
    if existing is not None and existing.text != submitted.text and not forgotten:
        raise RevisionConflict(submitted.external_id, number)
    return existing is not None


def _revision(comment: CommentRecord, number: int, submitted: SubmittedComment) -> dict[str, object]:
    return {
        "comment_id": comment.id,
        "number": number,
        "text": submitted.text,
        "language": submitted.language,
    }


def _standing(
    submitted: SubmittedComment, number: int, known: _Known, before: CommentRecord | None = None
) -> dict[str, object]:
    """Return the comment as this newest revision leaves it; what an edit leaves out stays as it was."""
    article = submitted.article_external_id or (before.article_external_id if before else None)
    parent = submitted.parent_id or (before.parent_external_id if before else None)
    same_parent = before is not None and parent == before.parent_external_id
    kept_article = before.article_id if before and not submitted.article_external_id else None
    return {
        "current_revision": number,
        "status": CommentStatus.PENDING,
        "article_external_id": article,
        "article_id": kept_article or known.articles.get(article or ""),
        "parent_external_id": parent,
        "parent_id": before.parent_id if before and same_parent else None,
        "commenter_id": known.writers.get(submitted.author_id or "", before.commenter_id if before else None),
        "written_at": submitted.written_at or (before.written_at if before else None),
    }


def _link_parents(session: Session, site_id: int, new: Collection[str], named: Collection[str]) -> None:
    """Link new replies to their parents, and earlier replies to new parents; the latter are scored again."""
    linked = links.to_parents(session, site_id, {*new, *named})
    work.send_back(session, linked)
