"""`vigie models` and `vigie rescore`: what newsrooms taught, which version judges, and taking one back."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from classifiers.scorer import Scorer
from moderation.cli.administration import in_session
from moderation.cli.model_card import auc, markdown
from moderation.domain.words import Label, ModelState
from moderation.services import model_files, rescoring, sites
from moderation.services import models as service
from moderation.settings import Settings
from moderation.storage import review
from moderation.storage import sites as stored_sites
from moderation.storage.models import ModelVersionRecord

LABELS = click.Choice([label.value for label in Label])
STYLES = {ModelState.CHAMPION: "bold green", ModelState.CHALLENGER: "yellow", ModelState.RETIRED: "dim"}
SITE = click.option("--site", "slug", metavar="SLUG", help="The site whose models are meant.")
SHARED = click.option("--shared", is_flag=True, help="The models that all sites share.")


@click.group("models", invoke_without_command=True)
@SITE
@SHARED
@click.pass_context
def models(context: click.Context, slug: str | None, shared: bool) -> None:
    """List the trained models of every site, by label; the shipped ones judge where no champion stands."""
    if context.invoked_subcommand:
        return
    with in_session(Settings.load()) as session:
        places: list[tuple[int | None, str]] = [(None, "shared")] if not slug else []
        if not shared:
            known = [sites.get(session, slug)] if slug else stored_sites.all_sites(session)
            places += [(site.id, site.slug) for site in known]
        listed = [(place, service.versions(session, site_id)) for site_id, place in places]
        people = {version.promoted_by for _, found in listed for version in found if version.promoted_by}
        Console().print(_table(listed, review.names_of(session, people)))


@models.command()
@click.argument("name")
def show(name: str) -> None:
    """Print the card of a version, as Markdown."""
    with in_session(Settings.load()) as session:
        click.echo(markdown(service.named(session, name)))


@models.command()
@click.argument("name")
def challenge(name: str) -> None:
    """Let a version run in the shadow of the champion."""
    with in_session(Settings.load()) as session:
        service.challenge(session, service.named(session, name).id, None)
    click.echo(f"{name} runs in the shadow from the next batch on.")


@models.command()
@click.argument("name")
def promote(name: str) -> None:
    """Let a version's scores count."""
    with in_session(Settings.load()) as session:
        service.promote(session, service.named(session, name).id, None)
    click.echo(f"{name} judges from the next batch on. `vigie rescore` scores what waits again.")


@models.command()
@click.argument("name")
def retire(name: str) -> None:
    """Use a version no more."""
    with in_session(Settings.load()) as session:
        service.retire(session, service.named(session, name).id, None)
    click.echo(f"{name} is retired.")


@models.command("roll-back")
@SITE
@SHARED
@click.argument("label", type=LABELS)
def roll_back(slug: str | None, shared: bool, label: str) -> None:
    """Take the last promotion back: the version before it judges again."""
    with in_session(Settings.load()) as session:
        site_id = _place(session, slug, shared=shared)
        restored = service.roll_back(session, site_id, label, None)
        now = restored or (service.judging(session, site_id, label) if site_id else None)
    click.echo(f"{now.name if now else f'The shipped model of {label}'} judges from the next batch on.")


@models.command("export")
@click.argument("name")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(name: str, folder: Path) -> None:
    """Write a version and its card into a folder."""
    with in_session(Settings.load()) as session:
        for path in model_files.export(session, service.named(session, name), folder):
            click.echo(path)


@models.command("import")
@SITE
@SHARED
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def bring_in(slug: str | None, shared: bool, file: Path) -> None:
    """Take an exported version in, as a candidate."""
    bases = Scorer.load().versions
    with in_session(Settings.load()) as session:
        version = model_files.bring_in(session, _place(session, slug, shared=shared), file, bases)
        click.echo(f"{version.name} is here as {version.state}.")


@click.command()
@click.option("--site", "slug", metavar="SLUG", help="Only what waits on this site.")
def rescore(slug: str | None) -> None:
    """Score again what waits for review, in chunks, while the workers run; what a person decided is left alone."""
    with in_session(Settings.load()) as session:
        asked = rescoring.ask(session, sites.get(session, slug).id if slug else None, None)
        click.echo(f"{asked.total} comments wait; {asked.done} of them are sent to the scorers so far ({asked.state}).")


COMMANDS = (models, rescore)


def _place(session: Session, slug: str | None, *, shared: bool) -> int | None:
    if bool(slug) == shared:
        raise click.UsageError("Give --site SLUG, or --shared for the models that all sites share.")
    return sites.get(session, slug).id if slug else None


def _table(listed: Sequence[tuple[str, Sequence[ModelVersionRecord]]], names: dict[int, str]) -> Table:
    table = Table("label", "place", "version", "state", "made", "promoted", "by", "AUC before", "AUC after")
    for label in Label:
        for place, versions in listed:
            for version in versions:
                if version.label == label:
                    table.add_row(*_cells(version, place, names))
    return table


def _cells(version: ModelVersionRecord, place: str, names: dict[int, str]) -> list[str | Text]:
    before, after = (f"{value:.3f}" if value is not None else "–" for value in auc(version))
    promoted = f"{version.promoted_at:%Y-%m-%d %H:%M}" if version.promoted_at else "–"
    by = names.get(version.promoted_by, "?") if version.promoted_by else "Vigie" if version.promoted_at else "–"
    state = Text(version.state, style=STYLES.get(ModelState(version.state), ""))
    made = f"{version.created_at:%Y-%m-%d %H:%M}"
    return [version.label, place, version.name, state, made, promoted, by, before, after]
