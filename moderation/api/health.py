"""Health for load balancers and supervisors. Says nothing that a stranger should not know."""

from flask import Response, jsonify
from sqlalchemy import text

from moderation.api import problems
from moderation.storage import schema
from moderation.web import context

blueprint = problems.room("health", "/health")


@blueprint.get("/live")
def live() -> Response:
    """Answer 200 as long as the process serves requests."""
    return jsonify(status="ok")


@blueprint.get("/ready")
def ready() -> Response:
    """Answer 200 when comments can be accepted: the database answers. The broker may be away; it is told."""
    here = context()
    with here.database.session() as session:
        session.execute(text("SELECT 1"))
    current = schema.current(here.database.engine) == schema.newest()
    answer = jsonify(database="ok" if current else "migrate", broker="ok" if here.publisher.reachable() else "away")
    answer.status_code = 200 if current else 503
    return answer
