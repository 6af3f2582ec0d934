"""Appending decisions: what one holds, the comment's new status, and the message to the site, in one transaction.

A decision is appended, never edited. Whether one may be taken is in `decisions`, `bulk`, `undoing` and `scoring`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.domain.queueing import reasons_of
from moderation.domain.rules import Judgement
from moderation.domain.words import Label, Origin, Route, Verdict
from moderation.messages import TaskName, enqueue_after_commit
from moderation.storage import callbacks, decisions
from moderation.storage.comments import CommentRecord
from moderation.storage.sites import SiteRecord


@dataclass(frozen=True)
class Decision:
    """One decision to append. `payload` is what the site is told about the comment and its scoring.

    `route` says how the comment came before a person, `sampling` with which chance such a comment does (None: unknown).
    """

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
    message: str | None = None
    undoes_id: int | None = None
    bulk_id: int | None = None
    route: Route | None = None
    sampling: float | None = None


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
        route=judgement.route,
        sampling=judgement.sampling,
    )


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


def append(session: Session, batch: Sequence[Decision]) -> list[int]:
    """Append decisions about comments that are locked: new status, the decision, the message to the site.

    Return their ids. A person's decision settles what was open: reports, an appeal, an escalation.
    """
    if not batch:
        return []
    now = datetime.now(UTC)
    rows = [_row(decision, now) for decision in batch]
    ids = decisions.add(session, rows)
    told = []
    for decision, row in zip(batch, rows, strict=True):
        decision.comment.status = decision.verdict.status
        decision.comment.decision_id = ids[row["event_id"]]
        decision.comment.reasons = _reasons(decision)
        if decision.origin is Origin.MODERATOR:
            decision.comment.reported_at = decision.comment.appealed_at = decision.comment.escalated_at = None
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
    return [ids[row["event_id"]] for row in rows]


def _reasons(decision: Decision) -> list[str]:
    """Return why the comment waits for review after this decision; nothing when it does not."""
    if decision.verdict is not Verdict.REVIEW:
        return []
    thresholds = Policy.from_json(decision.site.policy).thresholds
    scores = decision.payload.get("scores", {})
    ways = {"audit": decision.audit, "learning": decision.route is Route.LEARNING}
    return [str(reason) for reason in reasons_of(decision.labels, scores, thresholds, **ways)]


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
        "message": decision.message,
        "undoes_id": decision.undoes_id,
        "bulk_id": decision.bulk_id,
        "route": decision.route,
        "sampling": decision.sampling,
        "decided_at": now,
        "payload": {
            "decision_id": event_id,
            "undoes": None,
            "appeal": None,
            **decision.payload,
            "verdict": decision.verdict,
            "status": decision.verdict.status,
            "decided_by": decision.origin,
            "labels": list(decision.labels),
            "message": decision.message,
            "decided_at": now.isoformat(timespec="milliseconds"),
        },
    }
