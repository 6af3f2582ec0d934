"""Accounts for tests of the dashboard: with any role, on any site, signed in. No test lives here."""

import re
from collections.abc import Mapping

from flask import Flask

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import moderators
from moderation.storage import memberships
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import PASSWORD, Visitor


def account(
    database: Database, name: str, role: Role | None = None, by_site: Mapping[int, Role] | None = None
) -> ModeratorRecord:
    """Create an account that speaks English."""
    with database.session() as session:
        made = moderators.create(session, f"{name.lower()}@example.org", name, PASSWORD, role)
        made.language = "en"
        memberships.replace(session, made.id, by_site or {})
        return made


def signed_in(app: Flask, who: ModeratorRecord, agent: str = "") -> Visitor:
    """Sign an account in by its password."""
    visitor = Visitor(app.test_client())
    if agent:
        visitor.client.environ_base["HTTP_USER_AGENT"] = agent
    assert visitor.sign_in(who.email).status_code == 303
    return visitor


def link_in(page: str) -> str:
    """Return the path of the link that a page shows, once."""
    found = re.search(r"http://localhost(/join/[\w-]+)", page)
    assert found, page
    return found[1]
