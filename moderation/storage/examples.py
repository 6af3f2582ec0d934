"""Decisions of people as training examples: which ones teach, and what they were about. Queries.

The last standing decision about a text teaches. An undo, a deletion and the end of retention withdraw it; a later
decision (an answer to an appeal, a correction) takes its place.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from moderation.domain.words import CommentStatus, Origin, RevisionState, Route, Verdict
from moderation.storage.comments import CommentRecord, RevisionRecord
from moderation.storage.decisions import DecisionRecord, teaches
from moderation.storage.scorings import ScoringRecord
from moderation.storage.second_judgements import SecondJudgementRecord
from moderation.storage.sites import SiteRecord


@dataclass(frozen=True)
class TaughtRow:
    """One decision that teaches, without a word of the text. `language` is the scoring's, else the site's."""

    id: int
    comment_id: int
    revision_id: int
    verdict: str
    labels: list[str]
    route: str
    sampling: float
    moderator_id: int
    decided_at: datetime
    language: str


@dataclass(frozen=True)
class TextRow:
    """What a decision was about: texts as the site sent them."""

    text: str
    article_id: int | None
    parent_text: str | None


@dataclass(frozen=True)
class OpinionRow:
    """What one person said about one text, in a decision or in a second judgement."""

    revision_id: int
    moderator_id: int
    verdict: str
    labels: list[str]
    route: str | None
    at: datetime


def taught(session: Session, site_id: int | None, after: int, upto: int, limit: int) -> list[TaughtRow]:
    """Return the next decisions that teach (None: of all sites) behind this decision id, in their order."""
    query: Any = select(
        DecisionRecord.id,
        DecisionRecord.comment_id,
        DecisionRecord.revision_id,
        DecisionRecord.verdict,
        DecisionRecord.labels,
        _route(),
        func.coalesce(DecisionRecord.sampling, 1.0),
        DecisionRecord.moderator_id,
        DecisionRecord.decided_at,
        func.coalesce(ScoringRecord.language, RevisionRecord.language, SiteRecord.language),
    )
    query = _known(query.join(SiteRecord, SiteRecord.id == DecisionRecord.site_id), site_id, upto)
    query = query.outerjoin(ScoringRecord, ScoringRecord.id == DecisionRecord.scoring_id)
    rows = session.execute(query.where(DecisionRecord.id > after).order_by(DecisionRecord.id).limit(limit))
    return [TaughtRow(*row) for row in rows]


def beginning(session: Session, site_id: int | None, upto: int, most: int) -> int:
    """Return the decision id behind which the newest `most` decisions that teach begin; 0: there are no more."""
    query = _known(select(DecisionRecord.id), site_id, upto).order_by(DecisionRecord.id.desc())
    return session.scalar(query.offset(most).limit(1)) or 0


def count(session: Session, site_id: int | None, after: int, upto: int) -> int:
    """Count the decisions that teach behind one decision id, up to and with another one."""
    query = _known(select(func.count(DecisionRecord.id)), site_id, upto)
    return session.scalar(query.where(DecisionRecord.id > after)) or 0


def texts(session: Session, revision_ids: Collection[int]) -> dict[int, TextRow]:
    """Return what is written in these revisions, and what they answer."""
    parent, parent_revision = aliased(CommentRecord), aliased(RevisionRecord)
    answered = (parent_revision.comment_id == parent.id) & (parent_revision.number == parent.current_revision)
    query = (
        select(RevisionRecord.id, RevisionRecord.text, CommentRecord.article_id, func.nullif(parent_revision.text, ""))
        .join(CommentRecord, CommentRecord.id == RevisionRecord.comment_id)
        .outerjoin(parent, parent.id == CommentRecord.parent_id)
        .outerjoin(parent_revision, answered)
        .where(RevisionRecord.id.in_(revision_ids))
    )
    return {key: TextRow(*row) for key, *row in session.execute(query)}


def opinions(session: Session, rows: Collection[TaughtRow], upto: int) -> list[OpinionRow]:
    """Return what people said about these texts, oldest first: decisions that stand, and second judgements."""
    comment_ids, revision_ids = {row.comment_id for row in rows}, {row.revision_id for row in rows}
    decision, second = DecisionRecord, SecondJudgementRecord
    first = select(
        decision.revision_id,
        decision.moderator_id,
        decision.verdict,
        decision.labels,
        decision.route,
        decision.decided_at.label("at"),
    ).where(
        decision.comment_id.in_(comment_ids), decision.revision_id.in_(revision_ids), decision.id <= upto, teaches()
    )
    again = select(
        second.revision_id,
        second.moderator_id,
        second.verdict,
        second.labels,
        literal(Route.SECOND.value),
        second.answered_at,
    ).where(second.revision_id.in_(revision_ids), second.answered_at.is_not(None), second.moderator_id.is_not(None))
    both: Any = first.union_all(again).order_by("at")
    return [OpinionRow(*row) for row in session.execute(both)]


def newest(session: Session, site_id: int | None) -> int:
    """Return the id of the newest decision that teaches; 0 when there is none."""
    query = select(func.max(DecisionRecord.id)).where(teaches(), *_of(site_id))
    return session.scalar(query) or 0


def is_news(session: Session, site_id: int | None, after: int, until: datetime) -> bool:
    """Say whether a decision that teaches was taken behind this decision id, up to this time."""
    news = (DecisionRecord.id > after, DecisionRecord.decided_at <= until)
    return bool(session.scalar(select(exists().where(teaches(), *news, *_of(site_id)))))


def _known(query: Select[Any], site_id: int | None, upto: int) -> Select[Any]:
    later = aliased(DecisionRecord)
    overtaken = exists().where(
        later.comment_id == DecisionRecord.comment_id,
        later.revision_id == DecisionRecord.revision_id,
        later.id > DecisionRecord.id,
        later.id <= upto,
        teaches(later),
    )
    says = (DecisionRecord.verdict == Verdict.PUBLISH) | (
        (DecisionRecord.verdict == Verdict.REJECT) & (func.cardinality(DecisionRecord.labels) > 0)
    )
    return (
        query.join(RevisionRecord, RevisionRecord.id == DecisionRecord.revision_id)
        .join(CommentRecord, CommentRecord.id == DecisionRecord.comment_id)
        .where(DecisionRecord.id <= upto, teaches(), says, ~overtaken, *_of(site_id))
        .where(
            CommentRecord.status != CommentStatus.DELETED,
            RevisionRecord.state != RevisionState.FORGOTTEN,
            RevisionRecord.text != "",
        )
    )


def _of(site_id: int | None) -> list[ColumnElement[bool]]:
    return [] if site_id is None else [DecisionRecord.site_id == site_id]


def _route() -> ColumnElement[str]:
    """The way by which the comment came; for decisions from before it was written down, what can still be told."""
    held = aliased(DecisionRecord)
    for_audit = (
        select(held.audit)
        .where(
            held.comment_id == DecisionRecord.comment_id,
            held.revision_id == DecisionRecord.revision_id,
            held.origin == Origin.POLICY,
            held.id < DecisionRecord.id,
        )
        .order_by(held.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case(
        (DecisionRecord.route.is_not(None), DecisionRecord.route),
        (DecisionRecord.audit | func.coalesce(for_audit, False), Route.AUDIT.value),
        (DecisionRecord.bulk_id.is_not(None), Route.BULK.value),
        else_=Route.QUEUE.value,
    )
