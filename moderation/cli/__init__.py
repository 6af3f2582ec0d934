"""The `vigie` command: one module a group of commands. Facts that stop a command become one sentence."""

import sys

import click
from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy.exc import OperationalError, ProgrammingError

from moderation.cli import accounts, administration, doctor, example, learning, models, programs, retraining, run, score
from moderation.domain.errors import VigieError
from moderation.embedded import EmbeddedError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vigie")
def vigie() -> None:
    """Vigie: comment moderation for news sites, on your own machine."""


for module in (run, score, example, doctor, administration, accounts, learning, models, programs, retraining):
    for command in module.COMMANDS:
        vigie.add_command(command)


def main() -> None:
    """Run a command; exit with 1 and one sentence when something has to be put right first."""
    try:
        vigie(prog_name="vigie")
    except (VigieError, EmbeddedError) as error:
        _stop(str(error))
    except OperationalError as error:
        _stop(f"The database does not answer ({type(error.orig).__name__}); `vigie doctor` says more.")
    except ProgrammingError as error:
        if not isinstance(error.orig, UndefinedTable | UndefinedColumn):
            raise
        _stop("The database's schema is missing or old; run `vigie migrate`.")
    except OSError as error:
        if error.filename is None or error.strerror is None:  # no file: an HTTPError names its address here
            raise
        _stop(f"{error.filename} cannot be used: {error.strerror}.")


def _stop(sentence: str) -> None:
    click.echo(f"vigie: {sentence}", err=True)
    sys.exit(1)
