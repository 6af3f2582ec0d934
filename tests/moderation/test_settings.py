"""Settings: where they come from, which wins, and what is said about a wrong one."""

import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from moderation.domain.errors import Misconfigured
from moderation.settings import EMBEDDED_FILE, SECRETS_FILE, Settings

S3CRET = "s3cret"
KEYS = [Fernet.generate_key().decode() for _ in range(2)]


@pytest.fixture(autouse=True)
def var_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty directory that has an empty var/."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    return tmp_path / "var"


def test_defaults_are_enough() -> None:
    """Without environment and files every setting has a default that is valid."""
    settings = Settings.load()
    assert (settings.port, settings.database_url, settings.encryption_keys) == (8000, None, ())


def test_the_environment_wins_over_the_file_of_secrets_and_that_over_embedded_addresses(
    var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Environment, then vigie.env, then embedded.env, then the default."""
    (var_dir / EMBEDDED_FILE).write_text("VIGIE_DATABASE_URL=postgresql://a/e\nVIGIE_BROKER_URL=redis://e:1/0\n")
    (var_dir / SECRETS_FILE).write_text("VIGIE_DATABASE_URL=postgresql://a/s\nVIGIE_PORT=9001\nVIGIE_WEB_THREADS=2\n")
    monkeypatch.setenv("VIGIE_PORT", "9002")
    settings = Settings.load()
    assert settings.broker_url == "redis://e:1/0"
    assert settings.database_url == "postgresql://a/s"
    assert (settings.web_threads, settings.port) == (2, 9002)
    assert Settings.load(embedded=False).broker_url is None


def test_the_var_directory_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """VIGIE_VAR_DIR says which files are read; an empty variable counts as absent."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / SECRETS_FILE).write_text("VIGIE_PORT=9003\n")
    monkeypatch.setenv("VIGIE_VAR_DIR", str(tmp_path / "elsewhere"))
    assert Settings.load().port == 9003
    monkeypatch.setenv("VIGIE_VAR_DIR", "")
    assert Settings.load().port == 8000


def test_several_keys_are_read_from_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encryption keys are separated by commas; blanks and a last comma do no harm."""
    monkeypatch.setenv("VIGIE_ENCRYPTION_KEYS", f" {KEYS[0]} , {KEYS[1]},")
    assert Settings.load().encryption_keys == tuple(KEYS)


WRONG = [
    ("PORT", "seventy"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("LOG_LEVEL", "LOUD"),
    ("SECRET_KEY", S3CRET),
    ("ENCRYPTION_KEYS", S3CRET),
    ("ENCRYPTION_KEYS", f"{KEYS[0]},{S3CRET}"),
    ("DATABASE_URL", f"mysql://vigie:{S3CRET}@localhost/vigie"),
    ("DATABASE_URL", f"postgresql://vigie:{S3CRET}@localhost:{S3CRET}/vigie"),
    ("DATABASE_URL", S3CRET),
    ("BROKER_URL", f"amqp://vigie:{S3CRET}@localhost//"),
    ("BROKER_URL", f"redis://:{S3CRET}@localhost:{S3CRET}/0"),
    ("BROKER_URL", S3CRET),
    ("API_RATE", "many"),
    ("LOGIN_RATE", "10 per fortnight"),
    ("SECURE_COOKIES", "perhaps"),
    ("SWEEP_SECONDS", "nan"),
    ("WEB_PROCESSES", "1.5"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{name}-{at}" for at, (name, _) in enumerate(WRONG)])
def test_a_wrong_value_is_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A wrong value is named with what is wanted, in one sentence that never repeats what may be a secret."""
    monkeypatch.setenv(f"VIGIE_{name}", value)
    with pytest.raises(Misconfigured, match=rf"^VIGIE_{name} is wrong: [^\n]+\.$") as stopped:
        Settings.load()
    told = str(stopped.value) + str(stopped.value.__cause__)
    assert S3CRET not in told


@pytest.mark.parametrize("value", [f"postgresql+psycopg://v:{S3CRET}@h/v", "postgresql:///v?host=/run/postgresql"])
def test_other_ways_to_write_an_address_are_accepted(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """An address may name the driver, or a socket's directory."""
    monkeypatch.setenv("VIGIE_DATABASE_URL", value)
    assert Settings.load().database_url == value


@pytest.mark.parametrize("name", ["VIGIE_PROT", "VIGIE_SECRET"])
def test_an_unknown_setting_is_named(monkeypatch: pytest.MonkeyPatch, var_dir: Path, name: str) -> None:
    """A mistyped name is refused, in the environment and in the file."""
    sentence = f"{name} is not a setting; `vigie doctor --settings` lists those that exist."
    (var_dir / SECRETS_FILE).write_text(f"{name}={S3CRET}\n")
    with pytest.raises(Misconfigured, match=re.escape(sentence)):
        Settings.load()
    (var_dir / SECRETS_FILE).unlink()
    monkeypatch.setenv(name, S3CRET)
    with pytest.raises(Misconfigured, match=re.escape(sentence)):
        Settings.load()


def test_a_file_that_is_no_text_is_named(var_dir: Path) -> None:
    """A file of settings that cannot be decoded stops the start with one sentence."""
    (var_dir / SECRETS_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Misconfigured, match="The settings in var cannot be read"):
        Settings.load()


def test_secrets_are_not_in_what_is_printed_of_the_settings() -> None:
    """repr() of settings, which ends in logs and tracebacks, holds no secret."""
    settings = Settings(
        secret_key=S3CRET * 6,
        encryption_keys=tuple(KEYS),
        database_url=f"postgresql://v:{S3CRET}@h/v",
        broker_url=f"redis://:{S3CRET}@h/0",
    )
    assert not any(secret in repr(settings) + str(settings) for secret in (S3CRET, *KEYS))


def test_settings_cannot_be_changed() -> None:
    """Settings are frozen."""
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


def test_a_setting_that_has_to_be_there_is_asked_for() -> None:
    """A setting that is needed and missing is named with what sets it."""
    with pytest.raises(Misconfigured, match="VIGIE_BROKER_URL is not set; `vigie run`"):
        Settings().require("broker_url")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104
        ("::", "[::1]"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "[::1]"),
        ("a.example", "a.example"),
    ],
)
def test_the_local_address_can_be_opened(host: str, address: str) -> None:
    """Programs on this machine reach the web server by an address that is one, whatever it listens on."""
    assert Settings(host=host).local_address == f"http://{address}:8000"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"oidc_discovery_url": "http://id.example.org/.well-known/openid-configuration"}, "such as https://"),
        ({"oidc_discovery_url": "https://id.example.org/"}, "such as https://"),
        ({"oidc_discovery_url": "http://localhost.evil.example/.well-known/openid-configuration"}, "such as https://"),
        ({"oidc_discovery_url": "https://a.org/.well-known/openid-configuration"}, "needs VIGIE_OIDC_CLIENT_ID"),
        ({"oidc_role": "moderator"}, "VIGIE_OIDC_ROLE needs VIGIE_OIDC_DOMAINS"),
        ({"oidc_role": "emperor", "oidc_domains": "example.org"}, "oidc_role"),
    ],
)
def test_settings_that_open_too_much_are_refused(given: dict[str, Any], sentence: str) -> None:
    """Plain http is for this machine only, and a role for everybody needs the domains of everybody."""
    with pytest.raises(ValidationError, match=sentence):
        Settings(**given)
    good: dict[str, Any] = {
        "oidc_discovery_url": "http://127.0.0.1:9/.well-known/openid-configuration",
        "oidc_client_id": "vigie",
        "oidc_client_secret": "s",
        "oidc_role": "moderator",
        "oidc_domains": "@Example.org, b.org",
    }
    assert Settings(**good).oidc_domains == ("example.org", "b.org")
