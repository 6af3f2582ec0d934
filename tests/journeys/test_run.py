"""`vigie run` as a newcomer starts it: first start, second start, accidents, and an end that leaves nothing."""

import json
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import make_url

from moderation.example.backend import thread
from moderation.settings import Settings
from tests.moderation.cli.running import STARTED, Place, eventually, place

COMMENTS = [*thread()["seed"], *thread()["comments"]]


@pytest.fixture(scope="module")
def home() -> Iterator[Place]:
    """Return a place where `vigie run` was started for the first time; what it printed then is its first output."""
    with place() as home:
        home.start()
        yield home


@pytest.fixture
def running(home: Place) -> Place:
    """Return the place, with everything running in it."""
    if not home.runs():
        home.start()
    return home


def first_output(home: Place) -> str:
    """Return what the first start printed."""
    return (home.path / "out-1").read_text(encoding="utf-8")


def secrets_of(home: Place) -> set[str]:
    """Return every secret that the first start made."""
    settings = Settings.load(var_dir=home.var)
    kept: dict[str, Any] = json.loads((home.var / "example" / "site.json").read_text())
    found = {settings.secret_key, *settings.encryption_keys, *(v for v in kept.values() if isinstance(v, str))}
    found |= {make_url(settings.require(name)).password for name in ("database_url", "broker_url")}
    return {str(secret) for secret in found}


def settle(home: Place) -> None:
    """Wait until every decision was told to the example site."""
    waiting = "SELECT count(*) FROM decision d WHERE NOT EXISTS "
    told = "(SELECT FROM callback c WHERE c.decision_id = d.id AND c.state = 'delivered')"
    eventually(lambda: home.ask(waiting + told) == [0], "every callback was delivered", 60)


def test_the_first_start_sets_everything_up(home: Place) -> None:
    """The first start shows the administrator, a row for each comment of the example, the dashboard, and runs on."""
    out = first_output(home)
    assert re.findall(r"^  password  (\S{12,})$", out, re.MULTILINE)
    assert out.count("admin@vigie.example") == 1
    assert len(re.findall(r"(?:in_review|published)", out)) == len({c["id"] for c in COMMENTS})
    assert "pending" not in out
    assert f"The dashboard: http://127.0.0.1:{home.port}/   {STARTED}" in out
    assert "Traceback" not in out
    assert home.runs()
    assert home.answers()


def test_files_with_secrets_are_private(running: Place) -> None:
    """Each file under var/ that holds a secret in clear has mode 0600, and no command line shows one."""
    secrets = secrets_of(running)
    files = [file for file in running.var.rglob("*") if file.is_file()]
    private = [file for file in files if file.stat().st_mode & 0o077 == 0]
    named = [running.var / "vigie.env", running.var / "embedded.env", running.var / "example" / "site.json"]
    assert set(named) <= set(private)
    open_files = [file.read_bytes() for file in set(files) - set(private)]
    assert not any(secret.encode() in content for content in open_files for secret in secrets)
    lines = [" ".join(process.cmdline()) for family in running.family().values() for process in family]
    assert lines
    assert not any(secret in line for line in lines for secret in secrets)
    assert not any(secret in first_output(running) for secret in secrets)


def test_the_example_site_got_each_callback_once(running: Place) -> None:
    """The example site remembers one signed callback for each decision, under the decision's id, and no other."""
    settle(running)
    decided = sorted(running.ask("SELECT event_id FROM decision"))
    eventually(lambda: len(running.received()) >= len(decided), "the receiver wrote everything down")
    assert sorted(event["id"] for event in running.received()) == decided
    assert len(decided) >= len({c["id"] for c in COMMENTS})


def test_the_seed_comments_come_out_as_they_must(running: Place) -> None:
    """`vigie example --check` exits 0 while everything runs, and adds no row to what was posted before."""
    settle(running)
    before = running.rows()
    checked = running.command("example", "--check")
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    assert running.rows() == before


def test_doctor_finds_nothing_to_mend(running: Place) -> None:
    """`vigie doctor` beside a running `vigie run` finds everything well."""
    assert running.command("doctor").returncode == 0


def test_a_taken_port_is_one_sentence(running: Place) -> None:
    """Where another program has the port `vigie run` ends with one sentence that names the cure."""
    with place() as other:
        other.port = running.port
        ended = other.command("run", "--no-example")
    sentence = f"Port {running.port} of 127.0.0.1 is taken by another program; set VIGIE_PORT to another one."
    assert (ended.returncode, ended.stderr) == (1, f"vigie: {sentence}\n")


def test_a_second_run_on_the_same_data_is_refused(running: Place) -> None:
    """On another port, but in the same var/, a second `vigie run` is refused in one sentence and disturbs nothing."""
    with place() as other:
        other.var = running.var
        ended = other.command("run", "--no-example")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("vigie: Vigie already runs")
    assert running.answers()


def test_a_killed_web_server_comes_back(running: Place) -> None:
    """After kill -9 of every process of the web server another one serves, and nothing else was restarted."""
    before = running.family()
    for process in before["gunicorn"]:
        process.kill()
    old = {process.pid for process in before["gunicorn"]}
    eventually(
        lambda: running.answers() and not old & {p.pid for p in running.family().get("gunicorn", [])},
        "the web server came back",
        60,
    )
    assert running.runs()
    valkey = {p.pid for p in before["valkey"]}
    assert valkey <= {p.pid for p in running.family()["valkey"]}


def test_ctrl_c_ends_everything_and_the_next_start_finds_it(running: Place) -> None:
    """Ctrl-C leaves no process; the next start posts nothing, makes no row, and shows no password."""
    settle(running)
    before, heard = running.rows(), running.received()
    assert running.end(signal.SIGINT) == 0
    assert running.left() == []
    out = running.start()
    settle(running)
    assert running.rows() == before
    assert running.received() == heard
    assert "password" not in out
    assert "Posting" not in out
    assert len(re.findall(r"(?:in_review|published)", out)) == len({c["id"] for c in COMMENTS})


def test_kill_9_leaves_no_process_and_no_damage(running: Place) -> None:
    """After kill -9 of `vigie run` itself every child ends, and the next start finds every row."""
    settle(running)
    before = running.rows()
    assert running.end(signal.SIGKILL) == -signal.SIGKILL
    eventually(lambda: not running.left(), "every child ended", 40)
    running.start("--no-example")
    assert running.rows() == before


def test_without_example_nothing_is_posted() -> None:
    """`vigie run --no-example` starts empty: no site, no comment, no receiver; SIGTERM ends it as Ctrl-C does."""
    with place() as empty:
        out = empty.start("--no-example")
        assert "admin@vigie.example" in out
        assert {name: n for name, n in empty.rows().items() if n} == {"moderator": 1}
        assert "example-site" not in empty.family()
        assert not (empty.var / "example").exists()
        assert empty.end(signal.SIGTERM) == 0
        assert empty.left() == []
