"""A site's past under two models, written straight into the tables. No test lives here."""

import random
from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.domain.words import Label, ModelState
from moderation.storage.models import ModelVersionRecord
from moderation.storage.moderators import ModeratorRecord

DAYS = 10


def version(session: Session, site_id: int | None, name: str, state: ModelState = ModelState.CHAMPION) -> int:
    """Write a version of the model of incivility, whose artefact nobody reads; return its id."""
    nothing = sha256(b"").hexdigest()
    row = ModelVersionRecord(
        name=name, label=Label.INCIVILITY, site_id=site_id, state=state, base="1.0", artifact=b"", sha256=nothing
    )
    session.add(row)
    session.flush()
    return row.id


def moderator(session: Session) -> int:
    """Write an account that decides."""
    row = ModeratorRecord(email="nadia@example.org", name="Nadia", preferences={})
    session.add(row)
    session.flush()
    return row.id


def past(
    session: Session,
    site_id: int,
    count: int,
    *,
    by: str = "1.0",
    shadow: int | None = None,
    after: Callable[[float], float] = lambda score: score,
    decided_by: int | None = None,
    rejected: Callable[[float, random.Random], bool] = lambda score, chance: chance.random() < score,
    seed: int = 5,
    key: str = "c",
) -> list[float]:
    """Write scored comments of ten days and return their scores of incivility.

    `by` names who scored, `shadow` the challenger that did so beside, giving `after` of the score. What reaches 0.5
    was held; a moderator, when there is one, decided it.
    """
    chance, scores = random.Random(seed), []
    for number in range(count):
        score = round(chance.random(), 4)
        held = score >= 0.5
        values = {
            "site": site_id,
            "key": f"{key}-{number}",
            "hours": int(24 * DAYS * (count - number) / count),
            "score": score,
            "by": by,
            "shadow": shadow,
            "after": after(score),
            "policy": "review" if held else "publish",
            "sampling": 1.0 if held else None,
            "moderator": decided_by if held else None,
            "verdict": "reject" if held and rejected(score, chance) else "publish",
        }
        session.execute(text(_COMMENT), values)
        if values["moderator"]:
            session.execute(text(_JUDGED), values)
        scores.append(score)
    session.execute(text(_DECIDED))
    return scores


_COMMENT = """
    WITH c AS (
        INSERT INTO comment (site_id, external_id, current_revision, status, received_at)
        VALUES (:site, :key, 1, 'published', now() - make_interval(hours => :hours)) RETURNING id
    ), r AS (
        INSERT INTO revision (comment_id, number, text, state, round, attempts)
        SELECT id, 1, 'Bonjour', 'scored', 1, 1 FROM c RETURNING id, comment_id
    ), s AS (
        INSERT INTO scoring (revision_id, round, shouting, incivility, reasons, spans, model_versions)
        SELECT id, 1, 0.1, :score, '[]', '{}', jsonb_build_object('incivility', CAST(:by AS text)) FROM r
        RETURNING id, revision_id
    ), h AS (
        INSERT INTO shadow_score (version_id, revision_id, score, counted)
        SELECT CAST(:shadow AS bigint), id, :after, :score FROM r WHERE CAST(:shadow AS bigint) IS NOT NULL
    )
    INSERT INTO decision (event_id, site_id, comment_id, revision_id, scoring_id, origin, verdict, labels, audit,
                          shadow, payload, sampling, route)
    SELECT 'p_' || :site || :key, :site, r.comment_id, r.id, s.id, 'policy', :policy, '{}', false, false, '{}',
        :sampling, CASE WHEN :policy = 'review' THEN 'queue' END
    FROM r JOIN s ON s.revision_id = r.id
"""
_JUDGED = """
    INSERT INTO decision (event_id, site_id, comment_id, revision_id, scoring_id, origin, moderator_id, verdict, labels,
                          audit, shadow, payload)
    SELECT 'm_' || :site || :key, :site, comment_id, revision_id, scoring_id, 'moderator', :moderator, :verdict,
        CASE WHEN :verdict = 'reject' THEN ARRAY['incivility'] ELSE '{}' END, false, false, '{}'
    FROM decision WHERE event_id = 'p_' || :site || :key
"""
_DECIDED = """
    UPDATE comment SET decision_id = d.id, scoring_id = d.scoring_id
    FROM (SELECT DISTINCT ON (comment_id) id, comment_id, scoring_id FROM decision ORDER BY comment_id, id DESC) AS d
    WHERE d.comment_id = comment.id
"""
