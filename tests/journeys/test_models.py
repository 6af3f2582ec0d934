"""The models of a site in a real browser: train, see what came of it, promote, roll back."""

from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from redis import Redis
from sqlalchemy import text

from classifiers.scorer import Scorer
from moderation.database import Database
from moderation.domain.words import Label, ModelState, Role, WorkState
from moderation.services import models, sites
from moderation.storage import retrainings
from moderation.storage.sites import SiteRecord
from tests.journeys.moderator import at_the_desk, join
from tests.journeys.test_dashboard import violations
from tests.moderation.dashboard.models_desk import BAD, CARD, GOOD, version
from tests.moderation.taught import learned, taught

PAGE = "/sites/lejour/models"


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """Return the shipped classifiers."""
    return Scorer.load()


@pytest.fixture
def site(database: Database, broker: Redis) -> SiteRecord:
    """Return a site with Nadia as its editor."""
    join(database, "Nadia", Role.EDITOR)
    with database.session() as session:
        return sites.create(session, "lejour", "Le Jour")


class Worker:
    """Writes what a worker of the learning queue writes about a training, without the hours that it may take."""

    def __init__(self, database: Database, site: SiteRecord) -> None:
        self.database, self.site, self.token = database, site, uuid4()
        self.training = self._claimed(self.token)

    def _claimed(self, token: UUID) -> int:
        with self.database.session() as session:
            row = retrainings.claim(session, token, 30)
            assert row is not None
            return row.id

    def gather(self, done: int, total: int) -> None:
        """Say how far it is."""
        with self.database.session() as session:
            assert retrainings.renew(session, self.training, self.token, stage="examples", done=done, total=total)

    def end(self, scorer: Scorer) -> str:
        """Keep a better model, and end; return the name of the version."""
        with self.database.session() as session:
            found = models.keep(session, self.site.id, learned(taught(scorer, 0.5), better=True), self.training)
            assert found is not None
            report = {Label.INCIVILITY: {"version": found.name, "better": True, "findings": found.findings}}
            retrainings.advance(session, self.training, self.token, report=report)
        with self.database.session() as session:
            retrainings.claim(session, self.token, 30)
            assert retrainings.finish(session, self.training, self.token, WorkState.DONE)
        return found.name


def incivility(page: Page) -> str:
    """Return what the screen says about incivility."""
    return page.locator("#incivility").inner_text()


def test_a_model_is_trained_promoted_and_taken_back(
    site: SiteRecord, browser: Browser, web: str, database: Database, scorer: Scorer
) -> None:
    """The page follows the training by itself; the new model is promoted after its findings, and rolled back."""
    with at_the_desk(browser, web, "nadia") as page:
        page.get_by_role("link", name="Models").click()
        expect(page.locator("#incivility")).to_contain_text("The model that ships with Vigie.")
        page.get_by_role("button", name="Train now").click()
        expect(page.locator("#progress")).to_contain_text("waits for a worker")
        worker = Worker(database, site)
        worker.gather(256, 1024)
        bar = page.get_by_role("progressbar", name="Reading what moderators decided")
        expect(bar).to_have_attribute("value", "256")
        assert violations(page) == []
        name = worker.end(scorer)
        expect(page.get_by_text("The last training ended")).to_be_visible()
        expect(page.locator("#incivility")).to_contain_text("In the shadow")
        page.get_by_role("link", name=f"Promote… {name}").click()
        expect(page.locator(".findings li.passed")).to_have_count(1)
        assert violations(page) == []
        page.get_by_role("button", name="Promote").click()
        expect(page.get_by_text("Promoted: it judges from the next comment on.")).to_be_visible()
        assert name in incivility(page)
        page.locator("#incivility summary").press("Enter")
        page.get_by_role("button", name="Roll back now").click()
        expect(page.locator("#incivility")).to_contain_text("The model that ships with Vigie.")
    with database.session() as session:
        assert models.champion(session, site.id, Label.INCIVILITY) is None


def test_without_script_the_page_is_read_again(
    site: SiteRecord, browser: Browser, web: str, database: Database
) -> None:
    """With script switched off a training is asked for, followed by reading the page again, and cancelled."""
    with at_the_desk(browser, web, "nadia", java_script_enabled=False) as page:
        page.goto(PAGE)
        page.get_by_role("button", name="Train now").click()
        Worker(database, site).gather(256, 1024)
        page.reload()
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "256")
        page.get_by_role("button", name="Cancel the training").click()
        expect(page.get_by_text("The last training was cancelled")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("fr", 1440, "light"), ("fr", 390, "dark"), ("en", 1440, "dark"), ("en", 390, "light")],
)
def test_the_screens_are_accessible(
    site: SiteRecord,
    browser: Browser,
    web: str,
    database: Database,
    language: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    """Axe finds nothing on the screen, a card, or the page before a promotion, and none is wider than the window."""
    for number in range(3):
        version(database, site.id, "incivility", b"%d" % number, ModelState.CHAMPION, GOOD, CARD)
    version(database, site.id, "incivility", b"next", ModelState.CHALLENGER, GOOD, CARD)
    waiting = version(database, site.id, "off_topic", b"worse", ModelState.CANDIDATE, BAD, CARD)
    options: dict[str, Any] = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    with at_the_desk(browser, web, "nadia", **options) as page:
        with database.session() as session:
            session.execute(text("UPDATE moderator SET language = :language"), {"language": language})
        found = {}
        addresses = [f"/models/versions/{waiting.id}{part}" for part in ("", "/promotion")]
        for path in (PAGE, "/models/shared", *addresses):
            page.goto(path)
            for summary in page.locator("main summary").all():
                summary.click()
            found[path] = violations(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert {path: problems for path, problems in found.items() if problems} == {}
