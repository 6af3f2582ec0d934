"""Settings: typed, frozen, documented; the only reader of the environment.

Each is an environment variable VIGIE_<NAME>, or a line of the file `vigie.env` in the var directory, which
`vigie run` writes at first start. The environment wins over the file. The README's table is compared with this class.
"""

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from limits import parse_many
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from moderation.domain import cron
from moderation.domain.errors import InvalidInput, Misconfigured

SECRETS_FILE = "vigie.env"  # secrets of the first start; an administrator may add settings
EMBEDDED_FILE = "embedded.env"  # addresses of the embedded servers, written at each start


class Settings(BaseSettings):
    """Everything that can be set. Sizes are in bytes, times in the unit of the name, rates as `600/minute`."""

    model_config = SettingsConfigDict(
        env_prefix="VIGIE_",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a wrong value may be a secret, and a traceback ends in a log
    )

    var_dir: Path = Field(default=Path("var"), description="Where embedded servers, secrets and logs live.")
    database_url: str | None = Field(
        default=None, repr=False, description="postgresql://… of the database; unset: an embedded PostgreSQL."
    )
    broker_url: str | None = Field(
        default=None, repr=False, description="redis://… of the broker; unset: an embedded Valkey."
    )
    secret_key: str | None = Field(
        default=None, min_length=32, repr=False, description="Signs cookies; written by the first start."
    )
    encryption_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (), repr=False, description="Fernet keys, comma-separated, that encrypt stored secrets; the first one encrypts."
    )
    host: str = Field(default="127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the web server listens on.")
    public_url: str | None = Field(default=None, description="Address under which people reach the dashboard.")
    secure_cookies: bool = Field(default=False, description="Send cookies over HTTPS only; set it behind TLS.")
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="How many reverse proxies stand in front (X-Forwarded-*)."
    )
    web_processes: int = Field(default=2, ge=1, le=64, description="Processes of the web server.")
    web_threads: int = Field(default=4, ge=1, le=64, description="Threads in each process of the web server.")
    scoring_processes: int = Field(default=1, ge=1, le=64, description="Worker processes that score.")
    database_pool: int = Field(default=5, ge=1, le=100, description="Database connections a process keeps.")
    max_request_bytes: int = Field(default=8_000_000, ge=1_000, description="Largest request body.")
    max_comment_chars: int = Field(default=20_000, ge=1, description="Longest comment, in characters.")
    max_article_chars: int = Field(default=200_000, ge=1, description="Longest article text, in characters.")
    max_batch: int = Field(default=1_000, ge=1, le=10_000, description="Most comments in one request.")
    max_json_depth: int = Field(default=16, ge=4, le=100, description="Deepest nesting of a JSON body.")
    api_rate: str = Field(default="1200/minute", description="Requests that a site may send.")
    login_rate: str = Field(
        default="10/minute", description="Sign-in attempts from one address, and wrong ones on one account."
    )
    session_hours: int = Field(default=12, ge=1, le=720, description="How long a sign-in lasts.")
    oidc_discovery_url: str | None = Field(
        default=None,
        description="https://…/.well-known/openid-configuration of a provider to sign in with; unset: none.",
    )
    oidc_client_id: str | None = Field(default=None, description="What the provider calls this Vigie.")
    oidc_client_secret: str | None = Field(default=None, repr=False, description="The secret shared with the provider.")
    oidc_name: str = Field(default="OpenID Connect", description="The provider's name on the sign-in page.")
    oidc_domains: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Domains of e-mail addresses the provider may send, comma-separated; unset: any."
    )
    oidc_role: str | None = Field(
        default=None,
        pattern="^(administrator|editor|moderator|observer)$",
        description="Role of people whom the provider sends uninvited (needs domains); unset: they stay out.",
    )
    scoring_batch: int = Field(default=200, ge=2, le=2_000, description="Comments scored at once.")
    scoring_lease_seconds: int = Field(default=60, ge=5, le=3600, description="How long a worker may hold a batch.")
    scoring_attempts: int = Field(default=4, ge=1, le=20, description="Tries before a person has to read a comment.")
    sweep_seconds: float = Field(default=5.0, ge=0.5, le=300, description="How often forgotten work is looked for.")
    retrain_cron: str = Field(
        default="30 3 * * *",
        description='When the models of a site are trained again, unless it says so itself (cron, UTC; or "never").',
    )
    shared_retrain_cron: str = Field(
        default="never", description='When the models shared by all sites are trained again (cron, UTC; or "never").'
    )
    metrics_token: str | None = Field(
        default=None, min_length=16, repr=False, description="Bearer token for `GET /metrics`; unset: there is none."
    )
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least severe event logged."
    )

    @field_validator("encryption_keys", "oidc_domains", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("encryption_keys")
    @classmethod
    def _are_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for key in keys:
                Fernet(key)
        except ValueError:
            raise ValueError("each must be a Fernet key, as `vigie new-key` prints them") from None
        return keys

    @field_validator("oidc_discovery_url")
    @classmethod
    def _is_description(cls, url: str | None) -> str | None:
        if url is None or (is_guarded(url) and url.endswith("/.well-known/openid-configuration")):
            return url
        raise ValueError("it must be an address such as https://id.example.org/.well-known/openid-configuration")

    @field_validator("oidc_domains")
    @classmethod
    def _are_domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(domain.lower().removeprefix("@") for domain in domains)

    @model_validator(mode="after")
    def _is_whole(self) -> "Settings":
        if self.oidc_discovery_url and not (self.oidc_client_id and self.oidc_client_secret):
            raise ValueError("VIGIE_OIDC_DISCOVERY_URL needs VIGIE_OIDC_CLIENT_ID and VIGIE_OIDC_CLIENT_SECRET")
        if self.oidc_role and not self.oidc_domains:
            raise ValueError("VIGIE_OIDC_ROLE needs VIGIE_OIDC_DOMAINS: else everybody it knows could come in")
        return self

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, url: str | None) -> str | None:
        try:
            if url is None or make_url(url).get_backend_name() == "postgresql":
                return url
        except (ArgumentError, ValueError):
            pass  # the sentence below says it without repeating what may hold a password
        raise ValueError("it must be an address such as postgresql://user:password@host:5432/name")

    @field_validator("broker_url")
    @classmethod
    def _is_redis(cls, url: str | None) -> str | None:
        try:
            if url is None or _is_address(url, ("redis", "rediss")):
                return url
        except ValueError:
            pass  # as above
        raise ValueError("it must be an address such as redis://:password@host:6379/0")

    @field_validator("api_rate", "login_rate")
    @classmethod
    def _is_rate(cls, rate: str) -> str:
        try:
            parse_many(rate)
        except ValueError:
            raise ValueError("it must be a rate such as 600/minute") from None
        return rate

    @field_validator("retrain_cron", "shared_retrain_cron")
    @classmethod
    def _is_cron(cls, text: str) -> str:
        try:
            cron.check("", text)
        except InvalidInput as error:
            raise ValueError(
                f"it {error.problem.rstrip('.')}; {error.cure[0].lower()}{error.cure[1:].rstrip('.')}"
            ) from None
        return text

    @classmethod
    def load(cls, *, embedded: bool = True, **given: Any) -> "Settings":
        """Read the environment and the files; raise Misconfigured with one sentence when a value is wrong.

        Without `embedded`, the addresses of embedded servers are left out: `vigie run` starts those anew.
        """
        place = Path(given.get("var_dir") or os.environ.get("VIGIE_VAR_DIR") or "var")
        files = [place / name for name in ((EMBEDDED_FILE, SECRETS_FILE) if embedded else (SECRETS_FILE,))]
        try:
            known = {f"VIGIE_{name.upper()}" for name in cls.model_fields}
            if unknown := sorted(k for k in os.environ if k.startswith("VIGIE_") and k not in known):
                raise Misconfigured(f"{unknown[0]} is not a setting; `vigie doctor --settings` lists those that exist.")
            return cls(_env_file=files, **given)
        except ValidationError as error:
            raise Misconfigured(_sentence(error)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"The settings in {place} cannot be read: {error}.") from error

    @property
    def local_address(self) -> str:
        """The address under which programs on this machine reach the web server."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def require(self, name: str) -> str:
        """Return a setting that has to be there by now; raise Misconfigured when it is not."""
        value = getattr(self, name)
        if not value:
            raise Misconfigured(f"VIGIE_{name.upper()} is not set; `vigie run` sets it on first start.")
        return str(value)


def is_guarded(url: str) -> bool:
    """Say whether an address is https, or http to this very machine."""
    try:
        parts = urlsplit(url)
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and local))


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    parts = urlsplit(url)
    return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if not first["loc"]:
        return f"{first['msg'].removeprefix('Value error, ')}."
    name = str(first["loc"][0]).upper()
    if first["type"] == "extra_forbidden":
        return f"{name} is not a setting; `vigie doctor --settings` lists those that exist."
    return f"VIGIE_{name.removeprefix('VIGIE_')} is wrong: {first['msg'].removeprefix('Value error, ')}."
