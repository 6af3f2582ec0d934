"""Articles over the wire: describe one, read it back."""

from flask import Response, jsonify

from moderation.api import bodies, pages, problems
from moderation.api.description import describes
from moderation.api.gate import guarded, in_transaction
from moderation.api.incoming import ArticleBody
from moderation.api.outgoing import ArticleOut
from moderation.domain.errors import InvalidInput, NotFound
from moderation.services import intake
from moderation.storage import articles
from moderation.storage.articles import ArticleRecord
from moderation.storage.sites import SiteRecord
from moderation.web import context

blueprint = problems.room("api_articles", "/api/v1/articles")


@blueprint.put("/<path:external_id>")
@describes("Describe an article", body=ArticleBody, answers={200: ArticleOut}, errors=(400, 413, 415, 422))
@guarded
def put(site: SiteRecord, external_id: str) -> Response:
    """Store an article, or change it. Comments that were waiting for it are scored again, with their context."""
    if not pages.is_external_id(external_id):
        raise InvalidInput("path.id", "must be 1 to 255 characters without spaces.", "Use your own id of the article.")
    article = bodies.one(ArticleBody, context().settings).submitted(external_id)
    in_transaction(lambda session: intake.store_articles(session, site.id, [article]))
    return read_back(site, external_id)


@blueprint.get("/<path:external_id>")
@describes("Read an article back", answers={200: ArticleOut}, errors=(404,))
@guarded
def read(site: SiteRecord, external_id: str) -> Response:
    """Return an article as it is stored."""
    return read_back(site, external_id)


def read_back(site: SiteRecord, external_id: str) -> Response:
    """Return the answer that shows the stored article. Raises NotFound."""
    pages.require_id("article", external_id)
    with context().database.session() as session:
        article = articles.by_external_id(session, site.id, external_id)
    if article is None:
        raise NotFound("article", external_id)
    return jsonify(_as_json(article))


def _as_json(article: ArticleRecord) -> dict[str, object]:
    return {
        "id": article.external_id,
        "title": article.title,
        "text": article.text,
        "url": article.url,
        "section": article.section,
        "language": article.language,
        "published_at": article.published_at.isoformat() if article.published_at else None,
    }
