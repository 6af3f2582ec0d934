"""The screen of models: what judges, its shadow, what waits, and what an editor does about it."""

import re

import pytest
from redis import Redis

from moderation.database import Database
from moderation.domain.words import Role
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.settings_desk import role

PAGE = "/sites/lejour/models"


@pytest.fixture(autouse=True)
def editor(nadia: ModeratorRecord, database: Database, broker: Redis) -> None:
    """Make Nadia an editor of every site."""
    role(database, nadia, Role.EDITOR)


def section(page: str, label: str) -> str:
    """Return what the page says about one label."""
    found = re.search(rf'<section class="sheet label-models {label}".*?</section>', page, re.S)
    assert found
    return found[0]


def test_without_any_version_the_shipped_models_judge(desk: Desk, visitor: Visitor) -> None:
    """A new site says for each label that the shipped model judges, and offers to train."""
    page = visitor.read(PAGE)
    assert page.count("The model that ships with Vigie.") == 3
    assert "Train now" in page
    assert "Roll back" not in page
