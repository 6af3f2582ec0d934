"""Taking a decision back: what held before holds again, the site is told, and neither decision teaches anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.errors import (
    AlreadyDecided,
    AlreadyUndone,
    Gone,
    NotAllowed,
    NotFound,
    NotUndoable,
    OwnDecision,
    Superseded,
)
from moderation.domain.permissions import Permission
from moderation.domain.undoing import standing
from moderation.domain.words import CommentStatus, Origin, Route, Verdict
from moderation.services import appeals, appending
from moderation.services.appending import Decision
from moderation.storage import comments, remarks, review, search
from moderation.storage import decisions as stored
from moderation.storage.comments import CommentRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.review import CommentRow


@dataclass(frozen=True)
class Undone:
    """What holds again after an undo."""

    comment_id: int
    verdict: Verdict


def comment_of(session: Session, decision_id: int) -> int:
    """Return the comment that a decision is about, for asking what the account may do. Raises NotFound."""
    decision = stored.by_ids(session, [decision_id]).get(decision_id)
    if decision is None:
        raise NotFound("decision", str(decision_id))
    return decision.comment_id


def undo(session: Session, moderator: ModeratorRecord, decision_id: int, *, anyone_s: bool = False) -> Undone:
    """Append a decision that restores what held before this one.

    A person takes back their own decisions; `anyone_s` allows those of others. When nothing held before, the
    comment waits for review again. Reports, appeals and escalations that the decision had settled are open again.

    Raises NotFound, Gone, NotAllowed, NotUndoable (the policy's), AlreadyUndone, Superseded (the comment was
    edited since), AlreadyDecided (somebody decided again since) or OwnDecision (its writer appeals against it).
    """
    decision = stored.by_ids(session, [decision_id]).get(decision_id)
    comment = comments.lock_ids(session, [decision.comment_id]).get(decision.comment_id) if decision else None
    if decision is None or comment is None:
        raise NotFound("decision", str(decision_id))
    if comment.status == CommentStatus.DELETED:
        raise Gone(comment.external_id)
    if decision.moderator_id is None or decision.undoes_id is not None:
        raise NotUndoable
    if decision.moderator_id != moderator.id and not anyone_s:
        raise NotAllowed(Permission.DECIDE_MANY)
    row = review.one(session, comment.id)
    if row is None or decision.revision_id != row.revision.id:
        raise Superseded
    before = _before(session, decision)
    if appeals.is_for_another(session, comment, moderator.id):
        raise OwnDecision
    appending.append(session, [_restoring(row, moderator, decision, before)])
    _reopen(session, comment, before)
    return Undone(comment.id, Verdict(before.verdict) if before else Verdict.REVIEW)


def _before(session: Session, decision: DecisionRecord) -> DecisionRecord | None:
    """Return what held before this decision about the same text. Raises when it does not hold itself."""
    history = [
        past for past in stored.history(session, decision.comment_id) if past.revision_id == decision.revision_id
    ]
    by = next((later for later in history if later.undoes_id == decision.id), None)
    if by is not None:
        raise AlreadyUndone(_name(session, by), by.decided_at)
    counting = standing(history)
    if counting[-1].id != decision.id:
        raise AlreadyDecided(_name(session, counting[-1]), counting[-1].decided_at)
    return counting[-2] if len(counting) > 1 else None


def _name(session: Session, decision: DecisionRecord) -> str:
    names = review.names_of(session, [decision.moderator_id] if decision.moderator_id else [])
    return names.get(decision.moderator_id or 0, "")


def _restoring(
    row: CommentRow, moderator: ModeratorRecord, undone: DecisionRecord, before: DecisionRecord | None
) -> Decision:
    told = appending.about(row.site, row.comment, row.revision.number, vars(row.scoring) if row.scoring else None)
    return Decision(
        row.comment,
        row.site,
        row.revision.id,
        row.scoring.id if row.scoring else None,
        Origin.MODERATOR,
        Verdict(before.verdict) if before else Verdict.REVIEW,
        before.labels if before else [],  # type: ignore[arg-type]  # stored labels are labels
        told | {"undoes": undone.event_id},
        moderator.id,
        audit=bool(before and before.audit),
        shadow=bool(before and before.shadow),
        route=Route(before.route) if before and before.route else None,
        sampling=before.sampling if before else None,
        undoes_id=undone.id,
    )


def _reopen(session: Session, comment: CommentRecord, before: DecisionRecord | None) -> None:
    """Open again what came in since the decision that holds now."""
    since = before.decided_at if before else comment.received_at
    raised = remarks.raised_since(session, comment.id, since)
    comment.reported_at, comment.appealed_at, comment.escalated_at = raised
    session.flush()


def undo_all(session: Session, moderator: ModeratorRecord, pairs: Sequence[tuple[int, int]]) -> int:
    """Take back these decisions (comment, decision), whoever took them; return how many.

    One that does not hold any more, or whose comment was edited or deleted since, is left as it is.
    """
    ids = [comment_id for comment_id, _ in pairs]
    comments.lock_ids(session, ids)
    rows = {row.comment.id: row for row in search.rows(session, ids)}
    pasts = stored.histories(session, ids)
    restored = []
    for comment_id, decision_id in pairs:
        row = rows[comment_id]
        counting = standing([past for past in pasts[comment_id] if past.revision_id == row.revision.id])
        if row.comment.status == CommentStatus.DELETED or row.comment.appealed_at is not None:
            continue  # an appeal is for another moderator to decide, not to be settled by the way
        if counting and counting[-1].id == decision_id:
            restored.append((row, counting[-1], counting[-2] if len(counting) > 1 else None))
    appending.append(session, [_restoring(row, moderator, undone, before) for row, undone, before in restored])
    raised = remarks.raised(session, ids)
    for row, _, before in restored:
        if row.comment.id in raised:
            _reopen(session, row.comment, before)
    return len(restored)
