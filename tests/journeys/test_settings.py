"""The settings of a site in a real browser: thresholds replayed, a key rotated, every tab accessible."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import CredentialKind, Role, WordKind
from moderation.services import credentials, moderators, sites, templates, words
from moderation.services.credentials import Vault
from moderation.services.matching import ListedWord
from tests.browser import watch
from tests.journeys.test_dashboard import violations
from tests.moderation.dashboard.settings_desk import past

PASSWORD = "a lookout on a mast"
TABS = ("policy", "words", "messages", "learning", "keys", "callback", "retention")


@pytest.fixture
def account(database: Database, vault: Vault) -> int:
    """Return an administrator's account on a site with something under every tab."""
    with database.session() as session:
        site = sites.create(session, "lejour", "Le Jour")
        nadia = moderators.create(session, "nadia@example.org", "Nadia", PASSWORD, Role.ADMINISTRATOR)
        nadia.language = "en"
        words.add(session, site, [ListedWord("phare", WordKind.BANNED, "fr"), ListedWord("port", WordKind.WATCHED)])
        templates.save(session, site, None, "Ton", "Restons courtois.", "Let us stay civil.")
        credentials.issue(session, vault, site, CredentialKind.API_KEY)
        sites.set_callback(site, "https://example.org/vigie")
    past(database, site.id, nadia.id)
    with database.session() as session:
        session.execute(
            text(
                "INSERT INTO callback (decision_id, site_id, comment_id, state, attempts, last_error)"
                " SELECT id, site_id, comment_id, 'pending', 2, 'the site answered 503' FROM decision LIMIT 1"
            )
        )
    return nadia.id


@pytest.fixture
def page(browser: Browser, web: str, account: int) -> Iterator[Page]:
    """Return a signed-in page that fails the test when anything complained."""
    context = browser.new_context(base_url=web, locale="en", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints = watch(page)
    sign_in(page)
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page) -> None:
    """Fill the form as a person does."""
    page.goto("/sign-in")
    page.locator("[name=email]").fill("nadia@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")


def counted(database: Database, condition: str) -> int:
    """Count scored comments with their decision, independently of the replay."""
    query = f"SELECT count(*) FROM scoring JOIN decision ON decision.scoring_id = scoring.id WHERE {condition}"
    with database.session() as session:
        return int(session.scalar(text(query)) or 0)


def shows(page: Page, name: str, count: int) -> None:
    """Wait until a figure of the replay is this count."""
    expect(page.locator(f'[data-figure="{name}"]')).to_have_attribute("data-count", str(count))


REJECTED = "decision.moderator_id IS NOT NULL AND decision.verdict = 'reject'"


def test_moving_a_threshold_replays_it_at_once(page: Page, database: Database) -> None:
    """Slider and number are one; the figures follow without a click and are what SQL counts; nothing is saved."""
    page.goto("/sites/lejour/settings/policy")
    shows(page, "held-incivility", counted(database, "incivility >= 0.5"))
    slider = page.get_by_role("slider", name="Threshold of Incivility")
    for percent in (30, 72):
        slider.fill(str(percent))
        over = f"incivility >= {percent / 100}"
        shows(page, "held-incivility", counted(database, over))
        shows(page, "held", counted(database, f"{over} OR shouting >= 0.5 OR off_topic >= 0.5"))
        mine = f"{REJECTED} AND 'incivility' = ANY(decision.labels)"
        shows(page, "caught-incivility", counted(database, f"{mine} AND {over}"))
        shows(page, "missed-incivility", counted(database, f"{mine} AND NOT {over}"))
        expect(page.locator("[name=threshold-incivility]")).to_have_value(str(percent))
    slider.focus()
    page.keyboard.press("ArrowRight")
    shows(page, "held-incivility", counted(database, "incivility >= 0.73"))
    page.reload()
    expect(page.locator("[name=threshold-incivility]")).to_have_value("50")


def test_a_goal_finds_its_threshold_and_is_saved(page: Page, database: Database) -> None:
    """Choosing "catch 90 %" shows the threshold that does it, saves both, and the rules below show the number."""
    page.goto("/sites/lejour/settings/policy")
    page.locator("[name=goal-incivility]").select_option("catch")
    page.locator("[name=value-incivility]").fill("90")
    field = page.locator("[name=threshold-incivility]")
    expect(field).not_to_have_value("50")
    found = float(field.input_value())
    mine = f"{REJECTED} AND 'incivility' = ANY(decision.labels)"
    assert counted(database, f"{mine} AND incivility >= {found / 100}") >= 0.9 * counted(database, mine)
    page.get_by_role("button", name="Save the policy").first.click()
    expect(page.get_by_text("Saved. Comments that are scored from now on follow it.")).to_be_visible()
    expect(page.locator("[name=goal-incivility]")).to_have_value("catch")
    expect(page.locator("[data-rule=threshold]")).to_contain_text(f"Incivility from {found:g}%")


def test_moving_the_slider_leaves_the_goal(page: Page) -> None:
    """Whoever moves the number means the number: the goal is no longer chosen."""
    page.goto("/sites/lejour/settings/policy")
    page.locator("[name=goal-shouting]").select_option("hold")
    page.locator("[name=value-shouting]").fill("5")
    expect(page.locator("[name=threshold-shouting]")).not_to_have_value("50")
    page.get_by_role("slider", name="Threshold of Shouting").fill("40")
    expect(page.locator("[name=goal-shouting]")).to_have_value("")
    expect(page.locator("[name=threshold-shouting]")).to_have_value("40")


def test_without_script_the_preview_button_replays(
    account: int, browser: Browser, web: str, database: Database
) -> None:
    """With script switched off there is no slider, and Preview shows the same figures."""
    context = browser.new_context(base_url=web, java_script_enabled=False, locale="en")
    page = context.new_page()
    sign_in(page)
    page.goto("/sites/lejour/settings/policy")
    assert page.get_by_role("slider").count() == 0
    page.locator("[name=threshold-incivility]").fill("30")
    page.get_by_role("button", name="Preview").click()
    shows(page, "held-incivility", counted(database, "incivility >= 0.3"))
    context.close()


def test_a_key_is_rotated_and_revoked(page: Page) -> None:
    """A new key is shown once, the old one says until when it works, and revoking asks once before it does."""
    page.goto("/sites/lejour/settings/keys")
    section = page.locator("section", has=page.get_by_role("heading", name="API keys"))
    section.get_by_role("button", name="Make a new secret").click()
    shown = page.locator(".secret-value")
    expect(shown).to_have_value("vigie_" + shown.input_value().split("_", 1)[1])
    expect(section.locator("tbody tr")).to_have_count(2)
    expect(section.locator("tbody tr").last).not_to_contain_text("revoked")
    section.locator("tbody tr").last.locator("summary").click()
    section.get_by_role("button", name="Revoke now").last.click()
    expect(section.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".secret-value")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("fr", 1440, "light"), ("fr", 390, "dark"), ("en", 1440, "dark"), ("en", 390, "light")],
)
def test_settings_are_accessible(
    account: int,
    browser: Browser,
    web: str,
    database: Database,
    language: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    """Axe finds nothing on any tab, filled or with something wrong, and no tab is wider than the window."""
    with database.session() as session:
        session.execute(text("UPDATE moderator SET language = :language"), {"language": language})
        sites.create(session, "autre", "L’Autre Rive")
    context = browser.new_context(base_url=web, locale=language, viewport={"width": width, "height": 844})
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    complaints = watch(page)
    sign_in(page)
    found = {}
    for path in ("/settings", *(f"/sites/lejour/settings/{tab}" for tab in TABS)):
        page.goto(path)
        for summary in page.locator("main summary").all():
            summary.click()
        found[path] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto("/sites/lejour/settings/policy")
    page.locator("[name=goal-incivility]").select_option("precision")
    page.locator("[name=value-incivility]").fill("400")
    page.locator("button[value=preview]").click()
    found["wrong"] = violations(page)
    context.close()
    assert {path: problems for path, problems in found.items() if problems} == {}
    assert complaints == []
