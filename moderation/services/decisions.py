"""Deciding: by policy after a scoring, by a moderator at any time. A decision is appended, never edited.

Each decision, the comment's new status and the message to the site are written in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from moderation.domain.errors import AlreadyDecided, Gone, NotFound, Superseded
from moderation.domain.policy import Judgement
from moderation.domain.words import CommentStatus, Label, Origin, Verdict
from moderation.messages import TaskName, enqueue_after_commit
from moderation.storage import callbacks, comments, decisions, review
from moderation.storage.comments import CommentRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.sites import SiteRecord


@dataclass(frozen=True)
class Decision:
    """One decision to append. `payload` is what the site is told about the comment and its scoring."""

    comment: CommentRecord
    site: SiteRecord
    revision_id: int
    scoring_id: int | None
    origin: Origin
    verdict: Verdict
    labels: Sequence[Label]
    payload: Mapping[str, Any]
    moderator_id: int | None = None
    audit: bool = False
    shadow: bool = False
    note: str | None = None


def by_policy(
    comment: CommentRecord,
    site: SiteRecord,
    revision_id: int,
    scoring_id: int,
    judgement: Judgement,
    payload: Mapping[str, Any],
) -> Decision:
    """Return the decision that a judgement amounts to."""
    return Decision(
        comment,
        site,
        revision_id,
        scoring_id,
        Origin.POLICY,
        judgement.verdict,
        judgement.flags,
        payload,
        audit=judgement.audit,
        shadow=judgement.shadow,
    )


def by_moderator(
    session: Session,
    moderator: ModeratorRecord,
    comment_id: int,
    revision: int,
    verdict: Verdict,
    labels: Sequence[Label] = (),
    note: str | None = None,
) -> None:
    """Publish or reject the revision that the moderator saw, and append the decision.

    Raises NotFound or Gone when there is no such comment any more, Superseded when it was edited
    since, AlreadyDecided when somebody else decided this revision first. The same decision by the same
    moderator again changes nothing; another one corrects the first.
    """
    comment = comments.lock_ids(session, [comment_id]).get(comment_id)
    row = review.one(session, comment_id) if comment else None
    if comment is None or row is None:
        raise NotFound("comment", str(comment_id))
    if comment.status == CommentStatus.DELETED:
        raise Gone(comment.external_id)
    if comment.current_revision != revision:
        raise Superseded
    earlier = row.decision if row.decision and row.decision.revision_id == row.revision.id else None
    if earlier and earlier.moderator_id not in (None, moderator.id):
        by = session.get_one(ModeratorRecord, earlier.moderator_id)
        raise AlreadyDecided(by.name, earlier.decided_at)
    if earlier and earlier.moderator_id and _same(earlier, verdict, labels, note):
        return  # the same button pressed twice
    payload = about(row.site, comment, revision, vars(row.scoring) if row.scoring else None)
    scoring_id = row.scoring.id if row.scoring else None
    decision = Decision(
        comment,
        row.site,
        row.revision.id,
        scoring_id,
        Origin.MODERATOR,
        verdict,
        labels,
        payload,
        moderator.id,
        note=note,
    )
    append(session, [decision])


def _same(earlier: DecisionRecord, verdict: Verdict, labels: Sequence[Label], note: str | None) -> bool:
    return (earlier.verdict, set(earlier.labels), earlier.note) == (verdict, set(labels), note)


def about(site: SiteRecord, comment: CommentRecord, revision: int, scoring: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a site is told about a comment and its scoring: ids and figures, no text.

    The reasons are not in it: they quote the comment, and what is told is kept after the comment is deleted.
    """
    told: dict[str, Any] = {
        "site": site.slug,
        "comment_id": comment.external_id,
        "revision": revision,
        "article_id": comment.article_external_id,
    }
    if scoring is None:
        return told | {"scores": dict.fromkeys(Label), "model_versions": {}}
    return told | {
        "scores": {label: scoring[label] for label in Label},
        "model_versions": scoring["model_versions"],
    }


def append(session: Session, batch: Sequence[Decision]) -> None:
    """Append decisions about comments that are locked: new status, the decision, the message to the site."""
    if not batch:
        return
    now = datetime.now(UTC)
    rows = [_row(decision, now) for decision in batch]
    ids = decisions.add(session, rows)
    told = []
    for decision, row in zip(batch, rows, strict=True):
        decision.comment.status = decision.verdict.status
        decision.comment.decision_id = ids[row["event_id"]]
        if decision.site.callback_url:
            told.append(
                {
                    "decision_id": ids[row["event_id"]],
                    "site_id": decision.site.id,
                    "comment_id": decision.comment.id,
                }
            )
    session.flush()
    callbacks.add(session, told)
    if told:
        enqueue_after_commit(session, TaskName.DELIVER_CALLBACKS)


def _row(decision: Decision, now: datetime) -> dict[str, Any]:
    event_id = f"msg_{uuid4().hex}"
    return {
        "event_id": event_id,
        "site_id": decision.site.id,
        "comment_id": decision.comment.id,
        "revision_id": decision.revision_id,
        "scoring_id": decision.scoring_id,
        "origin": decision.origin,
        "moderator_id": decision.moderator_id,
        "verdict": decision.verdict,
        "labels": list(decision.labels),
        "audit": decision.audit,
        "shadow": decision.shadow,
        "note": decision.note,
        "decided_at": now,
        "payload": {
            "decision_id": event_id,
            **decision.payload,
            "verdict": decision.verdict,
            "status": decision.verdict.status,
            "decided_by": decision.origin,
            "labels": list(decision.labels),
            "decided_at": now.isoformat(timespec="milliseconds"),
        },
    }
