"""Finding comments again: words of the text in French and English, and everything else that is known of them.

Deleted comments are never found, and of an edited comment only its current text is searched.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.orm import Session

from moderation.domain.words import CommentStatus, Label
from moderation.storage import review
from moderation.storage.articles import ArticleRecord
from moderation.storage.comments import CommenterRecord, CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.folding import CONFIGURATIONS, plain
from moderation.storage.review import CommentRow
from moderation.storage.scorings import ScoringRecord

_WORDS = re.compile(r'-?"[^"]*"?|\S+')


@dataclass(frozen=True)
class Search:
    """What is looked for; what is left out is not asked. `least` and `most` bound the score of the label,

    or of any label when none is named; without them a label is one that the newest decision names.
    """

    text: str = ""
    author: str = ""
    article: str = ""
    moderator_id: int | None = None
    label: Label | None = None
    least: float | None = None
    most: float | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: CommentStatus | None = None
    site_id: int | None = None

    @property
    def asks(self) -> bool:
        """Say whether anything is asked at all."""
        return self != Search()


def ids(session: Session, search: Search, sites: Collection[int] | None, before: int, limit: int) -> list[int]:
    """Return the newest comments of these sites (None: all) before this internal id that are as asked."""
    query = matching(search, sites).where(CommentRecord.id < before).order_by(CommentRecord.id.desc()).limit(limit)
    return list(session.scalars(query))


def some(session: Session, search: Search, sites: Collection[int] | None, most: int) -> list[int]:
    """Return up to `most` comments that are as asked, in no order: quick for what is rare."""
    return list(session.scalars(matching(search, sites).limit(most)))


def rows(session: Session, comment_ids: Collection[int]) -> list[CommentRow]:
    """Return these comments, newest first."""
    if not comment_ids:
        return []
    query = review.comment_rows().where(CommentRecord.id.in_(comment_ids))
    return review.fetch(session, query.order_by(CommentRecord.id.desc()))


def matching(search: Search, sites: Collection[int] | None) -> Any:
    """Return a SELECT of the ids of the comments that are as asked."""
    return (
        select(CommentRecord.id)
        .join(
            RevisionRecord,
            (RevisionRecord.comment_id == CommentRecord.id) & (RevisionRecord.number == CommentRecord.current_revision),
        )
        .outerjoin(ScoringRecord, ScoringRecord.id == CommentRecord.scoring_id)
        .outerjoin(DecisionRecord, DecisionRecord.id == CommentRecord.decision_id)
        .where(CommentRecord.status != CommentStatus.DELETED, *_conditions(search, sites))
    )


def _conditions(search: Search, sites: Collection[int] | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sites is not None:
        found.append(CommentRecord.site_id.in_(sites))
    if search.site_id is not None:
        found.append(CommentRecord.site_id == search.site_id)
    if search.text:
        found.append(RevisionRecord.search.op("@@")(words(search.text)))
    if search.author:
        found.append(CommentRecord.commenter_id.in_(_named(CommenterRecord, search.author)))
    if search.article:
        found.append(CommentRecord.article_id.in_(_named(ArticleRecord, search.article)))
    if search.moderator_id is not None:
        found.append(DecisionRecord.moderator_id == search.moderator_id)
    if search.since:
        found.append(CommentRecord.received_at >= search.since)
    if search.until:
        found.append(CommentRecord.received_at < search.until)
    if search.status:
        found.append(CommentRecord.status == search.status)
    return found + _scored(search)


def _scored(search: Search) -> list[ColumnElement[bool]]:
    if search.least is None and search.most is None:
        return [DecisionRecord.labels.contains([search.label])] if search.label else []
    labels = [search.label] if search.label else list(Label)
    least, most = search.least or 0.0, 1.0 if search.most is None else search.most
    return [or_(*(getattr(ScoringRecord, label).between(least, most) for label in labels))]


def _named(record: Any, wanted: str) -> Any:
    """Return a SELECT of the ids of records in whose names a word begins with each of these words."""
    beginnings = " & ".join(f"{word}:*" for word in re.findall(r"\w+", wanted))
    return select(record.id).where(record.search.op("@@")(func.to_tsquery(_regconfig("simple"), plain(beginnings))))


def words(text: str) -> ColumnElement[Any]:
    """Return the tsquery for what a person typed: words, "phrases", or, -without; in any language of ours.

    A word counts when it matches in one language, a word after a minus when it matches in none.
    """
    pieces = _WORDS.findall(text)
    without = [piece[1:] for piece in pieces if _is_refusal(piece)]
    asked = _in_any_language(" ".join(piece for piece in pieces if not _is_refusal(piece)))
    for piece in without:
        asked = func.tsquery_and(asked, func.tsquery_not(_in_any_language(piece)))
    return asked


def _is_refusal(piece: str) -> bool:
    return piece.startswith("-") and len(piece) > 1


def _in_any_language(asked: str) -> ColumnElement[Any]:
    french, english, simple = (func.websearch_to_tsquery(_regconfig(name), plain(asked)) for name in CONFIGURATIONS)
    return func.tsquery_or(func.tsquery_or(french, english), simple)


def _regconfig(name: str) -> ColumnElement[Any]:
    return literal_column(f"'{name}'::regconfig")
