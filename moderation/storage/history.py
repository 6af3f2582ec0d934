"""Every decision that was taken: who, when, about what, on whose word, undone or not."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from moderation.domain.words import Label, Origin, Verdict
from moderation.storage.articles import ArticleRecord
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.scorings import ScoringRecord
from moderation.storage.sites import SiteRecord

_Undoing = aliased(DecisionRecord)
_Undoer = aliased(ModeratorRecord)


@dataclass(frozen=True)
class Asked:
    """Which decisions are looked for; what is left out is not asked."""

    moderator_id: int | None = None
    verdict: Verdict | None = None
    origin: Origin | None = None
    label: Label | None = None
    since: datetime | None = None
    until: datetime | None = None
    site_id: int | None = None
    bulk_id: int | None = None


@dataclass(frozen=True)
class Entry:
    """One decision with what it was about. The text is empty once it is forgotten."""

    decision: DecisionRecord
    comment: CommentRecord
    revision: RevisionRecord
    site: SiteRecord
    article: ArticleRecord | None
    scoring: ScoringRecord | None
    by: str | None
    undone_at: datetime | None
    undone_by: str | None


def entries(session: Session, asked: Asked, sites: Collection[int] | None, before: int, limit: int) -> list[Entry]:
    """Return the newest decisions on these sites (None: all) before this decision id."""
    found = list(session.scalars(_ids(asked, sites, before, limit)))  # apart: what is joined cannot mislead its plan
    query = (
        select(
            DecisionRecord,
            CommentRecord,
            RevisionRecord,
            SiteRecord,
            ArticleRecord,
            ScoringRecord,
            ModeratorRecord.name,
            _Undoing.decided_at,
            _Undoer.name,
        )
        .join(CommentRecord, CommentRecord.id == DecisionRecord.comment_id)
        .join(RevisionRecord, RevisionRecord.id == DecisionRecord.revision_id)
        .join(SiteRecord, SiteRecord.id == DecisionRecord.site_id)
        .outerjoin(ArticleRecord, ArticleRecord.id == CommentRecord.article_id)
        .outerjoin(ScoringRecord, ScoringRecord.id == DecisionRecord.scoring_id)
        .outerjoin(ModeratorRecord, ModeratorRecord.id == DecisionRecord.moderator_id)
        .outerjoin(_Undoing, _Undoing.undoes_id == DecisionRecord.id)
        .outerjoin(_Undoer, _Undoer.id == _Undoing.moderator_id)
        .where(DecisionRecord.id.in_(found))
        .order_by(DecisionRecord.id.desc())
    )
    return [Entry(*row) for row in session.execute(query)] if found else []


def moderators(session: Session) -> dict[int, str]:
    """Return the names of all moderators by id, in the order of the names."""
    query = select(ModeratorRecord.id, ModeratorRecord.name).order_by(ModeratorRecord.name, ModeratorRecord.id)
    return {key: name for key, name in session.execute(query)}


def _ids(asked: Asked, sites: Collection[int] | None, before: int, limit: int) -> Any:
    query = select(DecisionRecord.id).where(DecisionRecord.id < before, *_conditions(asked, sites))
    return query.order_by(DecisionRecord.id.desc()).limit(limit)


def _conditions(asked: Asked, sites: Collection[int] | None) -> list[ColumnElement[bool]]:
    equal = [
        column == value
        for column, value in (
            (DecisionRecord.moderator_id, asked.moderator_id),
            (DecisionRecord.verdict, asked.verdict),
            (DecisionRecord.origin, asked.origin),
            (DecisionRecord.site_id, asked.site_id),
            (DecisionRecord.bulk_id, asked.bulk_id),
        )
        if value is not None
    ]
    if sites is not None:
        equal.append(DecisionRecord.site_id.in_(sites))
    if asked.label:
        equal.append(DecisionRecord.labels.contains([asked.label]))
    if asked.since:
        equal.append(DecisionRecord.decided_at >= asked.since)
    if asked.until:
        equal.append(DecisionRecord.decided_at < asked.until)
    return equal
