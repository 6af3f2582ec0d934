"""The files of the project: those that git knows or would take in, and without git those that are there."""

import subprocess
from functools import cache
from pathlib import Path

import moderation

ROOT = Path(next(iter(moderation.__path__))).parent
HOUSES = ("moderation", "classifiers", "workers")
MIGRATIONS = ROOT / "moderation" / "storage" / "migrations"
_NOT_OURS = {"var", "dist", "build", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the project."""
    if (ROOT / ".git").exists():
        listed = ("git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
        return tuple(sorted(file for name in set(names) if name and (file := ROOT / name).is_file()))
    return tuple(sorted(file for file in ROOT.rglob("*") if file.is_file() and _is_ours(file.relative_to(ROOT))))


def modules(*folders: str) -> list[Path]:
    """Return the Python files below some folders of the project."""
    return [f for f in files() if f.suffix == ".py" and f.relative_to(ROOT).parts[0] in folders]


def short(file: Path) -> str:
    """Return a file's path inside the project."""
    return str(file.relative_to(ROOT))


def _is_ours(file: Path) -> bool:
    return not any(part in _NOT_OURS or part.startswith(".") or part.endswith(".egg-info") for part in file.parts)
