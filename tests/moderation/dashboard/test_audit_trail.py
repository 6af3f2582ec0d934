"""The audit trail: written with the act, shown to administrators, changed by nobody."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from moderation.dashboard.audit_trail import ACT_NAMES, PAGE_SIZE
from moderation.database import Database
from moderation.domain.acts import Act
from moderation.domain.words import ModelState, Role
from moderation.services import audit, sites
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import PASSWORD
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.models_desk import version
from tests.moderation.dashboard.people import account, signed_in


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET act = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_the_trail(database: Database, nadia: ModeratorRecord, statement: str) -> None:
    """Not even SQL by hand changes or deletes a line."""
    with database.session() as session:
        audit.record(session, nadia, Act.SITE_CREATED, site_id=1, slug="lejour")
    with pytest.raises(IntegrityError, match="append-only"), database.session() as session:
        session.execute(text(statement))
    with database.session() as session:
        assert session.scalar(text("SELECT act FROM audit_event")) == "site.created"


@pytest.mark.parametrize("name", ["secret", "new_password", "token", "comment_text", "body", "password_hash"])
def test_no_secret_and_no_text_is_kept(database: Database, nadia: ModeratorRecord, name: str) -> None:
    """Details that are named like a secret or a text are refused before they are stored."""
    details: dict[str, Any] = {name: "x"}
    with pytest.raises(ValueError, match="keeps no"), database.session() as session:
        audit.record(session, nadia, Act.SITE_CHANGED, **details)


def test_every_act_has_a_name() -> None:
    """The screen names every act that may be stored."""
    assert set(ACT_NAMES) == set(Act)


def test_administration_leaves_its_trail(app: Flask, database: Database) -> None:
    """What an administrator did about whom is on the screen, the newest first, without any password in it."""
    ada, mona = signed_in(app, account(database, "Ada", Role.ADMINISTRATOR)), account(database, "Mona", Role.EDITOR)
    ada.send(f"/accounts/{mona.id}/roles", "/account", role="observer")
    ada.send(f"/accounts/{mona.id}/close", "/account")
    ada.send("/account/password", "/account", old=PASSWORD, password="four geese over the strait")
    page = ada.read("/audit")
    body = page.partition("<tbody>")[2]
    places = [body.index(name) for name in ("Password changed", "Account closed", "Roles changed")]
    assert places == sorted(places)
    assert "editor" in body
    with database.session() as session:
        stored = str(session.execute(text("SELECT details::text FROM audit_event")).all())
    assert "geese" not in stored
    assert "argon2" not in stored


def test_the_trail_is_filtered(app: Flask, database: Database, desk: Desk) -> None:
    """By act, person, site and day; nonsense in a filter is left out."""
    ada, mona = account(database, "Ada", Role.ADMINISTRATOR), account(database, "Mona", Role.EDITOR)
    with database.session() as session:
        audit.record(session, ada, Act.POLICY_CHANGED, site_id=desk.site.id, threshold=0.625)
        audit.record(session, mona, Act.RETENTION_CHANGED, days=43210)
    reader = signed_in(app, ada)

    def shown(query: str) -> list[bool]:
        body = reader.read(f"/audit?{query}").partition("<tbody>")[2]
        return [word in body for word in ("0.625", "43210")]

    assert shown("") == [True, True]
    assert shown("act=site.policy_changed") == [True, False]
    assert shown(f"who={mona.id}") == [False, True]
    assert shown(f"site={desk.site.id}") == [True, False]
    assert shown("until=2000-01-01") == [False, False]
    assert shown("since=2000-01-01&until=2999-01-01") == [True, True]
    assert shown("act=x&who=y&site=z&since=yesterday&before=never") == [True, True]


def test_the_trail_has_pages(app: Flask, database: Database) -> None:
    """Older acts are on the next page, each on one page only."""
    ada = account(database, "Ada", Role.ADMINISTRATOR)
    with database.session() as session:
        for number in range(PAGE_SIZE + 1):
            audit.record(session, ada, Act.SITE_CHANGED, number=f"n-{number:03}")
    reader = signed_in(app, ada)
    first = reader.read("/audit")
    assert "n-000" not in first
    assert first.count("<tr>") == PAGE_SIZE + 1
    older = first.partition('rel="next" href="')[2].partition('"')[0]
    assert "n-000" in reader.read(older.replace("&amp;", "&"))


def test_an_administrator_of_one_site_reads_its_trail_only(app: Flask, database: Database, desk: Desk) -> None:
    """Acts on other sites and about people elsewhere are not shown; those on the own site are."""
    with database.session() as session:
        far = sites.create(session, "gazette", "Gazette")
        audit.record(session, None, Act.SITE_CHANGED, site_id=far.id, what="far away")
        audit.record(session, None, Act.SITE_CHANGED, site_id=desk.site.id, what="near by")
    page = signed_in(app, account(database, "Loic", None, {desk.site.id: Role.ADMINISTRATOR})).read("/audit")
    assert "near by" in page
    assert "far away" not in page
    assert "Gazette" not in page
    signed_in(app, account(database, "Ed", None, {desk.site.id: Role.EDITOR})).read("/audit", 403)


def test_the_acts_of_learning_are_said_in_words(app: Flask, database: Database, desk: Desk) -> None:
    """A promotion tells the version and the label by its name, in either language; what Vigie did itself says so."""
    ada = signed_in(app, account(database, "Ada", Role.ADMINISTRATOR))
    made = version(database, desk.site.id, "incivility", state=ModelState.CHALLENGER)
    ada.send(f"/models/versions/{made.id}/promotion", "/account")
    body = ada.read("/audit").partition("<tbody>")[2]
    assert "Model promoted" in body
    assert '<span class="faint">label</span> <bdi>Incivility</bdi>' in body
    assert made.name in body
    assert "Vigie itself, or the command line" in body
    with database.session() as session:
        session.execute(text("UPDATE moderator SET language = 'fr'"))
    body = ada.read("/audit").partition("<tbody>")[2]
    assert "Modèle promu" in body
    assert '<span class="faint">motif</span> <bdi>Incivilité</bdi>' in body
