"""Commands of the administrator: schema, sites, their secrets and policies."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click
from alembic.util import CommandError
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from moderation.database import Database
from moderation.domain.acts import Act
from moderation.domain.words import CredentialKind
from moderation.services import audit, credentials, following, sites
from moderation.services.credentials import Vault
from moderation.settings import Settings
from moderation.storage import schema

KINDS = click.Choice([kind.value for kind in CredentialKind])


@click.command()
@click.option("--to", default="head", show_default=True, help="Version to go up to.")
def migrate(to: str) -> None:
    """Bring the database's schema up to date."""
    database = Database(Settings.load().require("database_url"))
    try:
        schema.upgrade(database.engine, to)
        click.echo(f"The schema is at version {schema.current(database.engine)}.")
    except CommandError as error:
        raise click.BadParameter(f"{error}.", param_hint="--to") from error
    finally:
        database.dispose()


@click.command("add-site")
@click.argument("slug")
@click.option("--name", help="Name shown to moderators; the slug by default.")
@click.option("--language", default="fr", show_default=True)
def add_site(slug: str, name: str | None, language: str) -> None:
    """Create a site and print its secrets, once."""
    settings = Settings.load()
    vault = _vault(settings)
    with in_session(settings) as session:
        site = sites.create(session, slug, name or slug, language)
        made = {kind: credentials.issue(session, vault, site, kind) for kind in CredentialKind}
        audit.record(session, None, Act.SITE_CREATED, site_id=site.id, slug=slug)
    click.echo(f"Site {slug} was created. Keep these secrets; they are not shown again:")
    for kind, secret in made.items():
        click.echo(f"  {kind.value:16} {secret}")


@click.command("rotate-secret")
@click.argument("slug")
@click.argument("kind", type=KINDS)
@click.option("--overlap-hours", type=click.FloatRange(0, 720), default=24, show_default=True)
def rotate_secret(slug: str, kind: str, overlap_hours: float) -> None:
    """Make a new secret of a site; the old ones go on working for the overlap."""
    settings = Settings.load()
    with in_session(settings) as session:
        site, overlap = sites.get(session, slug), timedelta(hours=overlap_hours)
        secret = credentials.rotate(session, _vault(settings), site, CredentialKind(kind), overlap)
        audit.record(session, None, Act.SECRET_ROTATED, site_id=site.id, kind=kind, overlap_hours=overlap_hours)
    click.echo(secret)


@click.command("revoke-secret")
@click.argument("slug")
@click.argument("public_id")
def revoke_secret(slug: str, public_id: str) -> None:
    """End one secret of a site at once (`vigie show-site` lists their public ids)."""
    with in_session(Settings.load()) as session:
        site = sites.get(session, slug)
        credentials.revoke(session, site, public_id)
        audit.record(session, None, Act.SECRET_REVOKED, site_id=site.id, public_id=public_id)
    click.echo(f"{public_id} works no longer.")


@click.command("show-site")
@click.argument("slug")
def show_site(slug: str) -> None:
    """Print a site's settings and the public ids of its live secrets as JSON."""
    with in_session(Settings.load()) as session:
        described = sites.describe(session, sites.get(session, slug))
    click.echo(json.dumps(described, ensure_ascii=False, indent=2, default=str))


@click.command("set-callback")
@click.argument("slug")
@click.argument("url", required=False)
@click.option("--allow-private", is_flag=True, help="Let the address be private or loopback.")
def set_callback(slug: str, url: str | None, allow_private: bool) -> None:
    """Set where a site is told of decisions; without an address, tell it nothing."""
    with in_session(Settings.load()) as session:
        site = sites.get(session, slug)
        sites.set_callback(site, url, private_allowed=allow_private)
        audit.record(session, None, Act.CALLBACK_CHANGED, site_id=site.id, url=url, private_allowed=allow_private)
    click.echo(f"Decisions about {slug} go to {url or 'nobody'}.")


@click.command("set-policy")
@click.argument("slug")
@click.argument("policy")
def set_policy(slug: str, policy: str) -> None:
    """Replace a site's policy by a JSON object; what it leaves out takes its default.

    For example: vigie set-policy lejour '{"thresholds": {"incivility": 0.6}, "audit_share": 0.02}'

    Goals find thresholds from what moderators decided, now, daily, and when another model judges:
    '{"goals": {"incivility": {"catch": 0.9}, "shouting": {"hold": 50}}}'. With
    '{"reject_goals": {"incivility": {"precision": 0.98}}}' only what is surely right so often is rejected without
    a person; until decisions prove it, nothing is. "learn_share" (0.02 is a good start) lets that share of what is
    held be clear comments that teach the models most.
    """
    try:
        wanted = json.loads(policy)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"is no JSON: {error}", param_hint="POLICY") from error
    if not isinstance(wanted, dict):
        raise click.BadParameter("must be a JSON object.", param_hint="POLICY")
    with in_session(Settings.load()) as session:
        site = sites.get(session, slug)
        before = site.policy
        sites.set_policy(site, wanted)
        audit.record(session, None, Act.POLICY_CHANGED, site_id=site.id, before=before, after=site.policy)
        following.solve_again(session, site)
        click.echo(json.dumps(site.policy))


@click.command("new-key")
def new_key() -> None:
    """Print a fresh key for VIGIE_ENCRYPTION_KEYS."""
    click.echo(Fernet.generate_key().decode())


COMMANDS = (
    migrate,
    add_site,
    rotate_secret,
    revoke_secret,
    show_site,
    set_callback,
    set_policy,
    new_key,
)


def _vault(settings: Settings) -> Vault:
    settings.require("encryption_keys")
    return Vault(settings.encryption_keys)


@contextmanager
def in_session(settings: Settings) -> Iterator[Session]:
    """Open a session on the settings' database for one command."""
    database = Database(settings.require("database_url"))
    try:
        with database.session() as session:
            yield session
    finally:
        database.dispose()
