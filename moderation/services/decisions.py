"""Deciding by a moderator, at any time: what may be decided by whom. How it is written down is in `appending`."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from moderation.domain import appeals
from moderation.domain.errors import AlreadyDecided, Gone, NotFound, OwnDecision, Superseded
from moderation.domain.learning_settings import LearningSettings
from moderation.domain.routes import route_of
from moderation.domain.undoing import standing
from moderation.domain.words import CommentStatus, Label, Origin, Route, Verdict
from moderation.services import second_judgements
from moderation.services.appeals import is_for_another
from moderation.services.appending import Decision, about, append
from moderation.storage import comments, decisions, remarks, review
from moderation.storage.comments import CommentRecord
from moderation.storage.decisions import DecisionRecord
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.review import CommentRow


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
