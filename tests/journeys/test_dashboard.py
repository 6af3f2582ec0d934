"""A moderator's morning in a real browser, against the production web server."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from redis import Redis

from moderation.database import Database
from moderation.services import sites
from tests.browser import watch
from tests.journeys.moderator import PASSWORD, join, sign_in
from tests.moderation.dashboard.desk import Desk, scene

SCREENS = (
    "/",
    "/?view=list",
    "/?view=list&reason=audit",
    "/?site=lejour&reason=unscored",
    "/?reason=uncertain",
    "/comments/5",
    "/comments/8",
    "/keys",
    "/preferences",
    "/preferences/keys",
)


@pytest.fixture
def desk(database: Database, broker: "Redis") -> Desk:
    """Return a site with the example scene in its review queue, and Nadia's account."""
    with database.session() as session:
        desk = Desk(database, sites.create(session, "lejour", "Le Jour"))
    join(database, "Nadia")
    desk.play(scene())
    return desk


@pytest.fixture
def page(browser: Browser, web: str) -> Iterator[Page]:
    """Return a browser page that fails the test when anything complained."""
    context = browser.new_context(base_url=web, locale="en", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints = watch(page)
    yield page
    context.close()
    assert complaints == []


def test_a_morning_by_keyboard_alone(desk: Desk, page: Page) -> None:
    """Sign in, decide in focus and from the list, write a note, sign out: no mouse, no complaint."""
    sign_in(page)
    expect(page.locator("#title")).to_have_text("Goéland du large")
    page.keyboard.press("q")
    current = page.locator(".card.current")
    expect(current).to_have_attribute("id", "c1")
    page.keyboard.press("j")
    expect(current).to_have_attribute("id", "c2")
    page.keyboard.press("2")
    page.keyboard.press("d")
    expect(page.get_by_text("Rejected.")).to_be_visible()
    expect(current).to_have_attribute("id", "c3")
    page.keyboard.press("o")
    expect(page.locator("#title")).to_have_text("Affaires 2000")
    page.keyboard.press("n")
    page.keyboard.type("just a note")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#title")).to_have_text("Lina_K")
    page.keyboard.press("k")
    expect(page.locator("#title")).to_have_text("Goéland du large")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    expect(page.get_by_text("6 comments wait")).to_be_visible()
    assert [desk.status(key) for key in ("c-01", "c-02", "c-03")] == ["in_review", "rejected", "published"]
    page.locator(".menu summary").press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("heading", name="Good to see you")).to_be_visible()


def test_everything_works_without_script(desk: Desk, browser: Browser, web: str) -> None:
    """With script switched off the same screens decide by their buttons."""
    context = browser.new_context(base_url=web, java_script_enabled=False, locale="en")
    page = context.new_page()
    sign_in(page)
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="M. Kerdoncuff").wait_for()
    assert desk.status("c-01") == "published"
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("heading", name="Goéland du large").wait_for()
    assert desk.status("c-01") == "in_review"
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("link", name="List").click()
    page.get_by_role("link", name="See the context of comment 3", exact=True).click()
    page.get_by_role("button", name="Leave it to others").click()
    page.get_by_role("heading", name="Review queue", level=1).wait_for()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_screens_are_accessible(
    desk: Desk, browser: Browser, web: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    """Axe finds nothing on any screen, and no screen is wider than the window."""
    context = browser.new_context(base_url=web, locale="fr", viewport={"width": width, "height": 844})
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    complaints = watch(page)
    page.goto("/sign-in")
    found = {"/sign-in": violations(page)}
    page.locator("[name=email]").fill("nadia@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    for path in SCREENS:
        page.goto(path)
        found[path] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.locator(".menu summary").click()
    found["menu"] = violations(page)
    context.close()
    assert {path: problems for path, problems in found.items() if problems} == {}
    assert complaints == []


def violations(page: Page) -> list[str]:
    """Return what axe objects to on this page."""
    result = Axe().run(page).response["violations"]
    return [f"{problem['id']}: {problem['nodes'][0]['html'][:120]}" for problem in result]
