"""What holds for every command: help, and one sentence instead of a traceback."""

from inspect import getsourcefile
from pathlib import Path

import click
import pytest

from moderation.cli import vigie as group
from tests.conftest import Servers
from tests.moderation.cli.conftest import Vigie
from tests.moderation.cli.running import free_port

NEEDS = {  # what a command needs before it looks at the settings
    "add-site": ("lejour",),
    "rotate-secret": ("lejour", "api_key"),
    "revoke-secret": ("lejour", "abc"),
    "show-site": ("lejour",),
    "set-callback": ("lejour",),
    "set-policy": ("lejour", "{}"),
    "add-moderator": ("nadia@example.org", "--password", "a lookout on a mast"),
    "invite": ("nadia@example.org",),
    "set-role": ("nadia@example.org",),
    "reset-account": ("nadia@example.org",),
    "close-account": ("nadia@example.org",),
}
WITHOUT_SETTINGS = {"new-key", "settings-table"}
WITHOUT_SERVERS = {"score.py", "learning.py"}  # modules whose commands work on files alone
READERS = sorted(
    name
    for name, command in group.commands.items()
    if name not in WITHOUT_SETTINGS and Path(getsourcefile(command.callback or len) or "").name not in WITHOUT_SERVERS
)
S3CRET = "s3cret-s3cret-s3cret"


def test_the_list_of_commands_is_complete() -> None:
    """Each command that is named above exists, and most commands read settings."""
    assert set(NEEDS) | WITHOUT_SETTINGS <= set(group.commands)
    assert set(NEEDS) < set(READERS)


@pytest.mark.parametrize("name", ["", *sorted(group.commands)])
def test_every_command_has_help(vigie: Vigie, name: str) -> None:
    """`--help` and `-h` of each command say what it does and name every option with a meaning or a default."""
    long, short = (vigie(*filter(None, (name, flag))) for flag in ("--help", "-h"))
    assert long == short
    assert (long.code, long.err) == (0, "")
    command: click.Command = group.commands[name] if name else group
    assert (command.help or "").split("\n")[0] in " ".join(long.out.split())


def test_the_version_is_told(vigie: Vigie) -> None:
    """`vigie --version` names program and version."""
    assert vigie("--version").out.startswith("vigie, version ")


def test_an_unknown_command_is_named(vigie: Vigie) -> None:
    """A mistyped command is named."""
    ended = vigie("scroe")
    assert (ended.code, ended.out) == (2, "")
    assert "scroe" in ended.err


@pytest.mark.parametrize("name", READERS)
def test_a_wrong_setting_stops_every_command(vigie: Vigie, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Each command that reads settings stops at a wrong one with 1 and one sentence that names it."""
    monkeypatch.setenv("VIGIE_PORT", "seventy")
    ended = vigie(name, *NEEDS.get(name, ()))
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith("vigie: VIGIE_PORT is wrong: ")


@pytest.mark.parametrize("name", [*sorted(NEEDS), "migrate", "web", "worker", "beat"])
def test_a_missing_setting_stops_a_command(vigie: Vigie, name: str) -> None:
    """A command that needs a server says which setting is missing and what sets it."""
    ended = vigie(name, *NEEDS.get(name, ()))
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert "is not set; `vigie run` sets it on first start." in ended.err


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("name", [*sorted(NEEDS), "migrate"])
def test_a_database_that_is_away_stops_a_command(vigie: Vigie, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A command on a database that does not answer says so in one sentence, without its password."""
    monkeypatch.setenv("VIGIE_DATABASE_URL", f"postgresql://vigie:{S3CRET}@127.0.0.1:1/vigie")
    ended = vigie(name, *NEEDS.get(name, ()))
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith("vigie: The database does not answer")
    assert S3CRET not in ended.err


@pytest.mark.usefixtures("configured")
def test_a_database_without_schema_stops_a_command(
    vigie: Vigie, monkeypatch: pytest.MonkeyPatch, servers: Servers
) -> None:
    """A command on a database that was never migrated says what to run."""
    servers.postgres.ensure_database("bare")
    monkeypatch.setenv("VIGIE_DATABASE_URL", servers.postgres.url("bare"))
    ended = vigie("show-site", "lejour")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "vigie: The database's schema is missing or old; run `vigie migrate`.\n"


@pytest.mark.parametrize(
    ("var_dir", "in_the_way", "sentence"),
    [
        ("var", "var", "VIGIE_VAR_DIR cannot be made or used: "),
        ("/proc/nowhere", None, "VIGIE_VAR_DIR cannot be made or used: "),
        ("var", "var/run", "{}/var/run cannot be used: File exists."),
    ],
)
def test_a_place_that_cannot_be_used_is_one_sentence(
    vigie: Vigie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, var_dir: str, in_the_way: str | None, sentence: str
) -> None:
    """`vigie run` where a file is in the way of a directory, or none can be made, names the path and the reason."""
    if in_the_way:
        (tmp_path / in_the_way).parent.mkdir(exist_ok=True)
        (tmp_path / in_the_way).touch()
    monkeypatch.setenv("VIGIE_VAR_DIR", var_dir)
    monkeypatch.setenv("VIGIE_PORT", str(free_port()))
    ended = vigie("run")
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert ended.err.startswith("vigie: " + sentence.format(tmp_path))


def test_the_example_needs_a_first_start(vigie: Vigie) -> None:
    """`vigie example` before the first start says what creates the example site."""
    assert vigie("example").err == "vigie: The example site does not exist yet; `vigie run` creates it.\n"


def test_unknown_task_queues_are_refused(vigie: Vigie) -> None:
    """A worker for a task queue that does not exist is refused with the list of those that do."""
    ended = vigie("worker", "--queues", "scoring,nonsense")
    assert (ended.code, ended.out) == (2, "")
    assert "nonsense" in ended.err
    assert "housekeeping" in ended.err
