"""Rejecting by a goal and choosing what teaches, as the policy screen of a site asks for them."""

import re

import pytest

from moderation.database import Database
from moderation.domain.words import Label, Role
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.settings_desk import BASE, acts, role, shown_rules, site
from tests.moderation.services import versions

HERE = f"{BASE}/policy"
FIELDS = {f"threshold-{label}": "50" for label in Label} | {"audit": "0", "act": "save"}


@pytest.fixture(autouse=True)
def editor(nadia: ModeratorRecord, database: Database) -> None:
    """Make Nadia an editor."""
    role(database, nadia, Role.EDITOR)


def sure(database: Database, site_id: int, moderator_id: int, count: int) -> None:
    """Write comments whose incivility was held and rejected by a moderator, every one of them from 0.8 on."""
    with database.session() as session:
        wrong = {"rejected": lambda score, _: score >= 0.8}
        versions.past(session, site_id, count, decided_by=moderator_id, key="sure", **wrong)  # type: ignore[arg-type]


def test_rejecting_follows_a_goal_once_decisions_prove_it(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """98 % finds the score from which what moderators decided proves it, saves both, and shows the trade-off."""
    sure(database, desk.site.id, nadia.id, 1500)
    fields = FIELDS | {"surely-incivility": "98", "reject-incivility": "55"}
    assert visitor.send(HERE, HERE, **fields).status_code == 303
    policy = site(database).policy
    assert policy["reject_goals"] == {"incivility": {"precision": 0.98}}
    limit = policy["reject_from"]["incivility"]
    assert 0.75 <= limit <= 0.85
    page = visitor.read(HERE)
    assert f'name="reject-incivility" min="0" max="100" step="any" value="{limit * 100:g}"' in page
    table = re.search(r'data-rejecting="incivility">(.*?)</table>', page, re.DOTALL)
    assert table
    rows = re.findall(
        r'"row">([\d.]+) %</th><td>[\d.]+</td><td>([\d.]+)&nbsp;%</td><td>([\d.]+)&nbsp;%</td><td>(\d+)', table[1]
    )
    assert [row[0] for row in rows][:2] == ["50", "55"]
    assert all(float(low) < float(share) or float(share) == 100 for _, share, low, _ in rows)
    assert any(float(low) >= 98 for _, _, low, _ in rows)
    assert "a person decides 2%, so that the goal stays proven" in dict(shown_rules(page))["reject_from"]


def test_a_goal_that_nothing_proves_rejects_nothing(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """With few decisions the goal is kept, no score is, and the screen says how many decisions it needs."""
    sure(database, desk.site.id, nadia.id, 60)
    fields = FIELDS | {"surely-incivility": "98", "reject-incivility": "97"}
    previewed = visitor.send(HERE, HERE, **(fields | {"act": "preview"})).text
    assert re.search(r'data-waits="surely-incivility">Nothing is rejected yet: \d+ decisions from', previewed)
    assert visitor.send(HERE, HERE, **fields).status_code == 303
    policy = site(database).policy
    assert (policy["reject_goals"], policy["reject_from"]) == ({"incivility": {"precision": 0.98}}, {})
    page = visitor.read(HERE)
    assert dict(shown_rules(page))["reject_from"] == "Not proven yet, so nothing is rejected: Incivility."


@pytest.mark.parametrize("value", ["100", "40", "x"])
def test_a_share_that_cannot_be_proven_is_refused(desk: Desk, visitor: Visitor, database: Database, value: str) -> None:
    """All of it can never be proven, and less than half is no goal."""
    page = visitor.send(HERE, HERE, **(FIELDS | {"surely-shouting": value})).text
    assert 'id="p-surely-shouting">' in page
    assert acts(database) == []


def test_the_share_for_learning_is_in_the_rules(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Off by default, with a suggestion; what is saved is said in the rules."""
    page = visitor.read(HERE)
    assert "(2% is a good start)" in page
    assert dict(shown_rules(page))["learning"] == "Off: nothing is chosen because it teaches the model."
    visitor.send(HERE, HERE, **(FIELDS | {"learn": "3"}))
    assert site(database).policy["learn_share"] == 0.03
    assert "at most 3% of what is held" in dict(shown_rules(visitor.read(HERE)))["learning"]
