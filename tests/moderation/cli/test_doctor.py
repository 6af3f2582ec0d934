"""`vigie doctor` says what is configured, reachable and trained, and never a secret."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from classifiers.scorer import Scorer
from moderation.database import Database
from moderation.settings import Settings
from moderation.storage import schema
from moderation.storage.sites import SiteRecord
from tests.conftest import Servers
from tests.moderation.cli.conftest import Ended, Vigie
from tests.moderation.taught import champion, taught

NOBODY = "127.0.0.1:1"  # no server listens there


def finding(ended: Ended, what: str) -> str:
    """Return the row of the table about one thing."""
    return next(line for line in ended.out.splitlines() if f" {what} " in line)


@pytest.fixture
def empty_database(servers: Servers) -> Iterator[str]:
    """Return the address of a fresh database without a schema."""
    servers.postgres.ensure_database("doctor")
    url = servers.postgres.url("doctor")
    yield url
    database = Database(url)
    schema.downgrade(database.engine, "base")
    database.dispose()


@pytest.mark.usefixtures("configured", "broker")
def test_all_is_well(vigie: Vigie, site: SiteRecord) -> None:
    """With both servers there the doctor finds nothing to mend, names version, sites and models, and exits 0."""
    ended = vigie("doctor")
    assert "mend" not in ended.out
    assert "sites: lejour; waiting for a score: 0" in finding(ended, "database")
    assert "answers" in finding(ended, "broker")
    assert "incivility-" in finding(ended, "classifiers")
    assert "the shipped ones judge everywhere" in finding(ended, "models")
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.usefixtures("configured", "broker")
def test_champions_are_named_and_one_that_cannot_be_used_is_to_be_mended(
    vigie: Vigie, site: SiteRecord, database: Database, scorer: Scorer
) -> None:
    """The doctor names the champions in use; after its bytes changed one of them is the thing to mend."""
    names = [champion(database, place, taught(scorer, 1.0)) for place in (site.id, None)]
    assert all(name in finding(vigie("doctor"), "models") for name in names)
    with database.session() as session:
        session.execute(text("UPDATE model_version SET artifact = 'x' WHERE name = :name"), {"name": names[0]})
    ended = vigie("doctor")
    assert "mend" in finding(ended, "models")
    assert f"{names[0]} cannot be used here" in finding(ended, "models")
    assert ended.code == 1


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("flags", [(), ("--settings",)])
def test_no_secret_is_printed(
    vigie: Vigie, settings: Settings, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    """Neither keys nor the passwords inside addresses are printed, also when they stand in the query."""
    hidden = make_url(settings.require("database_url"))
    monkeypatch.setenv("VIGIE_DATABASE_URL", hidden.update_query_dict({"passfile": "/s3cret"}).render_as_string(False))
    ended = vigie("doctor", *flags)
    secrets = (settings.secret_key, *settings.encryption_keys, hidden.password, "s3cret")
    secrets += (make_url(settings.require("broker_url")).password,)
    assert [secret for secret in secrets if not secret or str(secret) in ended.out + ended.err] == []
    assert ("(set)" in ended.out) == bool(flags)


@pytest.mark.usefixtures("configured", "database")
@pytest.mark.parametrize(
    ("name", "url", "what"),
    [
        ("VIGIE_DATABASE_URL", f"postgresql://vigie:s3cret@{NOBODY}/vigie", "database"),
        ("VIGIE_BROKER_URL", f"redis://:s3cret@{NOBODY}/0", "broker"),
    ],
)
def test_a_server_that_is_away_is_named(
    vigie: Vigie, monkeypatch: pytest.MonkeyPatch, name: str, url: str, what: str
) -> None:
    """A database or broker that does not answer is the one thing to mend; the doctor exits 1 and keeps the password."""
    monkeypatch.setenv(name, url)
    ended = vigie("doctor")
    assert "mend" in finding(ended, what)
    assert "does not answer" in finding(ended, what)
    assert ended.out.count("mend") == 1
    assert "s3cret" not in ended.out + ended.err
    assert ended.code == 1


@pytest.mark.usefixtures("configured")
def test_an_old_schema_is_named_with_its_cure(
    vigie: Vigie, monkeypatch: pytest.MonkeyPatch, empty_database: str
) -> None:
    """A database without the newest schema is to be mended by `vigie migrate`, after which all is well."""
    monkeypatch.setenv("VIGIE_DATABASE_URL", empty_database)
    before = vigie("doctor")
    assert "run `vigie migrate`" in finding(before, "database")
    assert before.code == 1
    assert vigie("migrate").code == 0
    assert vigie("doctor").code == 0


def test_nothing_configured(vigie: Vigie) -> None:
    """On a machine where nothing was started the doctor says what is not set, that `vigie run` sets it, and exits 1."""
    ended = vigie("doctor")
    assert "VIGIE_SECRET_KEY and VIGIE_ENCRYPTION_KEYS not set; `vigie run`" in finding(ended, "secrets")
    assert "VIGIE_DATABASE_URL is not set" in finding(ended, "database")
    assert "VIGIE_BROKER_URL is not set" in finding(ended, "broker")
    assert "ok" in finding(ended, "classifiers")
    assert ended.code == 1
