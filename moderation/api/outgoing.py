"""What goes out over the wire, as pydantic models: OpenAPI is generated from them. Nothing is validated here."""

from datetime import datetime
from typing import Any, Literal

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
    """Why a score stands where it stands, in one sentence."""

    label: str | None
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
        description="Label to [start, end, weight]: code points of the text, end exclusive."
    )
    model_versions: dict[str, str]
    received_at: datetime
    scored_at: datetime | None
    decided_at: datetime | None


class CommentsPage(BaseModel):
    """One page of comments; `next` is the cursor of the following one, null at the end."""

    items: list[CommentOut]
    next: str | None


class DecisionEvent(BaseModel):
    """One decision, as the callback tells it."""

    id: str = Field(description="The webhook-id of the callback: drop what you have seen.")
    type: Literal["comment.decided"]
    timestamp: datetime
    data: dict[str, Any]


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
