"""The settings of a site: who may enter, and each tab."""

import re

import pytest
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.errors import NotAuthenticated
from moderation.domain.words import CredentialKind, Role
from moderation.services import credentials, sites
from moderation.services.credentials import Vault
from moderation.storage import sites as stored_sites
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.sites import SiteRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.settings_desk import BASE, TABS, acts, role


@pytest.fixture(autouse=True)
def administrator(nadia: ModeratorRecord, database: Database) -> None:
    """Make Nadia the administrator of every site."""
    with database.session() as session:
        session.get_one(ModeratorRecord, nadia.id).role = Role.ADMINISTRATOR


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_for_an_administrator(desk: Desk, visitor: Visitor, tab: str) -> None:
    """Each tab shows its heading, marks itself as the current one and offers the others."""
    page = visitor.read(f"{BASE}/{tab}")
    assert len(re.findall(r'href="/sites/lejour/settings/\w+"', page)) >= len(TABS)
    assert re.search(rf'href="{BASE}/{tab}" aria-current="page"', page)


@pytest.mark.parametrize(("wanted", "open_tabs"), [(Role.EDITOR, TABS[:4]), (Role.MODERATOR, ()), (Role.OBSERVER, ())])
def test_a_role_enters_its_own_tabs_only(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database, wanted: Role, open_tabs: tuple[str, ...]
) -> None:
    """An editor sets policy, words and messages; the rest is for administrators; others get 403."""
    role(database, nadia, wanted)
    for tab in TABS:
        page = visitor.read(f"{BASE}/{tab}", 200 if tab in open_tabs else 403)
        assert (f'href="{BASE}/keys"' in page) is False
    visitor.read("/settings", 303 if open_tabs else 403)


FORMS = (
    "policy", "words", "words/table", "words/removal", "messages", "messages/1", "messages/1/deletion", "learning",
    "keys", "keys/abc/revocation", "callback", "callback/pause", "callback/trial", "retention",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_the_settings_is_open_to_a_moderator(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database, form: str
) -> None:
    """Each form answers 403 to a moderator, and nothing is written."""
    role(database, nadia, Role.MODERATOR)
    assert visitor.send(f"{BASE}/{form}", "/keys", kind="api_key").status_code == 403
    assert acts(database) == []


def test_the_settings_of_another_site_stay_closed(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """One who administers one site alone sees and enters the settings of that site alone."""
    with database.session() as session:
        other = sites.create(session, "autre", "Autre")
        session.execute(text("UPDATE moderator SET role = NULL WHERE id = :id"), {"id": nadia.id})
        session.execute(
            text("INSERT INTO membership (moderator_id, site_id, role) VALUES (:id, :site, 'administrator')"),
            {"id": nadia.id, "site": other.id},
        )
    assert "Le Jour" not in visitor.read("/sites/autre/settings/keys")
    for tab in TABS:
        visitor.read(f"{BASE}/{tab}", 403)
    assert visitor.client.get("/settings").location == "/sites/autre/settings/policy"


def test_the_way_in_lets_choose_among_sites(desk: Desk, visitor: Visitor, database: Database) -> None:
    """With several sites the way in lists them, and the site switch leads to the chosen one."""
    with database.session() as session:
        sites.create(session, "autre", "Autre")
    page = visitor.read("/settings")
    assert all(f'href="/sites/{slug}/settings/policy"' in page for slug in ("lejour", "autre"))
    assert visitor.client.get("/settings?site=autre").location == "/sites/autre/settings/policy"


# keys and secrets


def test_a_secret_is_shown_once_and_works(desk: Desk, visitor: Visitor, database: Database) -> None:
    """The answer to making a key shows it, it opens the API, and no later page or trail holds it."""
    page = visitor.send(f"{BASE}/keys", f"{BASE}/keys", kind="api_key", overlap="").text
    found = re.search(r'value="(vigie_[^"]+)"', page)
    assert found
    with database.session() as session:
        assert credentials.site_of_api_key(session, found[1]).slug == "lejour"
    later = visitor.read(f"{BASE}/keys")
    assert found[1] not in later
    assert found[1].split("_")[1] in later
    assert acts(database) == [("site.secret_issued", {"kind": "api_key"})]


@pytest.mark.parametrize(("overlap", "old_works"), [("24", True), ("0", False), ("", True)])
def test_rotation_leaves_the_old_secret_its_overlap(
    desk: Desk, visitor: Visitor, database: Database, vault: Vault, overlap: str, old_works: bool
) -> None:
    """After a rotation with an overlap both work, until then; without one the old ends at once; adding ends nothing."""
    with database.session() as session:
        old = credentials.issue(session, vault, session.get_one(SiteRecord, desk.site.id), CredentialKind.API_KEY)
    page = visitor.send(f"{BASE}/keys", f"{BASE}/keys", kind="api_key", overlap=overlap).text
    new = re.findall(r'value="(vigie_[^"]+)"', page)[0]
    with database.session() as session:
        assert credentials.site_of_api_key(session, new)
        kept = {
            c.public_id: c.expires_at
            for c in stored_sites.live_credentials(session, desk.site.id, CredentialKind.API_KEY)
        }
    assert (old.split("_")[1] in kept) is old_works
    assert bool(kept.get(old.split("_")[1])) is (overlap == "24")


def test_a_revoked_secret_opens_nothing(desk: Desk, visitor: Visitor, database: Database, vault: Vault) -> None:
    """Revoking ends a key at once, and an unknown id is a page that says so."""
    with database.session() as session:
        key = credentials.issue(session, vault, session.get_one(SiteRecord, desk.site.id), CredentialKind.API_KEY)
    public_id = key.split("_")[1]
    assert visitor.send(f"{BASE}/keys/{public_id}/revocation", f"{BASE}/keys").status_code == 303
    with database.session() as session, pytest.raises(NotAuthenticated):
        credentials.site_of_api_key(session, key)
    assert visitor.send(f"{BASE}/keys/nothing/revocation", f"{BASE}/keys").status_code == 404
    assert acts(database) == [("site.secret_revoked", {"public_id": public_id})]


def test_the_last_use_of_a_key_is_known(desk: Desk, visitor: Visitor, database: Database, vault: Vault) -> None:
    """A key that was never used says so; one use is noted, and the next one in the same hour writes nothing."""
    with database.session() as session:
        key = credentials.issue(session, vault, session.get_one(SiteRecord, desk.site.id), CredentialKind.API_KEY)
    assert "not yet" in visitor.read(f"{BASE}/keys")
    noted = []
    for _ in range(2):
        with database.session() as session:
            credentials.site_of_api_key(session, key)
        with database.session() as session:
            noted.append(session.scalar(text("SELECT last_used_at FROM credential")))
    assert noted[0] is not None
    assert noted[0] == noted[1]
    assert "not yet" not in visitor.read(f"{BASE}/keys")


@pytest.fixture
def french(nadia: ModeratorRecord, database: Database) -> None:
    """Have Nadia read French."""
    with database.session() as session:
        session.get_one(ModeratorRecord, nadia.id).language = "fr"


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_speaks_french(desk: Desk, visitor: Visitor, tab: str) -> None:
    """In French the heading of each tab is French."""
    headings = (
        "Règles et seuils",
        "Termes interdits et surveillés",
        "Messages aux auteurs",
        "Apprentissage",
        "Clés et secrets",
        "Rappel",
        "Conservation",
    )
    assert headings[TABS.index(tab)] in visitor.read(f"{BASE}/{tab}")
