"""The service learns from a newsroom, shown: `make learning-demo`. Prints a table, draws a picture, checks the musts.

A newsroom whose taste differs from the shipped models decides 2,000 comments in ten rounds, on a PostgreSQL, a broker
and worker processes of its own; its models are trained after each round. One training is killed in the middle and
resumed, one round is poisoned, the last champion is rolled back, and a second site learns from shuffled answers.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from cryptography.fernet import Fernet

from moderation.database import Database
from moderation.embedded import EmbeddedPostgres
from moderation.settings import Settings
from moderation.storage import schema
from tests.benchmarks.learning_picture import drawn
from tests.benchmarks.rounds import Size, run


@contextmanager
def _servers(place: Path) -> Iterator[Settings]:
    with EmbeddedPostgres(place / "postgres") as postgres:
        postgres.ensure_database("vigie")
        settings = Settings(
            var_dir=place / "var",
            database_url=postgres.url("vigie"),
            broker_url="redis://127.0.0.1:1",  # the simulation brings a broker of its own
            secret_key="s" * 43,
            encryption_keys=(Fernet.generate_key().decode(),),
        )
        database = Database(settings.require("database_url"))
        schema.upgrade(database.engine)
        database.dispose()
        yield settings


def main() -> None:
    """Run the simulation, write its picture and its figures, and end with 1 when a must does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("var/learning-demo"), help="folder of the picture and figures")
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vigie-") as folder, _servers(Path(folder)) as settings:
        story = run(settings, Path(folder) / "plant", Size(rounds=given.rounds))
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "learning.svg").write_text(drawn(story.curve, story.notes), "utf-8")
    (given.out / "learning.json").write_text(json.dumps(story.notes, indent=1, default=_plain) + "\n", "utf-8")
    print(f"picture and figures: {given.out}")
    for failure in story.failures:
        print(f"MUST BROKEN: {failure}", file=sys.stderr)
    sys.exit(bool(story.failures))


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else str(value)


if __name__ == "__main__":
    main()
