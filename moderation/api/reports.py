"""Reports over the wire: a reader reports a comment, or its writer appeals."""

from flask import Response, jsonify

from moderation.api import bodies, problems
from moderation.api.description import describes
from moderation.api.gate import guarded, in_transaction
from moderation.api.incoming import ReportBody
from moderation.api.outgoing import ReportOut
from moderation.services import attention
from moderation.storage.remarks import ReportSource
from moderation.storage.sites import SiteRecord
from moderation.web import context

blueprint = problems.room("api_reports", "/api/v1/reports")


@blueprint.post("")
@describes("Report a comment", body=ReportBody, answers={200: ReportOut}, errors=(400, 404, 410, 413, 415, 422))
@guarded
def report(site: SiteRecord) -> Response:
    """Put a comment before the moderators because a reader reports it, or because its writer appeals.

    Its status stays as it is until a moderator decides.
    """
    body = bodies.one(ReportBody, context().settings)
    source = ReportSource(body.source)
    in_transaction(lambda session: attention.report(session, site.id, body.comment_id, source, body.reason, body.id))
    return jsonify(comment_id=body.comment_id, status="accepted")
