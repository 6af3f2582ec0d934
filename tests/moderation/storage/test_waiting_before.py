"""An upgrade finds comments that wait already, and gives each its reasons."""

from sqlalchemy import text

from moderation.database import Database
from moderation.storage import schema
from tests.conftest import Servers

_ROWS = (
    "INSERT INTO site (slug, name, language, policy, callback_active, callback_private_allowed)"
    " VALUES ('s', 'S', 'fr', '{}', true, false)",
    "INSERT INTO comment (site_id, external_id, current_revision, status, scoring_id, decision_id) VALUES"
    " (1, 'a', 1, 'in_review', 1, 1), (1, 'b', 1, 'in_review', 2, 2), (1, 'c', 1, 'rejected', 3, 3)",
    "INSERT INTO revision (comment_id, number, text, state, round, attempts)"
    " SELECT id, 1, 'x', 'scored', 1, 1 FROM comment ORDER BY id",
    "INSERT INTO scoring (revision_id, round, reasons, spans, model_versions, failure)"
    " SELECT id, 1, '[]', '{}', '{}', CASE comment_id WHEN 2 THEN 'no' END FROM revision ORDER BY id",
    "INSERT INTO decision (event_id, site_id, comment_id, revision_id, scoring_id, origin, verdict, labels, audit,"
    " shadow, payload) SELECT 'e' || id, 1, comment_id, id, id, 'policy', 'review',"
    " CASE comment_id WHEN 2 THEN '{}'::text[] ELSE '{shouting,incivility}' END, comment_id = 2, false, '{}'"
    " FROM revision ORDER BY id",
)


def test_comments_that_wait_are_in_their_queues_after_an_upgrade(servers: Servers) -> None:
    """What waited before the upgrade has the reasons of its newest decision; what was decided has none."""
    servers.postgres.ensure_database("waiting_before")
    database = Database(servers.postgres.url("waiting_before"))
    schema.upgrade(database.engine, "0001")
    with database.session() as session:
        for statement in _ROWS:
            session.execute(text(statement))
    schema.upgrade(database.engine)
    with database.session() as session:
        found = session.execute(text("SELECT external_id, reasons FROM comment ORDER BY id")).all()
    database.dispose()
    assert [tuple(row) for row in found] == [
        ("a", ["shouting", "incivility", "several"]),
        ("b", ["unscored", "audit"]),
        ("c", []),
    ]
