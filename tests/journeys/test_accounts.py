"""From an invitation to a closed browser: accounts in a real browser, against the production web server."""

import re
from collections.abc import Iterator
from typing import Literal

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import accounts, moderators, sites
from moderation.storage import memberships
from tests.browser import watch
from tests.journeys.test_dashboard import violations

PASSWORD, NEW = "a lookout on a mast", "four geese over the strait"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def newsroom(database: Database) -> int:
    """Make two sites, an administrator, somebody invited; return the id of the first site."""
    with database.session() as session:
        site, other = sites.create(session, "lejour", "Le Jour"), sites.create(session, "gazette", "La Gazette")
        moderators.create(session, "ada@example.org", "Ada", PASSWORD, Role.ADMINISTRATOR).language = "en"
        mona = moderators.create(session, "mona@example.org", "Mona", PASSWORD, None)
        memberships.replace(session, mona.id, {site.id: Role.EDITOR, other.id: Role.OBSERVER})
        accounts.invite(session, accounts.EVERYWHERE, None, "yann@example.org", accounts.Roles(Role.OBSERVER, {}))
        return site.id


@pytest.fixture
def people(browser: Browser, web: str) -> Iterator[list[BrowserContext]]:
    """Return three browsers of different people."""
    contexts = [browser.new_context(base_url=web, locale="en", user_agent=agent) for agent in (None, None, FIREFOX)]
    yield contexts
    for context in contexts:
        context.close()


def sign_in(page: Page, email: str, password: str) -> None:
    """Fill the form as a person does."""
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def renew_codes(database: Database) -> None:
    """Let half a minute pass: the next code of the app may be the one that was just used."""
    with database.session() as session:
        session.execute(text("UPDATE moderator SET totp_step = totp_step - 5"))


def test_from_invitation_to_a_closed_browser(newsroom: int, database: Database, people: list[BrowserContext]) -> None:
    """Ada invites Lina; Lina chooses a password and a second factor, signs in with it elsewhere, and ends that one."""
    ada, lina, elsewhere = (context.new_page() for context in people)
    complaints = [watch(page) for page in (ada, lina, elsewhere)]

    sign_in(ada, "ada@example.org", PASSWORD)
    ada.get_by_role("link", name="Accounts").click()
    ada.get_by_role("link", name="Invite somebody").click()
    ada.get_by_label("E-mail address").fill("lina@example.org")
    ada.get_by_label("Le Jour").select_option(label="Moderator (reads and decides)")
    ada.get_by_role("button", name="Make the link").click()
    link = ada.get_by_label("Link", exact=True).input_value()

    lina.goto(link)
    lina.get_by_label("Your name").fill("Lina")
    field = lina.get_by_label("Password")
    field.fill(NEW)
    expect(field).to_have_attribute("type", "password")
    lina.get_by_label("Show what I type").check()
    expect(field).to_have_attribute("type", "text")
    lina.get_by_role("button", name="Come in").click()

    expect(lina.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    lina.get_by_text("Type it instead").click()
    phone = pyotp.TOTP(lina.locator(".secret-words").inner_text())
    lina.get_by_label("Type the six digits").fill(phone.now())
    lina.get_by_role("button", name="Turn it on").click()
    expect(lina.locator(".codes li")).to_have_count(10)
    lina.get_by_role("link", name="I have kept them").click()
    renew_codes(database)

    sign_in(elsewhere, "lina@example.org", NEW)
    expect(elsewhere.get_by_role("heading", name="One more step")).to_be_visible()
    elsewhere.get_by_label("Code").fill(phone.now())
    elsewhere.keyboard.press("Enter")
    elsewhere.wait_for_url("**/")

    lina.locator(".menu summary").click()
    lina.get_by_role("link", name="My account").click()
    lina.get_by_role("button", name="Sign out Firefox on Linux").click()
    expect(lina.get_by_text("That browser is signed out.")).to_be_visible()
    elsewhere.goto("/account")
    expect(elsewhere).to_have_url(re.compile("/sign-in"))

    ada.goto("/audit")
    for words in ("Invited", "Followed the invitation", "Second factor set up", "Other browsers signed out"):
        expect(ada.get_by_role("cell", name=words, exact=True).first).to_be_visible()
    assert complaints == [[], [], []]


def test_accounts_work_without_script(newsroom: int, browser: Browser, web: str) -> None:
    """Inviting and joining need no script: every choice is on the page."""
    context = browser.new_context(base_url=web, locale="en", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "ada@example.org", PASSWORD)
    page.wait_for_url("**/")
    page.goto("/accounts/invite")
    page.get_by_label("E-mail address").fill("lina@example.org")
    page.get_by_label("Le Jour").select_option("moderator")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    context.clear_cookies()
    page.goto(link)
    expect(page.get_by_label("Show what I type")).not_to_be_visible()
    page.get_by_label("Your name").fill("Lina")
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_screens_of_accounts_are_accessible(
    newsroom: int, browser: Browser, web: str, width: int, scheme: Literal["light", "dark"], database: Database
) -> None:
    """Axe finds nothing on any screen about accounts, and none is wider than the window."""
    context = browser.new_context(base_url=web, locale="fr", viewport={"width": width, "height": 844})
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    complaints = watch(page)
    with database.session() as session:
        session.execute(text("UPDATE moderator SET language = 'fr'"))
        token = accounts.new_link(session, accounts.EVERYWHERE, None, 3)
    found = {}

    def look(name: str) -> None:
        found[name] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    page.goto(f"/join/{token}")
    look("join")
    page.goto("/sign-in")
    page.locator("[name=email]").fill("ada@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    for path in ("/accounts", "/accounts/invite", "/accounts/2", "/audit", "/account", "/account/second-factor"):
        page.goto(path)
        look(path)
    page.locator(".steps details summary").click()
    phone = pyotp.TOTP(page.locator(".secret-words").inner_text())
    page.locator("[name=code]").fill(phone.now())
    page.keyboard.press("Enter")
    page.locator(".codes").wait_for()
    look("recovery codes")
    page.goto("/account/second-factor")
    look("second factor, on")
    context.clear_cookies()
    page.goto("/sign-in")
    page.locator("[name=email]").fill("ada@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code*")
    look("second step")
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert complaints == []
