"""The closed vocabularies of the project, each listed once: labels, statuses, verdicts, origins.

Only vocabularies live here; rules about them live in their own modules.
"""

from enum import StrEnum


class Label(StrEnum):
    """What a comment can be flagged for; a comment may carry several or none."""

    SHOUTING = "shouting"
    OFF_TOPIC = "off_topic"
    INCIVILITY = "incivility"


class CommentStatus(StrEnum):
    """Where a comment stands. `DELETED` keeps the id and forgets the text."""

    PENDING = "pending"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    REJECTED = "rejected"
    DELETED = "deleted"


class Verdict(StrEnum):
    """What the policy or a moderator answers."""

    PUBLISH = "publish"
    REVIEW = "review"
    REJECT = "reject"

    @property
    def status(self) -> CommentStatus:
        """Return the status that a comment takes under this verdict."""
        return _STATUS_OF_VERDICT[self]


class Origin(StrEnum):
    """Who took a decision."""

    POLICY = "policy"
    MODERATOR = "moderator"


class RevisionState(StrEnum):
    """Where one revision stands in the work: the row is the queue of truth."""

    PENDING = "pending"
    SCORED = "scored"
    FAILED = "failed"
    CANCELLED = "cancelled"
    FORGOTTEN = "forgotten"  # the text was erased after the days that the site keeps it


class CallbackState(StrEnum):
    """Where one message to a site stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    ABANDONED = "abandoned"


class CredentialKind(StrEnum):
    """What a secret of a site is for."""

    SIGNING_SECRET = "signing_secret"  # the site signs its webhooks with it
    API_KEY = "api_key"  # the site sends it as a bearer token
    CALLBACK_SECRET = "callback_secret"  # Vigie signs its callbacks with it


class Role(StrEnum):
    """What an account may do in the dashboard."""

    ADMINISTRATOR = "administrator"
    EDITOR = "editor"
    MODERATOR = "moderator"
    OBSERVER = "observer"


class WordKind(StrEnum):
    """What a word of a site's list does to a comment that holds it."""

    BANNED = "banned"  # review, or rejection where the policy says so
    WATCHED = "watched"  # always review


class ArticleMode(StrEnum):
    """How the comments under one article are taken."""

    OPEN = "open"
    PRE_MODERATE = "pre_moderate"  # a person reads each one first
    CLOSED = "closed"  # new ones are rejected


class Route(StrEnum):
    """By which way a comment came before the person who decided it; the sampling of training examples needs it."""

    QUEUE = "queue"  # the policy held it
    AUDIT = "audit"  # the audit sample
    LEARNING = "learning"  # chosen because its answer teaches most
    REPORT = "report"  # a reader reported it
    APPEAL = "appeal"  # its writer appealed
    ESCALATION = "escalation"  # a colleague handed it up
    BULK = "bulk"  # decided with many others
    FREE = "free"  # found by search or in the history: nobody had asked
    SECOND = "second"  # judged blind, after a colleague


class ModelState(StrEnum):
    """Where a version of a model stands. There is never more than one challenger and one champion in one place."""

    CANDIDATE = "candidate"  # trained, not proven: it waits for a person, with its reasons
    CHALLENGER = "challenger"  # proven on what moderators decided: it runs in the shadow of the champion
    CHAMPION = "champion"  # its scores count
    RETIRED = "retired"


class WorkState(StrEnum):
    """Where a long piece of work stands that is done in steps: a retraining, a rescoring."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TrainingStage(StrEnum):
    """What a retraining is at: gathering, then one label after the other."""

    EXAMPLES = "examples"  # reading what people decided
    ARCHIVE = "archive"  # reading which comments stood under which articles
    KNOWLEDGE = "knowledge"  # reading what the shipped models know
    SHOUTING = "shouting"
    OFF_TOPIC = "off_topic"
    INCIVILITY = "incivility"


class Standing(StrEnum):
    """How a site stands to one of its commenters."""

    NONE = ""
    TRUSTED = "trusted"
    WATCHED = "watched"


_STATUS_OF_VERDICT = {
    Verdict.PUBLISH: CommentStatus.PUBLISHED,
    Verdict.REVIEW: CommentStatus.IN_REVIEW,
    Verdict.REJECT: CommentStatus.REJECTED,
}
