"""What goes out over the wire, as pydantic models: OpenAPI is generated from them. Nothing is validated here."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class ReceiptOut(BaseModel):
    """The answer to one comment: the same however often it is sent."""

    id: str
    revision: int
    status: Literal["accepted", "deleted"] = Field(description="`deleted`: you deleted it before; nothing was stored.")


class ReceiptsOut(BaseModel):
    """The answer to a batch, in its order."""

    results: list[ReceiptOut]


class ArticleOut(BaseModel):
    """An article as it is stored."""

    id: str
    title: str
    text: str
    url: str | None
    section: str | None
    language: str | None
    published_at: datetime | None


class ScoresOut(BaseModel):
    """Probabilities from 0 to 1; off_topic is null when there is not enough to judge, all are before scoring."""

    shouting: float | None
    off_topic: float | None
    incivility: float | None


class ReasonOut(BaseModel):
    """Why a score stands where it stands, or which of your own rules held or rejected a comment, in one sentence."""

    label: str | None
    rule: str | None = Field(
        default=None,
        description="`banned_word`, `watched_word`, `watched_commenter`, `pre_moderated_article`, `closed_article` or "
        "`trusted_commenter`: a rule of your site, whatever the scores say. Left out for the reason of a score.",
    )
    fr: str
    en: str


class CommentOut(BaseModel):
    """A comment as it stands."""

    id: str
    revision: int
    status: Literal["pending", "in_review", "published", "rejected"]
    verdict: Literal["publish", "review", "reject"] | None
    decided_by: Literal["policy", "moderator"] | None
    labels: list[str]
    text: str
    language: str | None
    article_id: str | None
    parent_id: str | None
    scores: ScoresOut
    reasons: list[ReasonOut]
    spans: dict[str, list[tuple[int, int, float]]] = Field(
        description="Label, or `banned` and `watched` for the words that your site lists, to [start, end, weight]: "
        "code points of the text, end exclusive."
    )
    model_versions: dict[str, str]
    received_at: datetime
    scored_at: datetime | None
    decided_at: datetime | None


class CommentsPage(BaseModel):
    """One page of comments; `next` is the cursor of the following one, null at the end."""

    items: list[CommentOut]
    next: str | None


class ReportOut(BaseModel):
    """The answer to a report or an appeal: the same however often it is sent."""

    comment_id: str
    status: Literal["accepted"]


class DecisionOut(BaseModel):
    """What a decision says, and what the callback tells: ids and figures, no text of the comment."""

    decision_id: str
    undoes: str | None = Field(
        default=None, description="The decision_id that this decision takes back; `status` is as before that one."
    )
    site: str
    comment_id: str
    revision: int
    article_id: str | None
    verdict: Literal["publish", "review", "reject"]
    status: Literal["published", "in_review", "rejected"]
    decided_by: Literal["policy", "moderator"]
    labels: list[str]
    appeal: Literal["upheld", "overturned"] | None = Field(
        default=None, description="What came of the writer's appeal, when this decision answers one."
    )
    message: str | None = Field(default=None, description="What the moderator asks you to tell the comment's writer.")
    scores: ScoresOut
    model_versions: dict[str, str]
    decided_at: datetime


class DecisionEvent(BaseModel):
    """One decision, as the callback tells it."""

    id: str = Field(description="The webhook-id of the callback: drop what you have seen.")
    type: Literal["comment.decided"]
    timestamp: datetime
    data: DecisionOut


class DecisionsPage(BaseModel):
    """Decisions in the order in which they were taken; ask again with `next` for what comes later."""

    items: list[DecisionEvent]
    next: str


class FieldError(BaseModel):
    """One wrong field."""

    field: str
    problem: str
    cure: str


class ProblemOut(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
