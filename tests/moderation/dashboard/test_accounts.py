"""Administering accounts: inviting, roles, closing, new links; the last administrator stays."""

import time_machine
from flask import Flask
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import sites
from moderation.storage import memberships, moderators
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import PASSWORD, Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.people import account, link_in, signed_in

NEW = "four geese over the strait"


def administrator(app: Flask, database: Database) -> Visitor:
    """Return Ada, who administers every site."""
    return signed_in(app, account(database, "Ada", Role.ADMINISTRATOR))


def invite(visitor: Visitor, email: str = "lina@example.org", **roles: str) -> str:
    """Invite somebody and return the path of the link."""
    answer = visitor.send("/accounts/invite", "/accounts/invite", email=email, **roles)
    assert answer.status_code == 200, answer.text
    return link_in(answer.text)


def found(database: Database, email: str) -> ModeratorRecord:
    """Return an account by its address."""
    with database.session() as session:
        account = moderators.by_email(session, email)
    assert account
    return account


def test_an_invited_person_joins_with_the_role_that_was_chosen(app: Flask, database: Database, desk: Desk) -> None:
    """The link leads to a page that asks for name and password; then the person is in, with the invited role."""
    link = invite(administrator(app, database), **{f"site-{desk.site.id}": "moderator"})
    guest = Visitor(app.test_client())
    assert "lina@example.org" in guest.read(link)
    answer = guest.send(link, link, name="Lina Kerdoncuff", password=NEW)
    assert (answer.status_code, answer.location) == (303, "/account/second-factor")
    assert "Lina Kerdoncuff" in guest.read("/")
    lina = found(database, "lina@example.org")
    assert lina.role is None
    with database.session() as session:
        assert memberships.of_account(session, lina.id) == {desk.site.id: "moderator"}
    assert Visitor(app.test_client()).sign_in("lina@example.org", NEW).status_code == 303


def test_a_link_works_once_and_not_for_ever(app: Flask, database: Database) -> None:
    """A used link, a replaced link, an old link and a made-up link lead to the same kind page, and change nothing."""
    ada = administrator(app, database)
    used = invite(ada, "a@example.org", role="observer")
    guest = Visitor(app.test_client())
    form = guest.token(used)
    guest.client.post(used, data={"csrf_token": form, "name": "A", "password": NEW})
    replaced = invite(ada, "b@example.org", role="observer")
    number = found(database, "b@example.org").id
    link_in(ada.send(f"/accounts/{number}/link", "/account").text)
    stranger = Visitor(app.test_client())
    for path in (used, replaced, "/join/made-up", "/join/%00"):
        assert "There is nothing here" in stranger.read(path, 404)
        assert stranger.send(path, name="X", password=NEW).status_code == 404
    late = invite(ada, "c@example.org", role="observer")
    with database.session() as session:
        session.execute(text("UPDATE invitation SET expires_at = now() - interval '1 second' WHERE used_at IS NULL"))
    stranger.read(late, 404)


def test_the_token_is_nowhere_in_the_database(app: Flask, database: Database) -> None:
    """Only a hash of a link's token is stored, and the trail does not hold it either."""
    token = invite(administrator(app, database), role="observer").rpartition("/")[2]
    with database.session() as session:
        rows = session.execute(text("SELECT i::text, a::text FROM invitation i, audit_event a")).all()
    assert rows
    assert token not in str(rows)


def test_passwords_are_long_and_not_the_first_guess(app: Flask, database: Database) -> None:
    """Short and common passwords are refused with a sentence, what was typed as name stays, the link still works."""
    link = invite(administrator(app, database), role="moderator")
    guest = Visitor(app.test_client())
    for password, sentence in (
        ("short", "Use 12 characters or more."),
        ("motdepasse123", "among the first that are guessed"),
        ("password1234", "among the first that are guessed"),
        ("lina@example.org", "among the first that are guessed"),
        ("x" * 1001, "a thousand characters are enough"),
    ):
        answer = guest.send(link, link, name="Lina", password=password)
        assert answer.status_code == 422, password
        assert sentence in answer.text
        assert 'value="Lina"' in answer.text
        assert password not in answer.text or password == "lina@example.org"
    assert guest.send(link, link, name=" \u202e ", password=NEW).status_code == 422
    assert guest.send(link, link, name="Lina", password=NEW).status_code == 303


def test_the_field_for_a_password_allows_pasting_and_showing(app: Flask, database: Database) -> None:
    """The field tells password managers what it is, and asks for no recipe of signs."""
    page = Visitor(app.test_client()).read(invite(administrator(app, database), role="moderator"))
    assert 'autocomplete="new-password"' in page
    assert "onpaste" not in page
    assert "data-shows" in page
    assert "pattern=" not in page


def test_roles_change_at_once(app: Flask, database: Database, desk: Desk) -> None:
    """What an administrator takes away or gives holds from the next request on."""
    ada, target = administrator(app, database), account(database, "Mona", Role.EDITOR)
    mona = signed_in(app, target)
    mona.read("/?view=list")
    ada.send(f"/accounts/{target.id}/roles", "/account", role="")
    mona.read("/?view=list", 403)
    ada.send(f"/accounts/{target.id}/roles", "/account", role="", **{f"site-{desk.site.id}": "observer"})
    mona.read("/?view=list")
    page = ada.read("/accounts")
    assert "Observer" in page
    assert ada.send(f"/accounts/{target.id}/roles", "/account", role="emperor").status_code == 400


def test_the_last_administrator_stays(app: Flask, database: Database) -> None:
    """Neither closing nor a smaller role takes the last administrator away; with a second one both work."""
    ada = administrator(app, database)
    number = found(database, "ada@example.org").id
    account(database, "Former", Role.ADMINISTRATOR)
    with database.session() as session:
        session.execute(text("UPDATE moderator SET active = false WHERE name = 'Former'"))
    invite(ada, "invited@example.org", role="administrator")  # has not joined yet: cannot sign in
    for path, fields in ((f"/accounts/{number}/close", {}), (f"/accounts/{number}/roles", {"role": "editor"})):
        answer = ada.send(path, "/account", **fields)
        assert answer.status_code == 409
        assert "This is the last person who administers every site." in answer.text
    account(database, "Second", Role.ADMINISTRATOR)
    assert ada.send(f"/accounts/{number}/roles", "/account", role="editor").status_code == 303
    assert found(database, "ada@example.org").role == "editor"


def test_a_closed_account_is_out_and_can_be_opened_again(app: Flask, database: Database) -> None:
    """Closing ends sessions and links at once; reopened, the account signs in as before."""
    ada, target = administrator(app, database), account(database, "Mona", Role.MODERATOR)
    mona = signed_in(app, target)
    link = link_in(ada.send(f"/accounts/{target.id}/link", "/account").text)
    ada.send(f"/accounts/{target.id}/close", "/account")
    assert mona.client.get("/").location == "/sign-in"
    assert Visitor(app.test_client()).sign_in(target.email).status_code == 401
    Visitor(app.test_client()).read(link, 404)
    assert "closed" in ada.read("/accounts")
    ada.send(f"/accounts/{target.id}/reopen", "/account")
    assert Visitor(app.test_client()).sign_in(target.email).status_code == 303


def test_a_new_link_resets_the_password_and_ends_the_sessions(app: Flask, database: Database) -> None:
    """Through the link a new password is set; the old password and the old sessions are worth nothing then."""
    ada, target = administrator(app, database), account(database, "Mona", Role.MODERATOR)
    mona = signed_in(app, target)
    link = link_in(ada.send(f"/accounts/{target.id}/link", "/account").text)
    mona.read("/account")
    guest = Visitor(app.test_client())
    assert 'value="Mona"' in guest.read(link)
    assert guest.send(link, link, name="Mona", password=NEW).status_code == 303
    assert mona.client.get("/").location == "/sign-in"
    assert Visitor(app.test_client()).sign_in(target.email, PASSWORD).status_code == 401
    assert Visitor(app.test_client()).sign_in(target.email, NEW).status_code == 303


def test_a_taken_or_malformed_address_is_not_invited(app: Flask, database: Database) -> None:
    """An address that has an account, or that is none, is told; no second account is made."""
    ada = administrator(app, database)
    for email, sentence in (("ADA@example.org", "already has an account"), ("nobody", "no e-mail address")):
        answer = ada.send("/accounts/invite", "/accounts/invite", email=email, role="observer")
        assert answer.status_code == 422
        assert sentence in answer.text


def test_an_administrator_of_one_site_stays_on_it(app: Flask, database: Database, desk: Desk) -> None:
    """Such an administrator sees and invites people of the site, gives roles there, and reaches nobody else."""
    with database.session() as session:
        other = sites.create(session, "gazette", "Gazette")
    local = signed_in(app, account(database, "Loic", None, {desk.site.id: Role.ADMINISTRATOR}))
    everywhere = account(database, "Ada", Role.ADMINISTRATOR)
    both = account(database, "Both", None, {desk.site.id: Role.OBSERVER, other.id: Role.EDITOR})
    elsewhere = account(database, "Elsa", None, {other.id: Role.EDITOR})
    page = local.read("/accounts")
    assert "Both" in page
    assert "Ada" not in page
    assert "Elsa" not in page
    for number in (everywhere.id, elsewhere.id):
        assert local.read(f"/accounts/{number}", 404)
        assert local.send(f"/accounts/{number}/close", "/account").status_code == 404
    assert local.send(f"/accounts/{both.id}/close", "/account").status_code == 403
    assert local.send(f"/accounts/{both.id}/link", "/account").status_code == 403
    assert local.send(f"/accounts/{both.id}/second-factor/reset", "/account").status_code == 403
    fields = {f"site-{desk.site.id}": "moderator", f"site-{other.id}": "administrator"}
    assert local.send(f"/accounts/{both.id}/roles", "/account", **fields).status_code == 303
    with database.session() as session:
        assert memberships.of_account(session, both.id) == {desk.site.id: "moderator", other.id: "editor"}
    for roles in ({"role": "observer"}, {f"site-{other.id}": "observer"}, {}):
        answer = local.send("/accounts/invite", "/accounts/invite", email="x@example.org", **roles)
        assert answer.status_code == 403
    assert local.send("/accounts/rule", "/account", second_factor="required").status_code == 403
    assert invite(local, "y@example.org", **{f"site-{desk.site.id}": "moderator"})


def test_an_invitation_lasts_a_week_and_a_reset_a_day(app: Flask, database: Database) -> None:
    """A forgotten link does not stay open: seven days for joining, one for a new password."""
    with time_machine.travel("2030-01-01T00:00:00Z", tick=False):
        ada, target = administrator(app, database), account(database, "Mona", Role.MODERATOR)
        invite(ada, role="observer")
        ada.send(f"/accounts/{target.id}/link", "/account")
        with database.session() as session:
            days = session.scalars(
                text("SELECT (expires_at AT TIME ZONE 'UTC')::date - date '2030-01-01' FROM invitation ORDER BY id")
            ).all()
    assert days == [7, 1]
