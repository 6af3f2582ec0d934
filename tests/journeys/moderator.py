"""A person at the dashboard in a real browser: signs in, looks at what has the focus. No test lives here."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import moderators
from tests.browser import watch

PASSWORD = "a lookout on a mast"


def join(database: Database, name: str, role: Role = Role.MODERATOR, language: str = "en") -> None:
    """Create the account of somebody."""
    with database.session() as session:
        account = moderators.create(session, f"{name.lower()}@example.org", name, PASSWORD, role)
        account.language = language


def sign_in(page: Page, name: str = "nadia") -> None:
    """Fill the form as a person does."""
    page.goto("/sign-in")
    page.locator("[name=email]").fill(f"{name}@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Review queue", level=1)).to_be_visible()
    page.wait_for_load_state()


@contextmanager
def at_the_desk(
    browser: Browser, web: str, name: str, forgiven: str | None = None, **options: object
) -> Iterator[Page]:
    """Return the page of somebody who is signed in; fails when the browser complained about anything else."""
    settings = {"base_url": web, "locale": "en", "viewport": {"width": 1440, "height": 900}} | options
    context = browser.new_context(**settings)  # type: ignore[arg-type]
    page = context.new_page()
    complaints = watch(page)
    sign_in(page, name)
    yield page
    context.close()
    assert [words for words in complaints if forgiven is None or forgiven not in words] == []


def in_focus(page: Page) -> str:
    """Return whose comment is in focus."""
    return page.locator("#title").inner_text()
