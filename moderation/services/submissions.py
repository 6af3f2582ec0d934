"""What the scorer is given: claimed texts with their articles, parents, their site's latest articles and its models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from classifiers.scorer import Article, Submission
from moderation.services.model_store import ModelStore, Standing
from moderation.storage import articles, work
from moderation.storage.work import ClaimedArticle, ClaimedRevision

RECENT, LEAD = 50, 600
"""Latest articles of a site, and characters of each, that a comment is held against."""


@dataclass(frozen=True)
class Context:
    """What is known of a batch beside its texts: articles by id; by site its latest articles and its models."""

    articles: Mapping[int, ClaimedArticle]
    recent: Mapping[int, tuple[Article, ...]]
    standing: Mapping[int, Standing]

    def submission(self, revision: ClaimedRevision) -> Submission:
        """Return what the scorer is given of one revision."""
        article = self.articles.get(revision.article_id) if revision.article_id else None
        champions, challengers = self.standing.get(revision.site_id, ((), ()))
        return Submission(
            text=revision.text,
            language=revision.language,
            article=Article(article.title, article.text) if article else None,
            parent=revision.parent_text,
            recent=self.recent.get(revision.site_id, ()),
            adaptations=champions,
            shadows=challengers,
        )


def context(session: Session, batch: Sequence[ClaimedRevision], models: ModelStore | None) -> Context:
    """Read what a batch is judged with; without `models` the shipped ones judge alone."""
    sites = {revision.site_id for revision in batch}
    return Context(
        work.claimed_articles(session, {revision.article_id for revision in batch if revision.article_id}),
        {site: _recent(session, site) for site in {revision.site_id for revision in batch if revision.article_id}},
        models.load(session, sites) if models and sites else {},
    )


def _recent(session: Session, site_id: int) -> tuple[Article, ...]:
    """The site's latest articles, against which off topic is judged."""
    return tuple(Article(title, text) for title, text in articles.recent(session, site_id, RECENT, LEAD))
