"""Commands about accounts, for the person at the machine: also the way back in when nobody can sign in."""

import click
from sqlalchemy.orm import Session

from moderation.cli.administration import in_session
from moderation.domain.acts import Act
from moderation.domain.errors import NotFound
from moderation.domain.words import Role
from moderation.services import accounts, audit, moderators, second_factor, sites
from moderation.services.accounts import EVERYWHERE, Roles
from moderation.settings import Settings
from moderation.storage import moderators as storage
from moderation.storage import sites as site_storage
from moderation.storage.moderators import ModeratorRecord

ROLES = click.Choice([role.value for role in Role])


@click.command("add-moderator")
@click.argument("email")
@click.option("--name", help="Name shown to other moderators; the address by default.")
@click.option("--role", type=ROLES, default=Role.MODERATOR.value, show_default=True)
@click.password_option(help="Asked for when left out.")
def add_moderator(email: str, name: str | None, role: str, password: str) -> None:
    """Create an account of the dashboard."""
    with in_session(Settings.load()) as session:
        made = moderators.create(session, email, name or email.partition("@")[0], password, Role(role))
        audit.record(session, None, Act.ACCOUNT_CREATED, about=made, role=role)
    click.echo(f"{email} can sign in.")


@click.command("list-accounts")
def list_accounts() -> None:
    """Print the accounts with their roles, one a line."""
    with in_session(Settings.load()) as session:
        slugs = {site.id: site.slug for site in site_storage.all_sites(session)}
        for person in accounts.people(session, EVERYWHERE):
            roles = person.roles.everywhere or ", ".join(
                f"{slugs[site_id]}={role}" for site_id, role in sorted(person.roles.by_site.items())
            )
            state = "closed" if not person.account.active else "open" if person.joined else "invited"
            factor = "two factors" if person.account.totp_since else "one factor"
            click.echo(f"{person.account.email:30} {state:8} {factor:12} {roles or 'no role'}")


@click.command("invite")
@click.argument("email")
@click.option("--role", type=ROLES, help="Role on every site.")
@click.option("--site", "by_site", multiple=True, metavar="SLUG=ROLE", help="Role on one site; may be given again.")
def invite(email: str, role: str | None, by_site: tuple[str, ...]) -> None:
    """Make an account that waits for its owner, and print the link to pass on, once."""
    settings = Settings.load()
    with in_session(settings) as session:
        token = accounts.invite(session, EVERYWHERE, None, email, _roles(session, role, by_site))
    click.echo(_link(settings, token))


@click.command("set-role")
@click.argument("email")
@click.option("--role", type=ROLES, help="Role on every site.")
@click.option("--site", "by_site", multiple=True, metavar="SLUG=ROLE", help="Role on one site; may be given again.")
def set_role(email: str, role: str | None, by_site: tuple[str, ...]) -> None:
    """Give an account exactly these roles; without any it may do nothing."""
    with in_session(Settings.load()) as session:
        roles = _roles(session, role, by_site)
        accounts.change_roles(session, EVERYWHERE, None, _account(session, email).id, roles)
    click.echo(f"{email} has the roles: {role or ', '.join(by_site) or 'none'}.")


@click.command("reset-account")
@click.argument("email")
@click.option("--second-factor", "factor", is_flag=True, help="Take the second factor away as well.")
def reset_account(email: str, factor: bool) -> None:
    """Open an account again and print a link by which its owner sets a new password."""
    settings = Settings.load()
    with in_session(settings) as session:
        account = _account(session, email)
        if not account.active:
            accounts.reopen(session, EVERYWHERE, None, account.id)
        if factor:
            second_factor.remove(session, None, account)
        token = accounts.new_link(session, EVERYWHERE, None, account.id)
    click.echo(_link(settings, token))


@click.command("close-account")
@click.argument("email")
def close_account(email: str) -> None:
    """Close an account: its sessions end at once, its decisions stay."""
    with in_session(Settings.load()) as session:
        accounts.close(session, EVERYWHERE, None, _account(session, email).id)
    click.echo(f"{email} can no longer sign in.")


COMMANDS = (add_moderator, list_accounts, invite, set_role, reset_account, close_account)


def _account(session: Session, email: str) -> ModeratorRecord:
    found = storage.by_email(session, email)
    if found is None:
        raise NotFound("account", email)
    return found


def _roles(session: Session, role: str | None, by_site: tuple[str, ...]) -> Roles:
    if role and by_site:
        raise click.UsageError("Give --role for every site or --site for some, not both.")
    return Roles(Role(role) if role else None, dict(_role_on_site(session, pair) for pair in by_site))


def _role_on_site(session: Session, pair: str) -> tuple[int, Role]:
    slug, _, role = pair.partition("=")
    if role not in set(Role):
        raise click.BadParameter(f"must be SLUG=ROLE with one of {', '.join(Role)}.", param_hint="--site")
    return sites.get(session, slug).id, Role(role)


def _link(settings: Settings, token: str) -> str:
    return f"{(settings.public_url or settings.local_address).rstrip('/')}/join/{token}"
