"""What has to be tidied now and then. Each use case may run any number of times."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import retention, second_judgements, shadowing, watch
from moderation.storage import claims, links, moderators, work


def forget_expired(session: Session) -> dict[str, int]:
    """Delete what has expired, and link what arrived in two racing requests; return counts by noun.

    A comment and its article (or parent) that arrive in the same instant do not see each other;
    this finds them and has the comment scored again with its context.
    """
    linked = links.everything(session)
    if sent_back := work.send_back(session, linked):
        enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
    return {
        "dashboard_sessions": moderators.forget_expired_sessions(session),
        "claims": claims.forget_expired(session),
        "sent_back": sent_back,
        "shadow_scores": shadowing.forget_old(session),
        "second_judgements": second_judgements.forget_unanswered(session, datetime.now(UTC)),
        "watch_reports": watch.thin(session, datetime.now(UTC)),
    }


def forget_texts(session: Session) -> int:
    """Erase texts that every site kept long enough, one batch; return of how many comments. A full one rings again."""
    count = retention.forget_old_texts(session)
    if count == retention.BATCH_SIZE:
        enqueue_after_commit(session, TaskName.FORGET_TEXTS)
    return count
