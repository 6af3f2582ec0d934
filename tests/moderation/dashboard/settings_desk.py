"""What the tests of the settings share: where they are, who acts, what is written. No test lives here."""

import random
import re

from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import CredentialKind, Role
from moderation.services import credentials, sites
from moderation.services.credentials import Vault
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.sites import SiteRecord
from tests.moderation.dashboard.desk import Desk

TABS = ("policy", "words", "messages", "learning", "keys", "callback", "retention")
BASE = "/sites/lejour/settings"


def role(database: Database, account: ModeratorRecord, wanted: Role) -> None:
    """Give the account another role everywhere."""
    with database.session() as session:
        session.get_one(ModeratorRecord, account.id).role = wanted


def acts(database: Database) -> list[tuple[str, dict[str, object]]]:
    """Return the audit trail."""
    with database.session() as session:
        return [(row[0], row[1]) for row in session.execute(text("SELECT act, details FROM audit_event ORDER BY id"))]


def site(database: Database) -> SiteRecord:
    """Return the site as it is stored."""
    with database.session() as session:
        return sites.get(session, "lejour")


def open_callback(database: Database, desk: Desk, vault: Vault, url: str) -> str:
    """Point the site at an address, with one callback secret."""
    with database.session() as session:
        stored = session.get_one(SiteRecord, desk.site.id)
        sites.set_callback(stored, url, private_allowed=True)
        return credentials.issue(session, vault, stored, CredentialKind.CALLBACK_SECRET)


def shown_rules(page: str) -> list[tuple[str, str]]:
    """Return the rules of the page in their order, with their values."""
    return re.findall(r'data-rule="(\w+)"><strong>[^<]+</strong> <span>([^<]+)</span>', page)


def of_one_site(database: Database, account: ModeratorRecord, site_id: int) -> None:
    """Make the account an administrator of one site alone."""
    with database.session() as session:
        session.execute(text("UPDATE moderator SET role = NULL WHERE id = :id"), {"id": account.id})
        session.execute(
            text("INSERT INTO membership (moderator_id, site_id, role) VALUES (:id, :site, 'administrator')"),
            {"id": account.id, "site": site_id},
        )


def past(database: Database, site_id: int, moderator_id: int, count: int = 400) -> None:
    """Write comments of the last ten days with scores drawn from a seed; a part of them a moderator decided."""
    chance = random.Random(7)
    with database.session() as session:
        for number in range(count):
            scores = [round(chance.random() ** 2, 3) for _ in range(3)]
            values = {
                "site": site_id,
                "key": f"p-{number}",
                "hours": 240 * number / count,
                "moderator": moderator_id if chance.random() < 0.5 else None,
                "rejected": chance.random() < max(scores),
                "labels": [name for name, score in zip(LABELS, scores, strict=True) if score > 0.4],
                **dict(zip(LABELS, scores, strict=True)),
            }
            session.execute(text(_PAST), values)
        session.execute(text(_POINT))


LABELS = ("shouting", "off_topic", "incivility")
_PAST = """
    WITH c AS (
        INSERT INTO comment (site_id, external_id, current_revision, status, received_at)
        VALUES (:site, :key, 1, 'published', now() - make_interval(hours => CAST(:hours AS integer))) RETURNING id
    ), r AS (
        INSERT INTO revision (comment_id, number, text, state, round, attempts)
        SELECT id, 1, 'Bonjour', 'scored', 1, 1 FROM c RETURNING id, comment_id
    ), s AS (
        INSERT INTO scoring (revision_id, round, shouting, off_topic, incivility, reasons, spans, model_versions)
        SELECT id, 1, :shouting, :off_topic, :incivility, '[]', '{}', '{}' FROM r RETURNING id, revision_id
    )
    INSERT INTO decision (event_id, site_id, comment_id, revision_id, scoring_id, origin, moderator_id, verdict, labels,
                          audit, shadow, payload)
    SELECT 'msg_' || :key, :site, r.comment_id, r.id, s.id,
        CASE WHEN CAST(:moderator AS bigint) IS NULL THEN 'policy' ELSE 'moderator' END, CAST(:moderator AS bigint),
        CASE WHEN CAST(:moderator AS bigint) IS NOT NULL AND :rejected THEN 'reject' ELSE 'publish' END,
        CAST(:labels AS text[]), false, false, '{}'
    FROM r JOIN s ON s.revision_id = r.id
"""
_POINT = """
    UPDATE comment SET decision_id = d.id, scoring_id = d.scoring_id,
        status = CASE d.verdict WHEN 'reject' THEN 'rejected' ELSE 'published' END
    FROM decision AS d WHERE d.comment_id = comment.id
"""
