"""Search, commenters, articles, history and many decisions at once, in a real browser."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label, Role, Verdict
from moderation.services import decisions, people, sites
from moderation.storage.comments import CommenterRecord
from moderation.storage.moderators import ModeratorRecord, by_email
from tests.journeys.moderator import at_the_desk, join, sign_in
from tests.moderation.dashboard.desk import Desk

ARTICLE = SubmittedArticle("a-1", "Le tramway arrive au port", "Le conseil a voté.")
HOSTILE = "<script>alert(1)</script>\u202e Z" + "\u0301" * 5_000
ARABIC = "مرحبا بكم جميعا"
SCREENS = (
    "/search",
    "/search?q=texte",
    "/commenters/1",
    "/commenters/2",
    "/articles/1",
    "/history",
    "/history?origin=moderator",
    "/bulk",
    "/bulk/search?q=texte",
    "/bulk/1",
    "/comments/12",
)


@pytest.fixture
def desk(database: Database, broker: "Redis") -> Desk:
    """Return a site that is told of decisions, with twelve comments, some decided, and Inès, an editor."""
    with database.session() as session:
        desk = Desk(database, sites.create(session, "lejour", "Le Jour"))
        sites.set_callback(desk.site, "https://lejour.example/hook", private_allowed=True)
    join(database, "Nadia", Role.EDITOR)
    join(database, "Ines", Role.EDITOR, "fr")
    for number in range(1, 9):
        score = (0.1, 0.1, 0.5 + number / 20)
        body = f"Texte numéro {number}"
        desk.receive(body, f"c-{number}", score, article=ARTICLE, author_id="w", author_name="Lina")
    desk.receive(HOSTILE, "h-1", article=ARTICLE, author_id="h", author_name=HOSTILE[:60])
    desk.receive(ARABIC, "h-2", article=ARTICLE, author_id="r", author_name="سمير")
    desk.receive("Achetez mon livre !", "t-1", article=ARTICLE, author_id="s", author_name="Vendeur")
    desk.receive("ACHETEZ mon livre", "t-2", article=ARTICLE, author_id="s", author_name="Vendeur")
    with database.session() as session:
        ines = account(session, "ines")
        decisions.by_moderator(session, ines, 11, 1, Verdict.REJECT, [Label.OFF_TOPIC], "déjà vu")
        people.note(session, ines, session.get_one(CommenterRecord, 4), "Vend un livre.")
    return desk


def account(session: Session, name: str) -> ModeratorRecord:
    """Return an account."""
    found = by_email(session, f"{name}@example.org")
    assert found
    return found


def told(desk: Desk) -> int:
    """Count what the site is to be told about bulk decisions and their undoing."""
    with desk.database.session() as session:
        query = "SELECT count(*) FROM callback JOIN decision ON decision.id = decision_id WHERE origin = 'moderator'"
        return int(session.scalar(text(query)) or 0)


def statuses(desk: Desk) -> list[str]:
    """Return where the eight ordinary comments stand."""
    return [desk.status(f"c-{number}") for number in range(1, 9)]


def violations(page: Page) -> list[str]:
    """Return what axe finds."""
    return [f"{found['id']}: {found['nodes'][0]['html'][:120]}" for found in Axe().run(page).response["violations"]]


def slide(page: Page, words: str, value: int) -> None:
    """Move a slider as the arrow keys do, to the end and back."""
    slider = page.get_by_label(words)
    slider.press("End")
    for _ in range(100 - value):
        slider.press("ArrowLeft")


def test_a_band_is_decided_told_and_taken_back(desk: Desk, browser: Browser, web: str) -> None:
    """Two sliders choose a band, picture and sample follow, each comment is decided and told, then all is undone."""
    with at_the_desk(browser, web, "nadia") as page:
        before = told(desk)
        page.goto("/bulk")
        slide(page, "Lowest score", 60)
        slide(page, "Highest score", 75)
        expect(page.get_by_role("heading", name="4 comments would be decided")).to_be_visible()
        expect(page.get_by_text("Texte numéro 2")).to_be_visible()
        dots = page.locator("[data-inside]").get_attribute("d") or ""
        assert dots.count("M") == 4
        page.get_by_role("button", name="Reject all of them").click()
        expect(page.get_by_role("heading", name="Rejected: 4 comments")).to_be_visible()
        waits = "in_review"
        assert statuses(desk) == [waits, *["rejected"] * 4, waits, waits, waits]
        assert told(desk) == before + 4
        page.get_by_role("button", name="Take all of it back").click()
        expect(page.get_by_text("4 decisions were taken back.")).to_be_visible()
        assert statuses(desk) == [waits] * 8
        assert told(desk) == before + 8


def test_a_band_without_script(desk: Desk, browser: Browser, web: str) -> None:
    """Without script the same form chooses the band and the same button decides it."""
    context = browser.new_context(base_url=web, java_script_enabled=False, locale="en")
    page = context.new_page()
    sign_in(page)
    page.goto("/bulk?least=85&most=100")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="5 comments would be decided")).to_be_visible()
    page.get_by_role("button", name="Publish all of them").click()
    expect(page.get_by_role("heading", name="Published: 5 comments")).to_be_visible()
    assert statuses(desk)[-2:] == ["published"] * 2
    context.close()


def test_words_are_searched_and_decided_together(desk: Desk, browser: Browser, web: str) -> None:
    """The key / leads to the search box; what it finds can be opened, narrowed and decided together."""
    with at_the_desk(browser, web, "nadia") as page:
        page.keyboard.press("/")
        page.keyboard.type("livres -numero")
        page.keyboard.press("Enter")
        expect(page.get_by_text("2 comments, newest first")).to_be_visible()
        page.get_by_text("More fields").click()
        page.get_by_label("Writer").fill("vend")
        page.get_by_label("Status").select_option("Waits for review")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_text("1 comment, newest first")).to_be_visible()
        page.get_by_role("link", name="Decide these together").click()
        page.get_by_label("Off topic").check()
        page.get_by_role("button", name="Reject all of them").click()
        expect(page.get_by_role("heading", name="Rejected: 1 comment")).to_be_visible()
        assert desk.status("t-2") == "rejected"


def test_the_same_text_leads_to_its_writer_and_article(desk: Desk, browser: Browser, web: str) -> None:
    """Beside a comment stands what was decided about its text; its writer is noted and watched, its article closed."""
    with at_the_desk(browser, web, "nadia") as page:
        page.goto("/comments/12")
        expect(page.get_by_text("The same text was rejected once this week.")).to_be_visible()
        expect(page.get_by_text("Vend un livre.")).to_be_visible()
        page.get_by_text("Add a note about the writer").click()
        page.locator(".note-form textarea").fill("Encore lui.")
        page.get_by_role("button", name="Keep the note").click()
        expect(page.get_by_text("Encore lui.")).to_be_visible()
        page.locator(".person").get_by_role("link", name="Vendeur").click()
        page.get_by_role("button", name="Watched", exact=True).click()
        expect(page.get_by_role("button", name="Watched", exact=True)).to_have_attribute("aria-pressed", "true")
        page.get_by_role("link", name="Le tramway arrive au port").first.click()
        page.get_by_role("button", name="Closed").click()
        expect(page.get_by_text("New comments are rejected.")).to_be_visible()


def test_the_history_is_filtered_downloaded_and_undone(desk: Desk, browser: Browser, web: str, tmp_path: Path) -> None:
    """The list of decisions is narrowed, saved as a file, and leads to undoing a decision."""
    with at_the_desk(browser, web, "nadia") as page:
        page.goto("/history")
        page.get_by_text("Choose among them").click()
        page.get_by_label("Moderator").select_option("Ines")
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".decided")).to_have_count(1)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download as CSV").click()
        download.value.save_as(tmp_path / "decisions.csv")
        saved = (tmp_path / "decisions.csv").read_text("utf-8-sig").splitlines()
        assert len(saved) == 2
        assert "déjà vu" in saved[1]
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Taken back: the comment waits for review again.")).to_be_visible()
        assert desk.status("t-1") == "in_review"


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_screens_are_accessible(
    desk: Desk, browser: Browser, web: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    """Axe finds nothing on any of these screens, hostile and right-to-left text included, and none is too wide."""
    with at_the_desk(browser, web, "nadia") as page:
        page.on("dialog", lambda _: pytest.fail("a comment ran code"))
        page.goto("/bulk")
        page.get_by_role("button", name="Reject all of them").click()
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        found = {}
        for path in SCREENS:
            page.goto(path)
            found[path] = violations(page)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found[path].append("too wide")
        assert found == {path: [] for path in SCREENS}


def test_right_to_left_text_stands_right(desk: Desk, browser: Browser, web: str) -> None:
    """Arabic text runs from the right on every list that shows it."""
    with at_the_desk(browser, web, "nadia") as page:
        places = {"/search?q=مرحبا": ".found .text", "/commenters/3": ".found .text", "/history": ".snippet"}
        for path, place in places.items():
            page.goto(path)
            shown = page.locator(place).filter(has_text=ARABIC).first
            assert shown.evaluate("element => getComputedStyle(element).direction") == "rtl"
