"""`vigie retrain`: ask for a retraining, follow it, or do its steps in this process."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from classifiers.scorer import Scorer
from moderation.dashboard import model_findings
from moderation.database import Database
from moderation.domain.errors import InvalidInput, VigieError
from moderation.domain.words import TrainingStage, WorkState
from moderation.services import retraining, retraining_work, sites
from moderation.settings import Settings
from moderation.storage.moderators import all_accounts
from moderation.storage.retrainings import RetrainingRecord
from moderation.storage.sites import all_sites

_LOOK_SECONDS = 0.5
_DOES = {
    "": "Waiting for a worker of the task queue learning",
    TrainingStage.EXAMPLES: "Reading what was decided",
    TrainingStage.ARCHIVE: "Reading the archive",
    TrainingStage.KNOWLEDGE: "Reading what the shipped models know",
    TrainingStage.SHOUTING: "Learning shouting",
    TrainingStage.OFF_TOPIC: "Learning off_topic",
    TrainingStage.INCIVILITY: "Learning incivility",
}
_ENDED = (WorkState.DONE, WorkState.FAILED, WorkState.CANCELLED)


@click.command()
@click.option("--site", "slug", help="The site; may be left out when there is one only.")
@click.option("--shared", is_flag=True, help="The models that all sites share.")
@click.option("--wait", is_flag=True, help="Show the progress until it ends, and what came out.")
@click.option("--here", is_flag=True, help="Do the steps in this process; no worker is needed.")
def retrain(slug: str | None, shared: bool, wait: bool, here: bool) -> None:
    """Train models again from what moderators decided; a better one is tried in the shadow before it judges.

    Ctrl-C ends the following, not the retraining.
    """
    settings = Settings.load()
    database = Database(settings.require("database_url"))
    try:
        asked, name = _ask(database, slug, shared)
        if not (wait or here):
            click.echo(f"Retraining {asked.id} of {name} is asked for; `vigie retrain --wait` follows it.")
            return
        ended = _follow(database, asked.id, settings.var_dir / retraining_work.FOLDER if here else None)
        with database.session() as session:
            names = {person.id: person.name for person in all_accounts(session)}
    finally:
        database.dispose()
    _tell(ended, name, names)


COMMANDS = (retrain,)


def _ask(database: Database, slug: str | None, shared: bool) -> tuple[RetrainingRecord, str]:
    with database.session() as session:
        if shared and slug:
            raise InvalidInput("--shared", "cannot go with --site.", "Leave one of them out.")
        if shared:
            return retraining.ask(session, None, None), "the shared models"
        every = [site.slug for site in all_sites(session)]
        if slug is None and len(every) != 1:
            known = f"There are {', '.join(every)}." if every else "`vigie add-site` makes the first one."
            raise InvalidInput("--site", "is needed to say which site.", known)
        site = sites.get(session, slug or every[0])
        return retraining.ask(session, site.id, None), site.slug


def _follow(database: Database, retraining_id: int, place: Path | None) -> RetrainingRecord:
    """Show the progress until the retraining ends; with a place, do the steps there."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    scorer = Scorer.load() if place else None
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(_DOES[""], total=None)
        while (row := _read(database, retraining_id)).state not in _ENDED:
            progress.update(
                bar, description=_DOES.get(row.stage, row.stage), completed=row.done, total=row.total or None
            )
            if scorer is None or place is None or not retraining_work.step(database, scorer, place):
                time.sleep(_LOOK_SECONDS)  # somebody else holds the lease
    return row


def _read(database: Database, retraining_id: int) -> RetrainingRecord:
    with database.session() as session:
        return retraining.one(session, retraining_id)


def _tell(row: RetrainingRecord, name: str, names: Mapping[int, str]) -> None:
    """Print what came out; a retraining that failed ends the command with 1."""
    if row.state != WorkState.DONE:
        raise VigieError(row.failure or f"The retraining of {name} was cancelled.")
    for label, said in row.report.items():
        click.echo(f"{label}: {_outcome(said)}")
        for finding in model_findings.told(said["findings"], names):
            click.echo(f"  {'+' if finding.passed else '-'} {finding.sentence}")


def _outcome(said: dict[str, Any]) -> str:
    if said["version"] is None:
        return "nothing new was learned; the model that judges stays."
    if said["better"]:
        return f"{said['version']} is better; it runs in the shadow before it judges."
    return f"{said['version']} is not proven to be better; it waits for a person, and the model that judges stays."
