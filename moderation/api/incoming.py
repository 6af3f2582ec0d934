"""What comes in over the wire, as pydantic models: they validate, and OpenAPI is generated from them.

Limits that are settings are given as validation context; the schemas carry the hard ones.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from moderation.domain.submission import SubmittedArticle, SubmittedComment

ID_PATTERN = r"^[^\s\x00-\x1f\x7f-\x9f]+$"
_SOMETHING = re.compile(r"[^\s\u001c-\u001f\u0085\ufeff]")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _in_range(value: datetime) -> datetime:
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError("must lie between the years 1990 and 2100")
    return value.astimezone(UTC)  # PostgreSQL reads no zone beyond 15:59


def _storable(value: str) -> str:
    return value.replace("\x00", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL stores no NUL; offsets stay the same


def _a_number(value: Any) -> Any:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("must be a valid integer")
    return value


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s\x00-\x1f]+", value):
        raise ValueError("must be a full http:// or https:// address")
    return value


ExternalId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=255,
        pattern=ID_PATTERN,
        description="Your own id: 1 to 255 characters without spaces or control characters.",
    ),
]
Text = Annotated[str, AfterValidator(_storable)]
ShortText = Annotated[Text, Field(min_length=1, max_length=1000)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35, examples=["fr"])]
Moment = Annotated[
    AwareDatetime,
    AfterValidator(_in_range),
    Field(
        examples=["2026-05-22T09:30:00+03:00"],
        description="With its time zone, between 1990 and 2100.",
        json_schema_extra={"pattern": r"^(199\d|20[0-8]\d)-"},
    ),
]
WebAddress = Annotated[
    Text,
    Field(max_length=2000, examples=["https://example.org/a1"], json_schema_extra={"pattern": r"^https?://[!-~]+$"}),
    AfterValidator(_web_address),
]


class Wire(BaseModel):
    """Base of all that comes in: unknown fields are errors, so that a typing mistake is never silent."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class ArticleBody(Wire):
    """An article, without its id."""

    title: ShortText
    text: Text = Field(default="", description="The full text, plain; the more of it, the better off-topic is judged.")
    url: WebAddress | None = None
    section: Annotated[ShortText, Field(max_length=200)] | None = None
    language: Language | None = None
    published_at: Moment | None = None

    @field_validator("text")
    @classmethod
    def _not_too_long(cls, value: str, info: ValidationInfo) -> str:
        return _bounded(value, "max_article_chars", info)

    def submitted(self, external_id: str) -> SubmittedArticle:
        """Return the domain's value."""
        language = self.language.partition("-")[0] if self.language else None
        return SubmittedArticle(external_id, self.title, self.text, self.url, self.section, language, self.published_at)


class InlineArticle(ArticleBody):
    """An article that comes with a comment."""

    id: ExternalId


class Author(Wire):
    """Who wrote a comment. Personal data: send an id that means something to you only."""

    id: ExternalId
    name: Annotated[ShortText, Field(max_length=200)] | None = None


class CommentBody(Wire):
    """One comment, or one edit of it."""

    id: ExternalId
    text: Text = Field(
        min_length=1,
        description="The comment exactly as it was written, plain text.",
        json_schema_extra={"pattern": _SOMETHING.pattern},
    )
    revision: Annotated[int, Field(ge=1, le=2_000_000_000), BeforeValidator(_a_number)] | None = Field(
        default=None, description="1 for the first text, higher for each edit; left out, Vigie numbers it."
    )
    article: InlineArticle | None = Field(default=None, description="The article; or name it with article_id.")
    article_id: ExternalId | None = Field(default=None, description="The article, known or to come; article wins.")
    parent_id: ExternalId | None = Field(
        default=None, description="The comment that this one answers, known or to come; its own id counts as none."
    )
    author: Author | None = None
    language: Language | None = None
    written_at: Moment | None = None

    @field_validator("text")
    @classmethod
    def _says_something(cls, value: str, info: ValidationInfo) -> str:
        if not _SOMETHING.search(value):
            raise ValueError("must hold more than spaces")
        return _bounded(value, "max_comment_chars", info)

    def submitted(self) -> SubmittedComment:
        """Return the domain's value."""
        return SubmittedComment(
            external_id=self.id,
            text=self.text,
            revision=self.revision,
            article=self.article.submitted(self.article.id) if self.article else None,
            article_id=self.article_id,
            parent_id=self.parent_id if self.parent_id != self.id else None,
            author_id=self.author.id if self.author else None,
            author_name=self.author.name if self.author else None,
            language=self.language.partition("-")[0] if self.language else None,
            written_at=self.written_at,
        )


class AppealBody(Wire):
    """What a writer says against the decision about a comment."""

    comment_id: ExternalId
    id: ExternalId | None = Field(default=None, description="Your own id of the appeal; the same one counts once.")
    reason: Annotated[Text, Field(max_length=1000)] = ""


class ReportBody(Wire):
    """Why somebody asks for a comment to be looked at, again or at all."""

    comment_id: ExternalId
    id: ExternalId | None = Field(default=None, description="Your own id of the report; the same one counts once.")
    source: Literal["reader", "author"] = Field(
        default="reader", description="`author`: the writer appeals against the decision."
    )
    reason: Annotated[Text, Field(max_length=1000)] = ""


def _bounded(value: str, limit: str, info: ValidationInfo) -> str:
    longest = (info.context or {}).get(limit)
    if longest is not None and len(value) > longest:
        raise ValueError(f"must hold at most {longest} characters")
    return value
