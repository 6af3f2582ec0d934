"""How a site learns, set in the dashboard: shown, saved, refused."""

import re

import pytest

from moderation.database import Database
from moderation.domain.learning_settings import LearningSettings
from moderation.domain.words import Role
from moderation.services import learning_settings
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.settings_desk import BASE, acts, role, site

PAGE = f"{BASE}/learning"
GIVEN = {"when": "own", "cron": "0 4 * * 1", "shadow_comments": "40", "second_share": "2,5"}


@pytest.fixture(autouse=True)
def editor(nadia: ModeratorRecord, database: Database) -> None:
    """Make Nadia an editor."""
    role(database, nadia, Role.EDITOR)


def test_the_default_of_the_house_is_shown(desk: Desk, visitor: Visitor) -> None:
    """A site that set nothing follows the house, whose schedule stands beside the choice."""
    page = visitor.read(PAGE)
    assert re.search(r'value="house" checked> <span>As this house has it: <code>30 3 \* \* \*</code>', page)
    assert re.search(r'name="automatic" checked', page)
    assert re.search(r'name="shadow_comments"[^>]*value="100"', page)


def test_what_is_saved_is_shown_again(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Every field is stored, with a trace, and comes back."""
    assert visitor.send(PAGE, PAGE, **GIVEN).location == PAGE
    stored = learning_settings.of_site(site(database))
    assert stored == LearningSettings("0 4 * * 1", automatic=False, shadow_comments=40, second_share=0.025)
    page = visitor.read(PAGE)
    assert re.search(r'value="own" checked', page)
    assert re.search(r'name="cron"[^>]*value="0 4 \* \* 1"', page)
    assert re.search(r'name="second_share"[^>]*value="2.5"', page)
    assert 'name="automatic" checked' not in page
    assert [name for name, _ in acts(database)] == ["site.learning_changed"]


@pytest.mark.parametrize(("when", "stored"), [("never", "never"), ("house", None), ("nonsense", "0 4 * * 1")])
def test_each_choice_of_times_is_stored(
    desk: Desk, visitor: Visitor, database: Database, when: str, stored: str | None
) -> None:
    """Never, as the house has it, or the schedule in the field."""
    visitor.send(PAGE, PAGE, **(GIVEN | {"when": when}))
    assert learning_settings.of_site(site(database)).cron == stored


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cron", "every night"),
        ("cron", ""),
        ("shadow_comments", "many"),
        ("shadow_comments", "1000000"),
        ("shadow_comments", ""),
        ("second_share", "101"),
        ("second_share", "nan"),
        ("second_share", "-1"),
        ("second_share", "half"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_stored(
    desk: Desk, visitor: Visitor, database: Database, name: str, value: str
) -> None:
    """The field is marked, what was typed stays, and the site is as it was."""
    page = visitor.send(PAGE, PAGE, **(GIVEN | {name: value})).text
    assert re.search(rf'name="{name}"[^>]*aria-invalid="true" aria-describedby="p-{name}"', page)
    assert "nothing was saved" in page
    assert re.search(rf'name="{name}"[^>]*value="{value}"', page)
    assert learning_settings.of_site(site(database)) == LearningSettings()
    assert acts(database) == []
