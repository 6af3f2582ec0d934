"""Accounts under races and changes of version: somebody who administers always stays, nobody gets more than before."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.errors import LastAdministrator, NotAuthenticated, NotFound
from moderation.domain.words import Role
from moderation.services import accounts, joining, moderators, second_factor
from moderation.services.accounts import EVERYWHERE, Roles
from moderation.services.credentials import Vault
from moderation.storage import invitations, schema
from tests.conftest import Servers

PASSWORD = "a lookout on a mast"


def test_two_administrators_do_not_close_each_other(database: Database) -> None:
    """When both close each other in the same moment one of them stays, whatever the order."""
    for turn in range(5):
        with database.session() as session:
            session.execute(text("UPDATE moderator SET active = false"))
            pair = [moderators.create(session, f"a{turn}{i}@example.org", "A", PASSWORD, Role.ADMINISTRATOR).id
                    for i in range(2)]  # fmt: skip
        together = Barrier(2)

        def close(other: int, together: Barrier = together) -> bool:
            together.wait(30)
            try:
                with database.session() as session:
                    accounts.close(session, EVERYWHERE, None, other)
            except LastAdministrator:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(close, pair)) == [False, True]


def test_a_link_is_followed_once_by_one_of_many(database: Database) -> None:
    """Eight people who follow one link in the same moment: one of them joins."""
    with database.session() as session:
        token = accounts.invite(session, EVERYWHERE, None, "lina@example.org", Roles(Role.OBSERVER, {}))
    together = Barrier(8)

    def follow(number: int) -> bool:
        together.wait(30)
        try:
            with database.session() as session:
                joining.accept(session, token, f"Lina {number}", f"{PASSWORD} {number}")
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(follow, range(8))) == 1


def test_a_recovery_code_is_spent_once_by_one_of_many(database: Database, vault: Vault) -> None:
    """Of eight uses of one recovery code in the same moment one counts."""
    with database.session() as session:
        account = moderators.create(session, "lina@example.org", "Lina", PASSWORD)
        code = second_factor.renew_recovery_codes(session, account)[0]
    together = Barrier(8)

    def spend(_: int) -> bool:
        together.wait(30)
        with database.session() as session:
            return invitations.spend_code(session, account.id, second_factor.hashed(code))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(spend, range(8))) == 1


def test_going_back_a_version_gives_nobody_more(servers: Servers) -> None:
    """Accounts that the older version cannot describe are closed by the way back; the others stay as they are."""
    servers.postgres.ensure_database("accounts_back")
    database = Database(servers.postgres.url("accounts_back"))
    schema.upgrade(database.engine, "0003")
    with database.session() as session:
        session.execute(
            text(
                "INSERT INTO moderator (email, name, password_hash, role, active) VALUES "
                "('by-site@x.org', 'S', 'hash', NULL, true), ('invited@x.org', 'I', NULL, 'editor', true), "
                "('ada@x.org', 'A', 'hash', 'administrator', true)"
            )
        )
    schema.downgrade(database.engine, "0002")
    with database.session() as session:
        rows = session.execute(text("SELECT email, role, active FROM moderator ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        ("by-site@x.org", "observer", False),
        ("invited@x.org", "editor", False),
        ("ada@x.org", "administrator", True),
    ]
    schema.upgrade(database.engine)
    database.dispose()


@pytest.mark.parametrize(
    "password", ["Tr0ub4dor&3 x!", "vingt-six chaises bleues", "ÀÉÎ õü ß 漢字 עברית", " " * 6 + "six words"]
)
def test_passwords_follow_no_recipe(database: Database, password: str) -> None:
    """Any signs will do: spaces, accents, other scripts, with digits or without; nothing is cut off."""
    with database.session() as session:
        moderators.create(session, "lina@example.org", "Lina", password)
    with database.session() as session:
        assert moderators.prove(session, "LINA@example.org ", password)
        with pytest.raises(NotAuthenticated):
            moderators.prove(session, "lina@example.org", password[:-1])
