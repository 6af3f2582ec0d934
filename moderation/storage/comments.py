"""Comments, their revisions and their writers: the records and the queries of intake.

What workers ask (claiming and finishing work) is in `work`; what moderators ask is in `review`.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    UniqueConstraint,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from moderation.domain.words import CommentStatus, RevisionState, Standing
from moderation.storage.base import BigKey, CreatedAt, Record
from moderation.storage.folding import NAME_VECTOR, SEARCH_VECTOR


class CommenterRecord(Record):
    """The writer of comments, as one site names them. Personal data."""

    __tablename__ = "commenter"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        Index("ix_commenter_search", "search", postgresql_using="gin"),
    )

    id: Mapped[BigKey]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    name: Mapped[str | None]
    standing: Mapped[str] = mapped_column(server_default=Standing.NONE)
    created_at: Mapped[CreatedAt]
    search: Mapped[str | None] = mapped_column(TSVECTOR, Computed(NAME_VECTOR, persisted=True), deferred=True)


# What is before the moderators, as the index of the review queue has it.
WAITING = "status = 'in_review' OR reported_at IS NOT NULL OR appealed_at IS NOT NULL OR escalated_at IS NOT NULL"


class CommentRecord(Record):
    """One comment of a site. `article_external_id` and `parent_external_id` are what the site named;

    `article_id` and `parent_id` are filled as soon as the thing is known.
    """

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        Index("ix_comment_site_status", "site_id", "status", "id"),
        Index("ix_comment_waiting", "id", postgresql_where=text(WAITING)),
        Index("ix_comment_article", "article_id", "id"),
        Index("ix_comment_parent", "parent_id"),
        Index("ix_comment_commenter", "commenter_id", "id", postgresql_include=["status"]),
        Index(
            "ix_comment_awaiting_article",
            "site_id",
            "article_external_id",
            postgresql_where=text("article_id IS NULL AND article_external_id IS NOT NULL"),
        ),
        Index(
            "ix_comment_awaiting_parent",
            "site_id",
            "parent_external_id",
            postgresql_where=text("parent_id IS NULL AND parent_external_id IS NOT NULL"),
        ),
    )

    id: Mapped[BigKey]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    current_revision: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default=CommentStatus.PENDING)
    article_external_id: Mapped[str | None]
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"))
    parent_external_id: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="SET NULL"))
    commenter_id: Mapped[int | None] = mapped_column(ForeignKey("commenter.id", ondelete="SET NULL"))
    # the two below point at the newest row of append-only tables; no constraint, so that no cycle of keys exists
    scoring_id: Mapped[int | None] = mapped_column(BigInteger)
    decision_id: Mapped[int | None] = mapped_column(BigInteger)
    written_at: Mapped[datetime | None]
    received_at: Mapped[CreatedAt]
    # why it waits for review, as its newest decision has it (see domain/queueing); empty when it does not
    reasons: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'::text[]"))
    # since when somebody waits for an answer of a person, whatever the status is; a moderator's decision ends it
    reported_at: Mapped[datetime | None]
    appealed_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]


class RevisionRecord(Record):
    """One text of a comment, and the queue of truth: rows in state `pending` are the work to do.

    `round` counts how often the revision was sent to scoring (again when its article arrives); `leased_at`
    and `lease_token` say which worker holds it; `attempts` bounds the tries of this round.
    """

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("comment_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        Index("ix_revision_pending", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_revision_search", "search", postgresql_using="gin"),
    )

    id: Mapped[BigKey]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str]
    language: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=RevisionState.PENDING)
    round: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_at: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    received_at: Mapped[CreatedAt]
    scored_at: Mapped[datetime | None]
    search: Mapped[str | None] = mapped_column(TSVECTOR, Computed(SEARCH_VECTOR, persisted=True), deferred=True)


def lock(session: Session, site_id: int, external_ids: Collection[str]) -> dict[str, CommentRecord]:
    """Lock the comments that exist, in id order (every writer locks in that order), and return them."""
    query = (
        select(CommentRecord)
        .where(CommentRecord.site_id == site_id, CommentRecord.external_id.in_(external_ids))
        .order_by(CommentRecord.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {comment.external_id: comment for comment in session.scalars(query)}


def lock_ids(session: Session, ids: Collection[int]) -> dict[int, CommentRecord]:
    """Lock these comments in id order and return them."""
    query = (
        select(CommentRecord)
        .where(CommentRecord.id.in_(ids))
        .order_by(CommentRecord.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {comment.id: comment for comment in session.scalars(query)}


def add_missing(session: Session, site_id: int, missing: Mapping[str, Mapping[str, Any]]) -> list[CommentRecord]:
    """Insert comments (external id to columns); those that a racing request inserted first are left out."""
    if not missing:
        return []
    rows = [{"external_id": key, **missing[key]} for key in sorted(missing)]  # sorted: two requests lock in one order
    statement = select(CommentRecord).from_statement(_ADD_COMMENTS)
    return list(session.scalars(statement, {"site": site_id, "rows": json.dumps(rows, default=str)}))


def revisions(session: Session, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], RevisionRecord]:
    """Return the stored revisions among these (comment id, number)."""
    if not keys:
        return {}
    query = select(RevisionRecord).where(tuple_(RevisionRecord.comment_id, RevisionRecord.number).in_(keys))
    return {(revision.comment_id, revision.number): revision for revision in session.scalars(query)}


def add_revisions(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert revisions as work to do."""
    if rows:
        session.execute(_ADD_REVISIONS, {"rows": json.dumps(list(rows))})


def change(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update comments by primary key, each row a mapping with `id` and the columns to set."""
    if rows:
        session.execute(update(CommentRecord), list(rows))


def upsert_commenters(session: Session, site_id: int, names: Mapping[str, str | None]) -> dict[str, int]:
    """Store the writers and return external id to id; a name that is left out keeps the stored one."""
    if not names:
        return {}
    query = select(CommenterRecord.external_id, CommenterRecord.id, CommenterRecord.name).where(
        CommenterRecord.site_id == site_id, CommenterRecord.external_id.in_(names)
    )
    stored = {external_id: (key, name) for external_id, key, name in session.execute(query)}
    known = {k: key for k, (key, name) in stored.items() if names[k] in (None, name)}
    rows = [{"site_id": site_id, "external_id": key, "name": names[key]} for key in sorted(set(names) - set(known))]
    if not rows:
        return known
    statement = insert(CommenterRecord)
    statement = statement.on_conflict_do_update(
        index_elements=["site_id", "external_id"], set_={"name": statement.excluded.name}
    )
    new = session.execute(statement.returning(CommenterRecord.external_id, CommenterRecord.id), rows)
    return known | {external_id: key for external_id, key in new}


def forget(session: Session, comment: CommentRecord) -> None:
    """Erase the texts, the writer and the evidence of one comment; its id stays, as deleted."""
    for statement in _FORGET:
        session.execute(text(statement), {"comment": comment.id})
    writer = comment.commenter_id
    comment.status = CommentStatus.DELETED
    comment.commenter_id = comment.scoring_id = None
    comment.reported_at = comment.appealed_at = comment.escalated_at = None
    session.flush()
    session.execute(_FORGET_LONELY_COMMENTER, {"commenter": writer})


# One statement for any number of rows: a thousand comments cost one round trip.
_ADD_COMMENTS = text(
    """
    INSERT INTO comment (site_id, external_id, current_revision, status, article_external_id, article_id,
                         parent_external_id, parent_id, commenter_id, written_at)
    SELECT :site, r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        external_id text, current_revision integer, status text, article_external_id text, article_id bigint,
        parent_external_id text, parent_id bigint, commenter_id bigint, written_at timestamptz)
    ON CONFLICT (site_id, external_id) DO NOTHING
    RETURNING *
    """
)
_ADD_REVISIONS = text(
    """
    INSERT INTO revision (comment_id, number, text, language, state, round, attempts)
    SELECT r.*, 'pending', 1, 0 FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        comment_id bigint, number integer, text text, language text)
    """
)
_OF_THIS = "revision_id IN (SELECT id FROM revision WHERE comment_id = :comment)"
_FORGET = (
    "UPDATE revision SET text = '', state = 'cancelled', lease_token = NULL, leased_at = NULL"
    " WHERE comment_id = :comment",
    f"UPDATE scoring SET reasons = '[]', spans = '{{}}' WHERE {_OF_THIS}",  # noqa: S608
    f"DELETE FROM fingerprint WHERE {_OF_THIS}",  # noqa: S608
    f"DELETE FROM shadow_score WHERE {_OF_THIS}",  # noqa: S608
)
_FORGET_LONELY_COMMENTER = text(
    "DELETE FROM commenter WHERE id = :commenter AND NOT EXISTS (SELECT FROM comment WHERE commenter_id = commenter.id)"
)
