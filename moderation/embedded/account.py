"""Who a server runs as when we are root, and what that account can reach. Nothing is changed here."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

from moderation.embedded.errors import PlaceUnusable
from moderation.embedded.program import Account

_ENTER, _READ = 0o1, 0o4


def unprivileged_account(cluster: Path) -> Account | None:
    """None unless we are root; then the owner of the data if there is any, else `nobody`.

    PlaceUnusable when the system has no `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and cluster.stat().st_uid != 0:
        return Account(cluster.stat().st_uid, cluster.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise PlaceUnusable(
            "PostgreSQL refuses to run as root and this system has no user 'nobody': run as an ordinary user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def can_enter(directory: Path, account: Account | None) -> bool:
    """Whether the account can walk down to a path inside the directory, judged by owner, group and mode.

    None is ourselves, who can.
    """
    if account is None:
        return True
    resolved = directory.resolve()
    return all(_allows(folder, account, _ENTER) for folder in (resolved, *resolved.parents))


def can_read(path: Path, account: Account | None) -> bool:
    """Whether the account can walk down to the file or directory and read it; False when it is not there."""
    if not path.exists():
        return False
    return can_enter(path.resolve().parent, account) and (account is None or _allows(path, account, _READ))


def _allows(path: Path, account: Account, wanted: int) -> bool:
    facts = path.stat()
    shift = 6 if facts.st_uid == account.uid else 3 if facts.st_gid == account.gid else 0
    return (stat.S_IMODE(facts.st_mode) >> shift) & wanted == wanted
