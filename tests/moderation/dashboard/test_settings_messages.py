"""The settings of a site: messages to writers."""

import pytest

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import sites
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.settings_desk import BASE, acts


@pytest.fixture(autouse=True)
def administrator(nadia: ModeratorRecord, database: Database) -> None:
    """Make Nadia the administrator of every site."""
    with database.session() as session:
        session.get_one(ModeratorRecord, nadia.id).role = Role.ADMINISTRATOR


def test_messages_are_made_changed_and_deleted(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A message is shown after it was made, changed under the same id, refused when incomplete or taken, deleted."""
    here = f"{BASE}/messages"
    visitor.send(here, here, name="Ton", text_fr="Restons courtois.", text_en="Let us stay civil.")
    assert "Let us stay civil." in visitor.read(here)
    assert 'value="Ton"' in visitor.read(f"{here}/1")
    visitor.send(f"{here}/1", here, name="Ton", text_fr="Restons calmes.", text_en="Stay calm.")
    assert "Restons calmes." in visitor.read(here)
    assert "Another message has this name." in visitor.send(here, here, name="Ton", text_fr="a", text_en="b").text
    assert "Write the English text" in visitor.send(here, here, name="Autre", text_fr="a", text_en=" ").text
    assert visitor.send(f"{here}/9", here, name="x", text_fr="a", text_en="b").status_code == 404
    visitor.send(f"{here}/1/deletion", here)
    assert "There is none yet." in visitor.read(here)
    assert acts(database) == [
        ("site.templates_changed", {"made": "Ton"}),
        ("site.templates_changed", {"changed": "Ton"}),
        ("site.templates_changed", {"deleted": "Ton"}),
    ]


def test_a_message_of_another_site_is_not_reachable(desk: Desk, visitor: Visitor, database: Database) -> None:
    """The id of another site's message is unknown here."""
    with database.session() as session:
        sites.create(session, "autre", "Autre")
    visitor.send("/sites/autre/settings/messages", f"{BASE}/messages", name="Ton", text_fr="a", text_en="b")
    visitor.read(f"{BASE}/messages/1", 404)
    assert visitor.send(f"{BASE}/messages/1/deletion", f"{BASE}/messages").status_code == 404


def test_what_is_written_in_a_message_is_shown_as_text(desk: Desk, visitor: Visitor) -> None:
    """Markup in a message is shown, not obeyed."""
    here = f"{BASE}/messages"
    visitor.send(here, here, name="<b>n", text_fr="<script>alert(1)</script>", text_en="\u202ex")
    page = visitor.read(here)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
