"""Deciding: by policy after a scoring, by a moderator at any time. A decision is appended, never edited.

Each decision, the comment's new status and the message to the site are written in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from moderation.domain import appeals
from moderation.domain.errors import AlreadyDecided, Gone, NotFound, OwnDecision, Superseded
from moderation.domain.learning_settings import LearningSettings
from moderation.domain.policy import Policy
from moderation.domain.queueing import reasons_of
from moderation.domain.routes import route_of
from moderation.domain.rules import Judgement
from moderation.domain.undoing import standing
from moderation.domain.words import CommentStatus, Label, Origin, Route, Verdict
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import second_judgements
from moderation.services.appeals import is_for_another
from moderation.storage import callbacks, comments, decisions, remarks, review
from moderation.storage.comments import CommentRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.review import CommentRow
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


def by_moderator(
    session: Session,
    moderator: ModeratorRecord,
    comment_id: int,
    revision: int,
    verdict: Verdict,
    labels: Sequence[Label] = (),
    note: str | None = None,
    message: str | None = None,
    seen: int | None = None,
    chance: float = 1.0,
) -> int | None:
    """Publish or reject the revision that the moderator saw, append the decision and return its id.

    `message` is for the writer, through the site. `seen` is the newest decision when the moderator looked. Where
    `chance` (0-1) falls below the site's share, a colleague is asked to judge the same text again, blind.

    Raises NotFound or Gone when there is no such comment any more, Superseded when it was edited since,
    AlreadyDecided when somebody else decided this revision first, or since `seen`, OwnDecision when its writer
    appeals against what this moderator decided. What another person decided may be decided again only while a
    report, an appeal or an escalation is open. The same decision by the same moderator again changes nothing
    (None); another one corrects the first.
    """
    comment = comments.lock_ids(session, [comment_id]).get(comment_id)
    row = review.one(session, comment_id) if comment else None
    if comment is None or row is None:
        raise NotFound("comment", str(comment_id))
    if comment.status == CommentStatus.DELETED:
        raise Gone(comment.external_id)
    if comment.current_revision != revision:
        raise Superseded
    raised = remarks.open_since(comment) is not None
    earlier = _holding(session, row)
    if earlier and earlier.moderator_id not in (None, moderator.id) and (not raised or _is_news(row.decision, seen)):
        by = session.get_one(ModeratorRecord, earlier.moderator_id)
        raise AlreadyDecided(by.name, earlier.decided_at)
    if earlier and earlier.moderator_id and not raised and _same(earlier, verdict, labels, note):
        return None  # the same button pressed twice
    if is_for_another(session, comment, moderator.id):
        raise OwnDecision
    payload = about(row.site, comment, revision, vars(row.scoring) if row.scoring else None)
    if comment.appealed_at:
        payload["appeal"] = appeals.outcome(earlier.verdict if earlier else None, verdict)
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
        message=message,
        route=_route(comment, row.decision),
        sampling=row.decision.sampling if row.decision else None,
    )
    decided = append(session, [decision])[0]
    share = LearningSettings.from_json(row.site.learning).second_share
    second_judgements.draw(session, row.site, comment, row.revision.id, decided, share, chance)
    return decided


def _holding(session: Session, row: CommentRow) -> DecisionRecord | None:
    """Return the decision about this text that holds: neither undone nor an undoing."""
    if row.decision is None or row.decision.revision_id != row.revision.id:
        return None
    if row.decision.undoes_id is None:
        return row.decision
    history = decisions.history(session, row.comment.id)
    counting = standing([past for past in history if past.revision_id == row.revision.id])
    return counting[-1] if counting else None


def _route(comment: CommentRecord, newest: DecisionRecord | None) -> Route:
    return route_of(
        waits=comment.status == CommentStatus.IN_REVIEW,
        audit=bool(newest and newest.audit),
        reasons=comment.reasons,
        appealed=comment.appealed_at is not None,
        reported=comment.reported_at is not None,
        escalated=comment.escalated_at is not None,
    )


def _is_news(newest: DecisionRecord | None, seen: int | None) -> bool:
    return seen is not None and newest is not None and newest.id != seen


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
