"""A cluster, PostgreSQL's word for its data directory: how it is made, and whether we may use it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from moderation.embedded.account import can_read
from moderation.embedded.errors import PlaceUnusable, ServerFailed
from moderation.embedded.keepsakes import write_private
from moderation.embedded.program import Account

ROLE = "vigie"
_INITDB = (
    f"--username={ROLE}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


def initialise(programs: Path, cluster: Path, account: Account | None, password: str) -> None:
    """Make the cluster, under another name first, so that a half-made one is never taken for it.

    ServerFailed, with what `initdb` said, when it cannot be made.
    """
    draft, password_file = cluster.with_name("cluster.draft"), cluster.with_name("password.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    write_private(password_file, password)
    if account is not None:
        os.chown(draft, account.uid, account.gid)
        os.chown(password_file, account.uid, account.gid)
    try:
        _run([str(programs / "initdb"), *_INITDB, f"--pwfile={password_file}", "-D", str(draft)], account)
    finally:
        password_file.unlink()
    draft.rename(cluster)


def check_reach(cluster: Path, account: Account | None) -> None:
    """PlaceUnusable, with the cure, when the user that would run the server cannot use the cluster."""
    owner = cluster.stat().st_uid
    if account is None and owner != os.geteuid():
        raise PlaceUnusable(f"{cluster} belongs to user number {owner}: run as that user, or as root.")
    if not can_read(cluster, account):
        raise PlaceUnusable(
            f"User number {owner}, who owns {cluster}, cannot enter the folders above it: "
            "run `chmod o+x` on them, or run as that user."
        )


def environment() -> dict[str, str]:
    """Nothing of ours: no PGDATA, no secret, no locale that the machine may lack."""
    return {"PATH": os.defpath, "LC_ALL": "C"}


def _run(command: list[str], account: Account | None) -> None:
    result = subprocess.run(
        command,
        env=environment(),
        cwd="/",
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if result.returncode != 0:
        said = result.stderr.decode(errors="replace").strip()
        raise ServerFailed(f"The embedded PostgreSQL could not be initialised: {said}")
