"""A moderator's morning in a real browser, against the production web server."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from moderation.database import Database
from moderation.services import moderators, sites
from tests.browser import watch
from tests.moderation.dashboard.desk import Desk, scene

PASSWORD = "a lookout on a mast"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e Z" + "\u0301" * 20_000


@pytest.fixture
def desk(database: Database) -> Desk:
    """Return a site with the example scene in its review queue, and Nadia's account."""
    with database.session() as session:
        desk = Desk(database, sites.create(session, "lejour", "Le Jour"))
        moderators.create(session, "nadia@example.org", "Nadia", PASSWORD).language = "en"
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


def sign_in(page: Page) -> None:
    """Fill the form as a person does."""
    page.goto("/")
    page.get_by_label("E-mail address").fill("nadia@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Review queue", level=1)).to_be_visible()


def test_a_morning_by_keyboard_alone(desk: Desk, page: Page) -> None:
    """Sign in, read the queue, decide from the list and in context, write a note, sign out: no mouse, no complaint."""
    sign_in(page)
    current = page.locator(".card.current")
    expect(current).to_have_attribute("id", "c1")
    page.keyboard.press("j")
    expect(current).to_have_attribute("id", "c2")
    page.keyboard.press("2")
    page.keyboard.press("d")
    expect(page.get_by_text("Rejected. Look at it again")).to_be_visible()
    expect(current).to_have_attribute("id", "c3")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="Affaires 2000")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("just a note")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.get_by_role("heading", name="Lina_K")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Goéland du large")).to_be_visible()
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
    page.get_by_role("link", name="See the context of comment 1", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="M. Kerdoncuff").wait_for()
    assert desk.status("c-01") == "published"
    context.close()


def test_hostile_comment_runs_nothing(desk: Desk, page: Page) -> None:
    """Script, markup and stacked accents in a comment raise no dialog, load nothing, and stay in their box."""
    number = desk.receive(HOSTILE, "h-1", author_id="h", author_name=HOSTILE[:200])
    page.on("dialog", lambda _: pytest.fail("a comment ran code"))
    sign_in(page)
    for path in (f"/?after={number - 1}", f"/comments/{number}"):
        page.goto(path)
        box = page.locator("[data-card] > .text").bounding_box()
        assert box
        assert box["height"] < 200
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440


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
    for path in ("/", "/?reason=audit", "/?site=lejour&reason=unscored", "/comments/5", "/comments/8", "/keys"):
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
