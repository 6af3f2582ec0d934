"""How the tests call the `vigie` command: in this process, with the real servers' settings in the environment."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from classifiers.scorer import Scorer
from moderation import cli
from moderation.settings import Settings


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Vigie = Callable[..., Ended]


@pytest.fixture
def vigie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], scorer: Scorer) -> Vigie:
    """Run a command as `vigie …` does, in an empty directory; the classifiers are loaded once a run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Scorer, "load", lambda *_: scorer)
    monkeypatch.setenv("COLUMNS", "250")

    def run(*argv: str, given: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "argv", ["vigie", *argv])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        written = capsys.readouterr()
        return Ended(int(end.value.code or 0), written.out, written.err)

    return run


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Settings:
    """Put the settings of the real servers into the environment."""
    for name in ("database_url", "broker_url", "secret_key"):
        monkeypatch.setenv(f"VIGIE_{name.upper()}", settings.require(name))
    monkeypatch.setenv("VIGIE_ENCRYPTION_KEYS", ",".join(settings.encryption_keys))
    monkeypatch.setenv("VIGIE_VAR_DIR", str(settings.var_dir))
    return settings
