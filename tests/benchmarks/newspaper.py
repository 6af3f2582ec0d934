"""A newspaper of 200,000 comments under 2,000 articles by 5,000 writers, made inside the database."""

from sqlalchemy import text

from moderation.database import Database
from moderation.services import sites

COMMENTS, WAITING = 200_000, 5_000
_EVERY = COMMENTS // WAITING

_STEPS = (
    """INSERT INTO article (site_id, external_id, title, text)
       SELECT :site, 'a' || n, 'Article ' || n, repeat('La commune a voté lundi soir le démontage du phare. ', 60)
       FROM generate_series(1, 2000) n""",
    """INSERT INTO commenter (site_id, external_id, name)
       SELECT :site, 'w' || n, 'Writer ' || n FROM generate_series(1, 5000) n""",
    """INSERT INTO comment (site_id, external_id, current_revision, status, article_external_id, article_id,
                            commenter_id, received_at)
       SELECT :site, 'c' || n, 1, CASE WHEN n % :every = 0 THEN 'in_review' WHEN n % 11 = 0 THEN 'rejected'
              ELSE 'published' END, 'a' || 1 + n % 2000, 1 + n % 2000, 1 + n % 5000,
              now() - (:comments - n) * interval '20 seconds'
       FROM generate_series(1, :comments) n""",
    """INSERT INTO revision (comment_id, number, text, state, round, attempts, scored_at)
       SELECT id, 1, 'Commentaire ' || id || ' sur le phare et la falaise, qui recule de quarante centimètres par an. '
              || md5(id::text), 'scored', 1, 1, now() FROM comment""",
    """INSERT INTO scoring (revision_id, round, language, shouting, off_topic, incivility, reasons, spans,
                            model_versions)
       SELECT id, 1, 'fr', CASE WHEN id % :every = 0 THEN 0.9 ELSE random() * 0.5 END, random() * 0.6, random() * 0.6,
              '[{"label": "shouting", "fr": "en majuscules", "en": "in capitals"}]',
              '{"shouting": [[0, 11, 1.0]]}', '{"shouting": "1"}' FROM revision""",
    """INSERT INTO decision (event_id, site_id, comment_id, revision_id, scoring_id, origin, verdict, labels, audit,
                             shadow, payload, decided_at)
       SELECT 'msg_' || c.id, :site, c.id, r.id, s.id, 'policy', CASE c.status WHEN 'in_review' THEN 'review'
              WHEN 'rejected' THEN 'reject' ELSE 'publish' END,
              CASE WHEN c.status = 'published' THEN '{}'::text[] WHEN c.id % 3 = 0 THEN '{shouting}'::text[]
              WHEN c.id % 3 = 1 THEN '{incivility}'::text[] ELSE '{off_topic,incivility}'::text[] END,
              c.id % 17 = 0, false, '{}', c.received_at
       FROM comment c JOIN revision r ON r.comment_id = c.id JOIN scoring s ON s.revision_id = r.id""",
    """UPDATE comment SET scoring_id = s.id, decision_id = d.id
       FROM scoring s JOIN revision r ON r.id = s.revision_id JOIN decision d ON d.revision_id = r.id
       WHERE r.comment_id = comment.id""",
    """UPDATE comment SET reasons = d.labels
              || CASE WHEN cardinality(d.labels) > 1 THEN '{several}'::text[] ELSE '{}' END
              || CASE WHEN d.audit THEN '{audit}'::text[] ELSE '{}' END
       FROM decision d WHERE d.id = comment.decision_id AND comment.status = 'in_review'""",
    "UPDATE comment SET reported_at = now() WHERE id % 1000 = 1",
)


def fill(database: Database) -> None:
    """Fill an empty database."""
    with database.session() as session:
        site = sites.create(session, "lejour", "Le Jour")
        values = {"site": site.id, "comments": COMMENTS, "every": _EVERY}
        for step in _STEPS:
            session.execute(text(step), {name: value for name, value in values.items() if f":{name}" in step})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
