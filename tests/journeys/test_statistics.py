"""The statistics in a real browser: drawn from their tables, in any theme and width, and true to the database."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from redis import Redis
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import sites
from tests.journeys.moderator import at_the_desk, join
from tests.moderation.dashboard.desk import Desk, scene
from tests.moderation.storage.invented import BEGIN, SPAN, invent

DRAWN = ["statuses", "labels", "waiting", "times", "machine", "hours"]
_PIXELS = """(canvas) => {
  const pen = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const colours = {};
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.slice(at, at + 3).join();
    if (data[at + 3] > 200) colours[colour] = (colours[colour] || 0) + 1;
  }
  return colours;
}"""
_ROWS = """(table) => [...table.tBodies[0].rows].map((row) =>
  [...row.cells].slice(1).map((cell) => Number(cell.dataset.value || 0)))"""
_UP_TO_NOW = "UPDATE {0} SET {1} = least({1} + (now() - :end), now())"
_SHRUNK = "() => [...document.querySelectorAll('.plot canvas')].every((c) => c.getBoundingClientRect().right <= 390)"
_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_COLOUR = """(swatch) => getComputedStyle(swatch).color.match(/\\d+/g).slice(0, 3).join()"""


@pytest.fixture
def desk(database: Database, broker: "Redis") -> Desk:
    """Return a site with the example scene, two sites with a past, and Nadia, an editor."""
    with database.session() as session:
        desk = Desk(database, sites.create(session, "lejour", "Le Jour"))
        invent(session, 7, 300)
        session.execute(text(_UP_TO_NOW.format("comment", "received_at")), {"end": BEGIN + SPAN})
        session.execute(text(_UP_TO_NOW.format("decision", "decided_at")), {"end": BEGIN + SPAN})
    desk.play(scene())
    join(database, "Nadia", Role.EDITOR)
    return desk


def pixels(page: Page, key: str) -> dict[str, int]:
    """Return the colours of one drawing, each with how many pixels have it."""
    found: dict[str, int] = page.locator(f"#{key} canvas").evaluate(_PIXELS)
    return found


def colour(page: Page, tone: str) -> str:
    """Return the colour that the legend gives a series."""
    return str(page.locator(f".tone-{tone}").first.evaluate(_COLOUR))


def rows(page: Page, key: str) -> list[list[float]]:
    """Return the figures of one table."""
    found: list[list[float]] = page.locator(f"#{key} table").evaluate(_ROWS)
    return found


def test_the_tables_are_drawn_and_agree_with_the_database(
    desk: Desk, browser: Browser, web: str, database: Database
) -> None:
    """Every picture shows the colours of its legend, and its table sums to what the database counts."""
    with at_the_desk(browser, web, "nadia") as page:
        page.get_by_role("link", name="Statistics").click()
        expect(page.locator(".plot canvas")).to_have_count(len(DRAWN))
        for key, tone in zip(DRAWN, ("published", "incivility", "waits", "median", "alone", "hour"), strict=True):
            assert len(pixels(page, key)) > 1, key
            if key != "hours":  # the hours are drawn in shades
                assert pixels(page, key).get(colour(page, tone), 0) > 20, key
        with database.session() as session:
            found = session.execute(text("SELECT status, count(*) FROM comment GROUP BY 1"))
            counted = {status: count for status, count in found}
        order = ("published", "rejected", "in_review", "pending", "deleted")
        sums = [sum(column) for column in zip(*rows(page, "statuses"), strict=True)]
        assert sums == [counted.get(status, 0) for status in order]
        assert sum(map(sum, rows(page, "hours"))) == sum(counted.values())


def test_a_table_is_under_each_picture(desk: Desk, browser: Browser, web: str) -> None:
    """The table opens by keyboard, names its rows and columns, and comes as a file."""
    with at_the_desk(browser, web, "nadia") as page:
        page.goto("/statistics?days=7")
        page.locator("#statuses summary").press("Enter")
        expect(page.locator("#statuses").get_by_role("columnheader", name="Published")).to_be_visible()
        expect(page.locator("#statuses").get_by_role("rowheader")).to_have_count(7)
        with page.expect_download() as download:
            page.locator("#statuses").get_by_role("link", name="Table as CSV").click()
        assert download.value.suggested_filename == "statistics-statuses.csv"
        picture = page.locator("#statuses").get_by_role("img", name="Comments by status")
        expect(picture).to_be_visible()
        picture.hover()
        expect(page.locator("#statuses .readout")).to_contain_text("Published")


def test_a_period_and_a_site_are_picked(desk: Desk, browser: Browser, web: str) -> None:
    """The form shows another period and one site alone."""
    with at_the_desk(browser, web, "nadia") as page:
        page.goto("/statistics")
        page.get_by_label("Period").select_option("7")
        page.get_by_label("Site", exact=True).select_option("lejour")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("#statuses tbody tr")).to_have_count(7)
        assert sum(map(sum, rows(page, "statuses"))) == 8


def test_pictures_follow_theme_and_width(desk: Desk, browser: Browser, web: str) -> None:
    """Switched to dark the pictures take the dark colours, and on a narrow window they shrink to fit."""
    with at_the_desk(browser, web, "nadia") as page:
        page.emulate_media(color_scheme="light")
        page.goto("/statistics")
        light = colour(page, "waits")
        page.emulate_media(color_scheme="dark")
        dark = colour(page, "waits")
        assert light != dark
        page.evaluate(_FRAMES)
        assert pixels(page, "waiting").get(dark, 0) > 20
        assert pixels(page, "waiting").get(light, 0) == 0
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function(_SHRUNK)
        for key in DRAWN:
            box: Any = page.locator(f"#{key} canvas").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_screen_is_accessible(
    desk: Desk,
    browser: Browser,
    web: str,
    database: Database,
    width: int,
    scheme: Literal["light", "dark"],
    language: str,
) -> None:
    """Axe finds nothing, with the tables open and closed, and nothing is wider than the window."""
    options: dict[str, Any] = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    with at_the_desk(browser, web, "nadia", **options) as page:
        with database.session() as session:
            session.execute(text("UPDATE moderator SET language = :language"), {"language": language})
        page.goto("/statistics")
        assert Axe().run(page).response["violations"] == []
        page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_script_there_are_tables(desk: Desk, browser: Browser, web: str) -> None:
    """With script switched off every figure is in its table."""
    with at_the_desk(browser, web, "nadia", java_script_enabled=False) as page:
        page.goto("/statistics")
        page.locator("#statuses summary").click()
        expect(page.locator("#statuses").get_by_role("columnheader", name="Published")).to_be_visible()
        expect(page.locator(".plot:visible")).to_have_count(0)
