"""The watch and the second look in a real browser: drawn, by key alone, on any width, for everybody."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from redis import Redis
from sqlalchemy import select, text

from moderation.database import Database
from moderation.domain.words import Label, Role, Verdict
from moderation.services import decisions, sites, watch
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.second_judgements import SecondJudgementRecord
from moderation.storage.sites import SiteRecord
from tests.journeys.moderator import at_the_desk, join
from tests.moderation.dashboard.desk import Desk
from tests.moderation.services.past import Past

DRAWN = ["scores-incivility", "calibration-incivility", "confirmed"]


@pytest.fixture
def desk(database: Database, broker: "Redis") -> Desk:
    """Return a site where the scores have moved, with a report, and Nadia (an editor) and Samir."""
    with database.session() as session:
        desk = Desk(database, sites.create(session, "lejour", "Le Jour"))
    join(database, "Nadia", Role.EDITOR)
    join(database, "Samir")
    now, chance = datetime.now(UTC), Random(5)
    with database.session() as session:
        samir = session.scalars(select(ModeratorRecord).where(ModeratorRecord.name == "Samir")).one()
        site = session.get_one(SiteRecord, desk.site.id)
        past = Past(session, site, samir, {label.value: f"{label}-1" for label in Label})
        for number in range(300):
            days = 7 + chance.random() * 20 if number % 2 else chance.random() * 7
            score = chance.random() * (0.3 if number % 2 else 1)
            true = chance.random() < score
            verdict, labels = (Verdict.REJECT, ["incivility"]) if true else (Verdict.PUBLISH, [])
            flags = ["incivility"] if score > 0.2 else []
            at = now - timedelta(days=days, hours=2)
            past.held(at, (0.1, None, score), flags, verdict, labels, audit=not flags, sampling=1.0)
    watch.report_all(database, now)
    return desk


def judged(database: Database) -> list[tuple[str | None, list[str]]]:
    """Return what was answered, in the order of the questions."""
    with database.session() as session:
        rows = session.scalars(select(SecondJudgementRecord).order_by(SecondJudgementRecord.id))
        return [(row.verdict, row.labels) for row in rows]


def ask(desk: Desk, database: Database, count: int) -> None:
    """Have Samir reject comments about which a colleague is asked."""
    keys = [desk.receive(f"Texte {number}", f"c-{number}", author_id=f"w{number}", author_name=f"W{number}")
            for number in range(count)]  # fmt: skip
    with database.session() as session:
        session.get_one(SiteRecord, desk.site.id).learning = {"second_share": 1.0}
    with database.session() as session:
        samir = session.scalars(select(ModeratorRecord).where(ModeratorRecord.name == "Samir")).one()
        for key in keys:
            decisions.by_moderator(session, samir, key, 1, Verdict.REJECT, [Label.INCIVILITY], chance=0.0)


def test_the_figures_are_drawn_and_lead_from_the_queue(desk: Desk, browser: Browser, web: str) -> None:
    """From the quiet line beside the queue to the warning, its sheet and its picture."""
    with at_the_desk(browser, web, "nadia") as page:
        page.goto("/?view=list")
        page.locator(".rail").get_by_role("link", name="Watch").click()
        expect(page.locator(".warned strong").first).to_contain_text("Incivility: the scores have moved")
        for key in DRAWN:
            expect(page.locator(f"#{key} canvas")).to_be_visible()
        page.get_by_role("link", name="See the figures").first.click()
        expect(page.locator("#scores-incivility")).to_be_in_viewport()


def test_a_second_look_by_keyboard_alone(desk: Desk, browser: Browser, web: str, database: Database) -> None:
    """Publish, reject with a label, skip: each by its key; the screen says so when nothing is left."""
    ask(desk, database, 3)
    with at_the_desk(browser, web, "nadia") as page:
        page.goto("/second")
        expect(page.locator("#title")).to_have_text("W0")
        page.keyboard.press("f")
        expect(page.locator("#title")).to_have_text("W1")
        page.keyboard.press("3")
        page.keyboard.press("d")
        expect(page.locator("#title")).to_have_text("W2")
        page.keyboard.press("s")
        expect(page.get_by_text("No second look is asked of you")).to_be_visible()
    assert judged(database) == [("publish", []), ("reject", ["incivility"]), (None, [])]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_screens_are_accessible(
    desk: Desk,
    browser: Browser,
    web: str,
    database: Database,
    width: int,
    scheme: Literal["light", "dark"],
    language: str,
) -> None:
    """Axe finds nothing on both screens, tables open, and nothing is wider than the window."""
    ask(desk, database, 1)
    options: dict[str, Any] = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    with at_the_desk(browser, web, "nadia", **options) as page:
        with database.session() as session:
            session.execute(text("UPDATE moderator SET language = :language"), {"language": language})
        for path in ("/watch", "/second"):
            page.goto(path)
            page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })")
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
