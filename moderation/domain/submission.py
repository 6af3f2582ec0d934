"""What a site sends: comments and articles, already validated at the edge, as plain values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SubmittedArticle:
    """An article as the site describes it. Times are aware datetimes; `language` is an ISO 639-1 code."""

    external_id: str
    title: str
    text: str = ""
    url: str | None = None
    section: str | None = None
    language: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True)
class SubmittedComment:
    """One comment or one edit of it. `revision` None lets Vigie number it: 1, or one more when the text changed."""

    external_id: str
    text: str
    revision: int | None = None
    article: SubmittedArticle | None = None
    article_id: str | None = None
    parent_id: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    language: str | None = None
    written_at: datetime | None = None

    @property
    def article_external_id(self) -> str | None:
        """The article that the comment names, inline or by id."""
        return self.article.external_id if self.article else self.article_id


@dataclass(frozen=True)
class Receipt:
    """What the site is told about one accepted comment: the same however often it is sent.

    `deleted` says that the site deleted the comment before, and that nothing was stored.
    """

    external_id: str
    revision: int
    deleted: bool = False
