"""How a site learns: defaults, changes with a trace, and what is refused."""

from typing import Any

import pytest

from moderation.database import Database
from moderation.domain.errors import InvalidInput
from moderation.domain.learning_settings import LearningSettings
from moderation.services import learning_settings, sites
from moderation.storage.sites import SiteRecord
from tests.moderation.dashboard.settings_desk import acts


@pytest.fixture
def site(database: Database) -> SiteRecord:
    """Return a site that never set anything."""
    with database.session() as session:
        return sites.create(session, "lejour", "Le Jour")


def change(database: Database, site: SiteRecord, **values: Any) -> LearningSettings:
    """Change the settings in a transaction of its own."""
    with database.session() as session:
        return learning_settings.change(session, None, session.get_one(SiteRecord, site.id), values)


def stored(database: Database, site: SiteRecord) -> LearningSettings:
    """Return the settings as the next request reads them."""
    with database.session() as session:
        return learning_settings.of_site(session.get_one(SiteRecord, site.id))


def test_what_was_never_set_has_its_default(database: Database, site: SiteRecord) -> None:
    """A new site trains as the house has it and promotes what is proven."""
    assert stored(database, site) == LearningSettings(None, automatic=True, shadow_comments=100, second_share=0.0)


def test_a_change_keeps_the_rest_and_leaves_a_trace(database: Database, site: SiteRecord) -> None:
    """Only the named settings move; the audit trail has the values before and after."""
    change(database, site, cron="0 4 * * 1", second_share=0.05)
    change(database, site, automatic=False)
    assert stored(database, site) == LearningSettings("0 4 * * 1", automatic=False, second_share=0.05)
    (_, first), (name, second) = acts(database)
    assert name == "site.learning_changed"
    assert second["before"] == first["after"]
    assert second["after"] == stored(database, site).to_json()


def test_what_is_the_same_leaves_no_trace(database: Database, site: SiteRecord) -> None:
    """Saving what is there already is no change."""
    change(database, site, automatic=True, cron=None)
    assert acts(database) == []


@pytest.mark.parametrize("schedule", ["30 3 * * *", "*/15 0-6 1,15 * 1-5", "never", None])
def test_a_schedule_is_five_fields_or_never(database: Database, site: SiteRecord, schedule: str | None) -> None:
    """Cron lines, the word never, and nothing are taken."""
    assert change(database, site, cron=schedule).cron == schedule


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cron", "30 3 * *"),
        ("cron", "30 3 * * * *"),
        ("cron", "every night, please and thanks"),
        ("cron", "61 3 * * *"),
        ("cron", "0 25 * * *"),
        ("cron", "0 3 31-1 * *"),
        ("cron", "*/0 3 * * *"),
        ("cron", ""),
        ("cron", "0 " * 400),
        ("cron", 5),
        ("automatic", "yes"),
        ("shadow_comments", -1),
        ("shadow_comments", 100_001),
        ("second_share", 1.5),
        ("taste", 1),
    ],
)
def test_a_wrong_value_is_named_and_changes_nothing(
    database: Database, site: SiteRecord, name: str, value: Any
) -> None:
    """InvalidInput names the field, and neither the site nor the audit trail is touched."""
    with pytest.raises(InvalidInput) as refused:
        change(database, site, **({"automatic": False} | {name: value}))
    assert refused.value.field == f"learning.{name}"
    assert stored(database, site) == LearningSettings()
    assert acts(database) == []
