"""Appeals over the wire: the writer of a comment asks for another look."""

from flask import Response, jsonify

from moderation.api import bodies, problems
from moderation.api.description import describes
from moderation.api.gate import guarded, in_transaction
from moderation.api.incoming import AppealBody
from moderation.api.outgoing import ReportOut
from moderation.services import appeals
from moderation.storage.sites import SiteRecord
from moderation.web import context

blueprint = problems.room("api_appeals", "/api/v1/appeals")


@blueprint.post("")
@describes("Appeal for a writer", body=AppealBody, answers={200: ReportOut}, errors=(400, 404, 410, 413, 415, 422))
@guarded
def appeal(site: SiteRecord) -> Response:
    """Put a comment before another moderator than the one who decided, because its writer appeals.

    Its status stays as it is until somebody decides; the callback of that decision says in `appeal` what came of it.
    """
    body = bodies.one(AppealBody, context().settings)
    in_transaction(lambda session: appeals.receive(session, site.id, body.comment_id, body.reason, body.id))
    return jsonify(comment_id=body.comment_id, status="accepted")
