"""The review screen in a real browser: two people, fifty decisions by key, undo, what is new, hostile texts."""

import pytest
from playwright.sync_api import Browser, expect
from redis import Redis

from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.services import sites
from tests.journeys.moderator import at_the_desk, in_focus, join
from tests.moderation.dashboard.desk import Desk, scene

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e Z" + "\u0301" * 50_000
NO_MOUSE = """() => { for (const kind of ["pointerdown", "mousedown", "click"])
  addEventListener(kind, (event) => { if (event.detail > 0 || kind !== "click") window.moused = true; }, true); }"""


@pytest.fixture
def desk(database: Database, broker: "Redis") -> Desk:
    """Return a site, and the accounts of Nadia and Samir."""
    with database.session() as session:
        desk = Desk(database, sites.create(session, "lejour", "Le Jour"))
    for name in ("Nadia", "Samir"):
        join(database, name)
    return desk


def fill(desk: Desk, count: int) -> None:
    """Have many comments wait, each by another writer."""
    article = SubmittedArticle("a", "La digue du port")
    for number in range(1, count + 1):
        desk.receive(
            f"Texte {number}", f"c-{number}", article=article, author_id=f"w{number}", author_name=f"W{number}"
        )


def test_two_moderators_race_for_one_comment(desk: Desk, browser: Browser, web: str) -> None:
    """Two people never get one comment; who opens a colleague's sees it, and who decides late keeps the typed note."""
    fill(desk, 3)
    with at_the_desk(browser, web, "nadia") as nadia, at_the_desk(browser, web, "samir", "409") as samir:
        assert (in_focus(nadia), in_focus(samir)) == ("W1", "W2")
        samir.goto("/comments/1")
        expect(samir.get_by_text("Nadia is reading this.")).to_be_visible()
        samir.keyboard.press("n")
        samir.keyboard.type("my words about it")
        samir.keyboard.press("Escape")
        nadia.keyboard.press("f")
        expect(nadia.locator("#title")).not_to_have_text("W1")
        samir.keyboard.press("d")
        expect(samir.get_by_role("alert")).to_contain_text("Nadia decided this comment first, a moment ago")
        expect(samir.get_by_role("alert")).to_contain_text("my words about it")
        assert desk.status("c-1") == "published"
        samir.get_by_role("link", name="On to the next one").press("Enter")
        expect(samir.locator("#title")).to_have_text("W3")
        assert in_focus(nadia) == "W2"


def test_fifty_decisions_by_keyboard_alone(desk: Desk, browser: Browser, web: str) -> None:
    """From signing in to the empty queue no mouse is touched; every decision is the one that its key says."""
    fill(desk, 50)
    with at_the_desk(browser, web, "nadia") as page:
        page.evaluate(NO_MOUSE)
        for number in range(1, 51):
            expect(page.locator("#title")).to_have_text(f"W{number}")
            if number % 5 == 0:
                page.keyboard.press("1")
            page.keyboard.press("f" if number % 2 else "d")
        expect(page.get_by_text("Nothing waits for you")).to_be_visible()
        assert page.evaluate("window.moused") is None
    statuses = [desk.status(f"c-{number}") for number in range(1, 51)]
    assert statuses == ["published" if number % 2 else "rejected" for number in range(1, 51)]


def test_undo_by_key_and_skip_and_note(desk: Desk, browser: Browser, web: str) -> None:
    """u takes the last decision back and shows the comment; s puts one off; a note is written and kept by key."""
    fill(desk, 3)
    with at_the_desk(browser, web, "nadia") as page:
        page.keyboard.press("d")
        expect(page.get_by_role("status").get_by_text("Rejected.")).to_be_visible()
        page.keyboard.press("u")
        expect(page.locator("#title")).to_have_text("W1")
        expect(page.get_by_text("Taken back: the comment waits for review again.")).to_be_visible()
        assert desk.status("c-1") == "in_review"
        page.keyboard.press("s")
        expect(page.locator("#title")).to_have_text("W2")
        page.keyboard.press("n")
        page.keyboard.type("known writer")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Note", exact=True).press("Enter")
        expect(page.get_by_text("known writer")).to_be_visible()
        page.keyboard.press("e")
        expect(page.locator("#title")).to_have_text("W3")
        page.keyboard.press("q")
        expect(page.get_by_text("3 comments wait")).to_be_visible()


def test_the_focus_and_the_voice_follow(desk: Desk, browser: Browser, web: str) -> None:
    """After a decision the new comment's heading has the focus, a live region tells what was done, nothing moved."""
    fill(desk, 3)
    with at_the_desk(browser, web, "nadia") as page:
        before = page.locator("button[value=publish]").bounding_box()
        page.evaluate("document.getElementById('told').dataset.same = 'yes'")
        page.keyboard.press("f")
        expect(page.locator("#title")).to_have_text("W2")
        expect(page.locator("#title")).to_be_focused()
        assert page.locator("#told").get_attribute("data-same") == "yes"
        assert page.locator("#told").get_attribute("role") == "status"
        assert page.locator("button[value=publish]").bounding_box() == before
        assert page.url.endswith("/comments/2")
        assert page.title().startswith("Comment 2")


def test_new_comments_announce_themselves(desk: Desk, browser: Browser, web: str) -> None:
    """What arrives is counted without moving anything; a key shows it."""
    fill(desk, 1)
    with at_the_desk(browser, web, "nadia") as page:
        top = page.locator("#title").bounding_box()
        desk.receive("Nouveau", "n-1", author_id="n", author_name="Newcomer")
        page.evaluate("htmx.ajax('GET', document.querySelector('.arrivals').getAttribute('hx-get'), '.arrivals')")
        expect(page.get_by_role("link", name="1 new")).to_be_visible()
        assert page.locator("#title").bounding_box() == top
        page.keyboard.press("g")
        expect(page.get_by_role("heading", name="Newcomer")).to_be_visible()


def test_own_keys_and_the_other_preset_work(desk: Desk, browser: Browser, web: str) -> None:
    """With WordPress's keys a publishes and d rejects; c gives the claim up and takes it; space folds the thread."""
    fill(desk, 3)
    with at_the_desk(browser, web, "nadia") as page:
        page.goto("/preferences/keys")
        page.get_by_role("button", name="WordPress").press("Enter")
        page.goto("/")
        page.keyboard.press("f")
        page.keyboard.press("a")
        expect(page.locator("#title")).to_have_text("W2")
        page.keyboard.press("c")
        expect(page.get_by_text("Nobody has claimed this.")).to_be_visible()
        page.keyboard.press("c")
        expect(page.get_by_text("You are reading this")).to_be_visible()
        thread = page.locator("details.thread")
        expect(thread).to_have_attribute("open", "")
        page.keyboard.press("Space")
        expect(thread).not_to_have_attribute("open", "")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("undo the last decision")
    assert [desk.status(f"c-{n}") for n in (1, 2)] == ["published", "in_review"]


def test_toasts_and_the_reminder_to_rest_come_and_go(desk: Desk, browser: Browser, web: str) -> None:
    """The offer to undo leaves after ten seconds; after the minutes that a person chose, a calm word says to rest."""
    fill(desk, 2)
    with at_the_desk(browser, web, "nadia") as page:
        page.goto("/preferences")
        page.get_by_label("Remind me to rest").fill("5")
        page.get_by_role("button", name="Keep", exact=True).press("Enter")
        page.clock.install()
        page.goto("/")
        page.keyboard.press("f")
        undo = page.get_by_role("button", name="Undo")
        expect(undo).to_be_visible()
        page.clock.run_for(9_000)
        expect(undo).to_be_visible()
        page.clock.run_for(2_500)
        expect(undo).to_have_count(0)
        for _ in range(6):
            page.keyboard.press("x")
            page.clock.run_for(55_000)
        expect(page.get_by_text("You have read for 5 minutes.")).to_be_visible()


def test_a_claim_lives_as_long_as_somebody_is_there(desk: Desk, browser: Browser, web: str, database: Database) -> None:
    """An open page gives a sign of life every 20 seconds; when nobody has moved for five minutes it stops."""
    fill(desk, 1)
    with at_the_desk(browser, web, "nadia") as page:
        page.clock.install()
        page.goto("/")
        with page.expect_request("**/claim"):
            page.clock.run_for(21_000)
        page.clock.run_for(300_000)
        beats: list[str] = []
        page.on("request", lambda request: beats.append(request.url))
        page.clock.run_for(60_000)
        assert [url for url in beats if url.endswith("/claim")] == []


def test_harsh_text_is_blurred_until_asked(desk: Desk, browser: Browser, web: str) -> None:
    """A veiled text is blurred on the screen; a key shows it."""
    desk.receive("Quelle nouille !")
    with at_the_desk(browser, web, "nadia") as page:
        page.goto("/preferences")
        page.get_by_label("Blur harsh texts").select_option("80")
        page.get_by_role("button", name="Keep", exact=True).press("Enter")
        page.goto("/")
        blur = "document.querySelector('.veil .text').computedStyleMap().get('filter').toString()"
        assert "blur" in page.evaluate(blur)
        page.keyboard.press("b")
        assert page.evaluate(blur) == "none"


@pytest.mark.parametrize("path", ["/?view=list", "/"])
def test_hostile_comment_runs_nothing(desk: Desk, browser: Browser, web: str, path: str) -> None:
    """Script, markup, bidi and 50 kB of stacked accents raise no dialog, load nothing, and stay in their box."""
    desk.receive(HOSTILE, "h-1", author_id="h", author_name=HOSTILE[:200])
    with at_the_desk(browser, web, "nadia") as page:
        page.on("dialog", lambda _: pytest.fail("a comment ran code"))
        page.goto(path)
        box = page.locator("[data-card] > .text").bounding_box()
        assert box
        assert box["height"] < 200
        assert page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_right_to_left_text_reads_from_the_right(desk: Desk, browser: Browser, web: str) -> None:
    """An Arabic comment begins at the right edge of its box, though the page is English."""
    desk.receive("يا جماعة، الخط الثالث سيفتح أخيراً!", "r-1")
    with at_the_desk(browser, web, "nadia") as page:
        assert page.evaluate("getComputedStyle(document.querySelector('.focus > .text')).direction") == "rtl"


def test_leaving_the_desk_opens_the_other_screen(desk: Desk, browser: Browser, web: str) -> None:
    """A link that leads from the desk to another screen opens it whole, and back again works."""
    desk.play(scene())
    with at_the_desk(browser, web, "nadia") as page:
        page.locator("aside .person a.writer").first.press("Enter")
        expect(page.locator("#desk")).to_have_count(0)
        page.go_back()
        expect(page.locator("#title")).to_be_visible()
