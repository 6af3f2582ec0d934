"""The administrator's commands, on the real database."""

import json
import re
from typing import Any

import pytest

from moderation.database import Database
from moderation.domain.errors import NotAuthenticated
from moderation.domain.policy import Policy
from moderation.domain.words import CredentialKind
from moderation.services import credentials
from moderation.settings import Settings
from moderation.storage import moderators, sites
from moderation.storage.sites import SiteRecord
from tests.moderation.cli.conftest import Ended, Vigie
from tests.moderation.services import versions

pytestmark = pytest.mark.usefixtures("configured", "database")


def one_sentence(ended: Ended) -> str:
    """Return the one line that a refused command says."""
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith("vigie: ")
    return ended.err


def shown(vigie: Vigie, slug: str = "lejour") -> Any:
    """Return what show-site prints."""
    return json.loads(vigie("show-site", slug).out)


def test_a_site_is_created_with_secrets_that_work(vigie: Vigie, database: Database) -> None:
    """add-site prints one secret of each kind; the key opens the API, and nothing printed is stored in clear."""
    ended = vigie("add-site", "lejour", "--name", "Le Jour")
    secrets = dict(re.findall(r"^  (\w+) +(\S+)$", ended.out, re.MULTILINE))
    assert set(secrets) == set(CredentialKind)
    with database.session() as session:
        assert credentials.site_of_api_key(session, secrets["api_key"]).name == "Le Jour"
    assert not any(secret in vigie("show-site", "lejour").out for secret in secrets.values())


@pytest.mark.parametrize("slug", ["Le Jour", "", "-a", "a_b", "é", "a" * 64])
def test_a_malformed_slug_is_refused(vigie: Vigie, slug: str) -> None:
    """A slug that would not fit into an address is refused with a cure."""
    assert "slug: may hold a–z" in one_sentence(vigie("add-site", "--", slug))


def test_a_taken_slug_is_refused(vigie: Vigie, site: SiteRecord) -> None:
    """A second site under the same slug is refused, and the first one keeps its secrets."""
    before = shown(vigie)
    assert "'lejour' is taken" in one_sentence(vigie("add-site", "lejour"))
    assert shown(vigie) == before


def test_a_secret_is_rotated_and_the_old_one_revoked(vigie: Vigie, site: SiteRecord, database: Database) -> None:
    """After a rotation both keys work; after a revocation only the new one does."""
    old = vigie("rotate-secret", "lejour", "api_key").out.strip()
    new = vigie("rotate-secret", "lejour", "api_key").out.strip()
    with database.session() as session:
        assert {credentials.site_of_api_key(session, key).id for key in (old, new)} == {site.id}
    public_id = old.split("_")[1]
    assert "works no longer" in vigie("revoke-secret", "lejour", public_id).out
    with database.session() as session:
        assert credentials.site_of_api_key(session, new).id == site.id
        with pytest.raises(NotAuthenticated):
            credentials.site_of_api_key(session, old)
    assert "No credential" in one_sentence(vigie("revoke-secret", "lejour", public_id))


def test_an_overlap_of_zero_ends_the_old_secret_at_once(vigie: Vigie, site: SiteRecord) -> None:
    """With no overlap only the new secret is live."""
    vigie("rotate-secret", "lejour", "signing_secret")
    vigie("rotate-secret", "lejour", "signing_secret", "--overlap-hours", "0")
    assert len(shown(vigie)["secrets"]) == 1


@pytest.mark.parametrize("argv", [("lejour", "nonsense"), ("lejour", "api_key", "--overlap-hours", "-1")])
def test_a_wrong_kind_or_overlap_is_refused(vigie: Vigie, site: SiteRecord, argv: tuple[str, ...]) -> None:
    """An unknown kind of secret and a negative overlap are refused by name, and nothing is made."""
    ended = vigie("rotate-secret", *argv)
    assert (ended.code, ended.out) == (2, "")
    assert "Invalid value for" in ended.err
    assert shown(vigie)["secrets"] == []


def test_a_policy_is_replaced(vigie: Vigie, site: SiteRecord, database: Database) -> None:
    """set-policy stores the complete policy, and what was left out takes its default."""
    ended = vigie("set-policy", "lejour", '{"thresholds": {"incivility": 0.6}, "audit_share": 0.02}')
    stored = json.loads(ended.out)
    assert Policy.from_json(stored) == Policy.from_json({"thresholds": {"incivility": 0.6}, "audit_share": 0.02})
    assert shown(vigie)["policy"] == stored


def test_goals_are_solved_when_they_are_set(vigie: Vigie, site: SiteRecord, database: Database) -> None:
    """A goal finds its threshold at once; a score from which to reject that nothing proves is not taken on trust."""
    with database.session() as session:
        versions.past(session, site.id, 400, decided_by=versions.moderator(session))
    goals = {"goals": {"incivility": {"catch": 0.9}}, "reject_goals": {"incivility": {"precision": 0.98}}}
    stored = json.loads(vigie("set-policy", "lejour", json.dumps(goals | {"reject_from": {"incivility": 0.9}})).out)
    assert stored["thresholds"]["incivility"] > 0.5
    assert (stored["goals"], stored["reject_goals"]) == (goals["goals"], goals["reject_goals"])
    assert stored["reject_from"] == {}
    assert shown(vigie)["policy"] == stored


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ('{"reject_goals": {"incivility": {"catch": 0.9}}}', "policy.reject_goals.incivility: must name one goal"),
        ('{"learn_share": 2}', "policy.learn_share: must be a number"),
        ('{"thresholds": {"incivility": 2}}', "policy.thresholds.incivility: must be a number"),
        ('{"thresholds": {"rude": 0.5}}', "policy.thresholds.rude: is no label"),
        ('{"thresholds": 0.5}', "policy.thresholds: must be an object"),
        ('{"reject_from": ["incivility"]}', "policy.reject_from: must be an object"),
        ('{"reject_from": {"shouting": NaN}}', "policy.reject_from.shouting: must be a number"),
        ('{"shadow": "false"}', "policy.shadow: must be true or false"),
        ('{"audit_share": true}', "policy.audit_share: must be a number"),
        ('{"treshold": {}}', "policy.treshold: is unknown"),
    ],
)
def test_a_wrong_policy_is_refused_by_field(vigie: Vigie, site: SiteRecord, policy: str, field: str) -> None:
    """A wrong policy is refused with the field's name, and the old one stays."""
    before = shown(vigie)["policy"]
    assert field in one_sentence(vigie("set-policy", "lejour", policy))
    assert shown(vigie)["policy"] == before


@pytest.mark.parametrize("policy", ["nonsense", "[]", "[" * 100_000])
def test_a_policy_that_is_no_object_is_refused(vigie: Vigie, site: SiteRecord, policy: str) -> None:
    """What is no JSON object is refused as such."""
    ended = vigie("set-policy", "lejour", policy)
    assert (ended.code, ended.out) == (2, "")
    assert "POLICY" in ended.err
    assert "Traceback" not in ended.err


def test_a_callback_address_is_set_and_removed(vigie: Vigie, site: SiteRecord) -> None:
    """set-callback stores the address and the permission; without an address nobody is told any more."""
    vigie("set-callback", "lejour", "http://127.0.0.1:9/", "--allow-private")
    assert shown(vigie)["callback_url"] == "http://127.0.0.1:9/"
    assert shown(vigie)["callback_private_allowed"] is True
    assert "nobody" in vigie("set-callback", "lejour").out
    assert (shown(vigie)["callback_url"], shown(vigie)["callback_private_allowed"]) == (None, False)


@pytest.mark.parametrize("url", ["nonsense", "ftp://example.org/", "https://", "https://user:pw@example.org/"])
def test_a_wrong_callback_address_is_refused(vigie: Vigie, site: SiteRecord, url: str) -> None:
    """An address that is no plain http(s) address is refused with an example."""
    assert "callback_url: " in one_sentence(vigie("set-callback", "lejour", url))
    assert shown(vigie)["callback_url"] is None


@pytest.mark.parametrize(
    "argv",
    [
        ("show-site", "nowhere"),
        ("set-policy", "nowhere", "{}"),
        ("set-callback", "nowhere"),
        ("rotate-secret", "nowhere", "api_key"),
        ("revoke-secret", "nowhere", "abc"),
    ],
)
def test_an_unknown_site_is_named(vigie: Vigie, argv: tuple[str, ...]) -> None:
    """Each command on a site names the site that does not exist."""
    assert "No site with id 'nowhere'" in one_sentence(vigie(*argv))


def test_a_moderator_is_added(vigie: Vigie, database: Database) -> None:
    """add-moderator creates an account with the role; its password is asked for when left out, and never printed."""
    password = "a lookout on a mast"
    ended = vigie("add-moderator", "Nadia@Example.org", "--role", "administrator", "--password", password)
    with database.session() as session:
        account = moderators.by_email(session, "nadia@example.org")
    assert account
    assert (account.name, account.role) == ("Nadia", "administrator")
    assert password not in ended.out + ended.err + str(account.password_hash)


@pytest.mark.parametrize(
    ("email", "password", "problem"),
    [
        ("nadia@example.org", "short", "password: is too short. Use 12 characters or more"),
        ("nadia@example.org", "", "password: is too short"),
        ("nadia", "a lookout on a mast", "email: is no e-mail address"),
    ],
)
def test_a_wrong_account_is_refused(vigie: Vigie, database: Database, email: str, password: str, problem: str) -> None:
    """A short password or an address that is none is refused, and no account is made."""
    assert problem in one_sentence(vigie("add-moderator", email, "--password", password))
    with database.session() as session:
        assert moderators.by_email(session, email) is None


def test_a_taken_address_is_refused(vigie: Vigie) -> None:
    """A second account under the same address, however it is written, is refused."""
    argv = ("--password", "a lookout on a mast")
    assert vigie("add-moderator", "nadia@example.org", *argv).code == 0
    assert "already has an account" in one_sentence(vigie("add-moderator", " NADIA@example.org", *argv))


def test_a_new_key_is_fit_for_the_settings(vigie: Vigie) -> None:
    """What new-key prints is accepted as an encryption key."""
    keys = {vigie("new-key").out.strip() for _ in range(2)}
    assert len(keys) == 2
    assert set(Settings(encryption_keys=tuple(keys)).encryption_keys) == keys


def test_migrate_says_the_version(vigie: Vigie) -> None:
    """migrate on a database that is up to date changes nothing and says where it stands."""
    assert re.fullmatch(r"The schema is at version \w+\.\n", vigie("migrate").out)


def test_migrate_to_an_unknown_version_is_refused(vigie: Vigie) -> None:
    """A version that does not exist is named, without a traceback."""
    ended = vigie("migrate", "--to", "nonsense")
    assert (ended.code, ended.out) == (2, "")
    assert "nonsense" in ended.err
    assert "Traceback" not in ended.err


def test_sites_are_listed_by_the_database_in_order(database: Database, vigie: Vigie) -> None:
    """Sites that were added one after another are all there."""
    for slug in ("a", "b"):
        vigie("add-site", slug)
    with database.session() as session:
        assert sorted(site.slug for site in sites.all_sites(session)) == ["a", "b"]
