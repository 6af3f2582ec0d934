"""`vigie doctor`: what is configured, reachable and trained. Prints no secret."""

from collections.abc import Callable, Iterator
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from classifiers.scorer import Scorer, Submission
from moderation.clients.tasks import TaskPublisher
from moderation.database import Database
from moderation.domain.errors import VigieError
from moderation.domain.words import ModelState
from moderation.services.credentials import Vault
from moderation.services.model_store import ModelStore
from moderation.settings import Settings
from moderation.storage import models, schema, sites, work

SECRET = ("secret_key", "encryption_keys", "oidc_client_secret")
NEEDED = ("secret_key", "encryption_keys")
"""Without these two nothing starts; the other secrets belong to what one may leave out."""
ADDRESS = ("database_url", "broker_url")  # their passwords, and queries that may hold one, are left out


@click.command()
@click.option("--settings", "show_settings", is_flag=True, help="List every setting with its value and meaning.")
def doctor(show_settings: bool) -> None:
    """Say what is configured, reachable and trained; exit 1 when something is missing."""
    settings = Settings.load()
    console = Console()
    if show_settings:
        console.print(_settings_table(settings))
    findings = list(_examine(settings))
    table = Table("", "what", "finding")
    for good, what, finding in findings:
        table.add_row("[green]ok[/]" if good else "[yellow]mend[/]", what, finding)
    console.print(table)
    if not all(good for good, _, _ in findings):
        raise click.exceptions.Exit(1)


@click.command("settings-table", hidden=True)
def settings_table() -> None:
    """Print the table of settings in the README."""
    click.echo(table_of_settings())


COMMANDS = (doctor, settings_table)


def table_of_settings() -> str:
    """Return every setting with its default and meaning as a Markdown table."""
    rows = [("variable", "default", "meaning"), ("---", "---", "---")]
    for name, field in Settings.model_fields.items():
        rows.append((f"`VIGIE_{name.upper()}`", _default(field.default), field.description or ""))
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)


Finding = tuple[bool, str, str]


def _examine(settings: Settings) -> Iterator[Finding]:
    yield _secrets(settings)
    database = _checked("database", lambda: _database(settings))
    yield database
    yield _checked("broker", lambda: _broker(settings))
    yield _checked("classifiers", _classifiers)
    if database[0]:
        yield _checked("models", lambda: _models(settings))


def _secrets(settings: Settings) -> Finding:
    missing = [f"VIGIE_{name.upper()}" for name in NEEDED if not getattr(settings, name)]
    if missing:
        return False, "secrets", f"{' and '.join(missing)} not set; `vigie run` writes them on first start"
    return _checked("secrets", lambda: (Vault(settings.encryption_keys), "set")[1])


def _database(settings: Settings) -> str:
    database = Database(settings.require("database_url"))
    try:
        with database.session() as session:
            version = session.scalar(text("SHOW server_version"))
            here, wanted = schema.current(database.engine), schema.newest()
            if here != wanted:
                raise VigieError(f"the schema is at version {here}, the code needs {wanted}: run `vigie migrate`")
            names = ", ".join(site.slug for site in sites.all_sites(session)) or "none"
            pending = work.pending_count(session)
        return f"PostgreSQL {version}, schema {here}; sites: {names}; waiting for a score: {pending}"
    finally:
        database.dispose()


def _broker(settings: Settings) -> str:
    url = settings.require("broker_url")
    if not TaskPublisher(url).reachable():
        raise VigieError("does not answer; comments are accepted, and scored once it is back")
    return "answers"


def _classifiers() -> str:
    scorer = Scorer.load()
    versions = scorer.score([Submission(text="Bonjour")])[0].model_versions
    return ", ".join(f"{label} {version}" for label, version in versions.items())


def _models(settings: Settings) -> str:
    """Name the champions in use; one that this machine cannot use has to be mended."""
    store = ModelStore(Scorer.load().versions)
    database = Database(settings.require("database_url"))
    try:
        with database.session() as session:
            known = {site.id for site in sites.all_sites(session)}
            standing = models.standing(session, known)
            store.load(session, known)
    finally:
        database.dispose()
    if refused := [one.name for one in standing if one.id in store.refused]:
        raise VigieError(f"{', '.join(refused)} cannot be used here; `vigie models show NAME` says why")
    champions = sorted(one.name for one in standing if one.state == ModelState.CHAMPION)
    return ", ".join(champions) or "the shipped ones judge everywhere"


def _checked(what: str, examine: Callable[[], str]) -> Finding:
    try:
        return True, what, examine()
    except SQLAlchemyError as error:
        return False, what, f"does not answer ({type(error.__cause__ or error).__name__}); is it running?"
    except (VigieError, OSError, ValueError) as error:
        return False, what, str(error)


def _settings_table(settings: Settings) -> Table:
    table = Table("setting", "value", "meaning")
    for name, field in Settings.model_fields.items():
        table.add_row(f"VIGIE_{name.upper()}", _shown(name, getattr(settings, name)), field.description or "")
    return table


def _default(value: object) -> str:
    if value is None or value == ():
        return "unset"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _shown(name: str, value: Any) -> str:
    if name in SECRET:
        return "(set)" if value else "(not set)"
    if name in ADDRESS and value:
        return make_url(value).set(query={}).render_as_string(hide_password=True)
    return str(value)
