"""The commands about accounts: inviting, roles, resetting, closing, from the machine itself."""

import re

import pytest
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import joining, moderators, sites
from moderation.services.credentials import Vault
from moderation.settings import Settings
from moderation.storage import moderators as storage
from tests.moderation.cli.conftest import Vigie

EMAIL, NEW = "nadia@example.org", "four geese over the strait"


@pytest.fixture(autouse=True)
def _here(configured: Settings, database: Database) -> None:
    """Every command here works on the real database."""


def token_in(out: str) -> str:
    """Return the token of a printed link."""
    found = re.fullmatch(r"http://127\.0\.0\.1:\d+/join/([\w-]{43})\n", out)
    assert found, out
    return found[1]


def test_an_invitation_is_printed_and_followed(vigie: Vigie, database: Database) -> None:
    """The printed link gives its owner the roles by site that were named."""
    with database.session() as session:
        sites.create(session, "lejour", "Le Jour")
    token = token_in(vigie("invite", EMAIL, "--site", "lejour=editor").out)
    listed = vigie("list-accounts").out
    assert re.search(r"nadia@example.org\s+invited\s+one factor\s+lejour=editor", listed)
    with database.session() as session:
        joining.accept(session, token, "Nadia", NEW)
    assert re.search(r"nadia@example.org\s+open\s", vigie("list-accounts").out)


def test_roles_are_set(vigie: Vigie, database: Database) -> None:
    """set-role gives exactly the named roles; what is no role or no site is told."""
    with database.session() as session:
        sites.create(session, "lejour", "Le Jour")
        moderators.create(session, EMAIL, "Nadia", NEW)
    assert "roles: lejour=observer" in vigie("set-role", EMAIL, "--site", "lejour=observer").out
    assert "lejour=observer" in vigie("list-accounts").out
    assert vigie("set-role", EMAIL, "--role", "editor").code == 0
    assert vigie("list-accounts").out.split()[-1] == "editor"
    assert "not both" in vigie("set-role", EMAIL, "--role", "editor", "--site", "lejour=editor").err
    assert "must be SLUG=ROLE" in vigie("set-role", EMAIL, "--site", "lejour").err
    assert "'nowhere'" in vigie("set-role", EMAIL, "--site", "nowhere=editor").err
    assert "'nobody@example.org'" in vigie("set-role", "nobody@example.org").err


def test_the_last_administrator_is_kept(vigie: Vigie, database: Database) -> None:
    """Also from the machine the last administrator is neither closed nor made smaller."""
    with database.session() as session:
        moderators.create(session, EMAIL, "Nadia", NEW, Role.ADMINISTRATOR)
    for argv in (("close-account", EMAIL), ("set-role", EMAIL, "--role", "editor")):
        ended = vigie(*argv)
        assert ended.code == 1
        assert "the last administrator of every site" in ended.err


def test_a_locked_out_person_gets_back_in(vigie: Vigie, database: Database, vault: Vault) -> None:
    """reset-account opens a closed account, takes the second factor away when asked, and prints a link."""
    with database.session() as session:
        account = moderators.create(session, EMAIL, "Nadia", NEW)
        account.totp_secret = vault.close("JBSWY3DPEHPK3PXP")
        session.flush()
        session.execute(text("UPDATE moderator SET totp_since = now()"))
    assert vigie("close-account", EMAIL).code == 0
    token = token_in(vigie("reset-account", EMAIL).out)
    with database.session() as session:
        found = storage.by_email(session, EMAIL)
        assert found
        assert (found.active, found.totp_since is None) == (True, False)
        assert joining.invited(session, token).email == EMAIL
    token_in(vigie("reset-account", EMAIL, "--second-factor").out)
    with database.session() as session:
        found = storage.by_email(session, EMAIL)
        acts = session.scalars(text("SELECT act FROM audit_event WHERE moderator_id IS NULL ORDER BY id")).all()
    assert found
    assert found.totp_secret is None
    assert "account.second_factor_reset" in acts
