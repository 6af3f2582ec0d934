"""Decisions over the wire, for sites that ask instead of being called."""

from flask import Response, jsonify

from moderation.api import pages, problems
from moderation.api.description import describes
from moderation.api.gate import guarded
from moderation.api.outgoing import DecisionsPage
from moderation.storage import decisions
from moderation.storage.sites import SiteRecord
from moderation.web import context

blueprint = problems.room("api_decisions", "/api/v1/decisions")


@blueprint.get("")
@describes("Read decisions", cursor="d", answers={200: DecisionsPage}, errors=(422,))
@guarded
def feed(site: SiteRecord) -> Response:
    """Return decisions in the order in which they were taken; `next` is where to go on, now or later.

    No decision ever appears behind a cursor that was handed out.
    """
    pages.only("cursor", "limit")
    after, limit = pages.cursor("d"), pages.limit()
    with context().database.session() as session:
        found = decisions.feed(session, site.id, after, limit)
    items = [
        {
            "id": decision.event_id,
            "type": "comment.decided",
            "timestamp": decision.decided_at.isoformat(),
            "data": decision.payload,
        }
        for decision in found
    ]
    return jsonify(items=items, next=pages.write_cursor("d", found[-1].id if found else after))
