"""The example thread: posted as a real site would, and what became of it as a table."""

import json
import os
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from moderation.database import Database
from moderation.domain.errors import Misconfigured
from moderation.domain.words import CredentialKind, Label
from moderation.embedded import Program, Supervisor
from moderation.example.backend import SITE, Backend, thread
from moderation.example.receiver import Received, serve
from moderation.services import credentials, sites
from moderation.services.credentials import Vault
from moderation.settings import Settings
from moderation.storage.sites import by_slug

PATIENCE_SECONDS = 120


def play(settings: Settings, database: Database, supervisor: Supervisor) -> None:
    """Create the example site if need be, start its receiver, post what is new, print what became of all."""
    kept = _site(settings, database)
    env = os.environ | {"VIGIE_VAR_DIR": str(settings.var_dir)}
    argv = (sys.executable, "-m", "moderation.cli", "example-site")
    ready = lambda: _listens(kept["port"])  # noqa: E731 - reads better in its place
    supervisor.start(Program("example-site", argv, env, ready=ready, stop_seconds=2))
    backend = Backend(settings.local_address, kept["signing_secret"])
    comments = [*thread()["seed"], *thread()["comments"]]
    new = [c for c in comments if backend.read(c["id"]) is None]
    if new:
        click.echo(f"Posting the example: an article and {len(new)} comments, signed, as a site would.")
        backend.describe_article()
        backend.post(new)
    found = _wait(backend, list(dict.fromkeys(c["id"] for c in comments)))
    Console().print(_table(found))
    received = _wait_for_callbacks(settings, len(found))
    click.echo(f"The example site received {received} callbacks, signed: http://127.0.0.1:{kept['port']}/")


@click.command()
@click.option("--check", is_flag=True, help="Post the seed comments, wait, verify the outcome; exit 0 or 1.")
def example(check: bool) -> None:
    """Post the example thread to the running service and show what became of it."""
    settings = Settings.load()
    backend = Backend(settings.local_address, _kept(settings)["signing_secret"])
    comments = thread()["seed"] if check else [*thread()["seed"], *thread()["comments"]]
    try:
        backend.describe_article()
        backend.post(comments)
        found = _wait(backend, list(dict.fromkeys(c["id"] for c in comments)))
    except URLError as error:
        raise Misconfigured(f"{settings.local_address} does not answer ({error}); start `vigie run` first.") from error
    Console().print(_table(found))
    if check and (failures := _failures(*(found[c["id"]] for c in comments))):
        for failure in failures:
            click.echo(f"not as expected: {failure}", err=True)
        raise click.exceptions.Exit(1)


@click.command("example-site", hidden=True)
def example_site() -> None:
    """Receive the example site's callbacks."""
    settings = Settings.load()
    kept = _kept(settings)
    serve(kept["port"], kept["callback_secret"], Received(_place(settings) / "received.ndjson"))


COMMANDS = (example, example_site)


def _site(settings: Settings, database: Database) -> Mapping[str, Any]:
    """Return the example site's secrets, after creating the site when it is missing."""
    vault = Vault(settings.encryption_keys)
    with database.session() as session:
        site = by_slug(session, SITE)
        if site is not None and (_place(settings) / "site.json").exists():
            return _kept(settings)
        site = site or sites.create(session, SITE, "Le Phare (exemple)")
        kept: dict[str, Any] = {kind.value: credentials.rotate(session, vault, site, kind) for kind in CredentialKind}
        kept["port"] = _free_port()
        sites.set_callback(site, f"http://127.0.0.1:{kept['port']}/", private_allowed=True)
        _place(settings).mkdir(mode=0o700, exist_ok=True)
        path = _place(settings) / "site.json"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file, indent=1)
    return kept


def _place(settings: Settings) -> Path:
    return settings.var_dir / "example"


def _kept(settings: Settings) -> Mapping[str, Any]:
    try:
        kept: Mapping[str, Any] = json.loads((_place(settings) / "site.json").read_text())
    except FileNotFoundError as error:
        raise Misconfigured("The example site does not exist yet; `vigie run` creates it.") from error
    return kept


def _wait(backend: Backend, ids: Sequence[str]) -> dict[str, Any]:
    """Read the comments until each is scored; return them by id. Shows progress on a terminal."""
    found: dict[str, Any] = {}
    console = Console(stderr=True)
    deadline = time.monotonic() + PATIENCE_SECONDS
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Scored", total=len(ids))
        while len(found) < len(ids):
            for key in ids:
                if key not in found and (read := backend.read(key)) and read["status"] != "pending":
                    found[key] = read
                    progress.advance(task)
            if time.monotonic() > deadline:
                raise Misconfigured("The comments were accepted but not scored; `vigie doctor` says what is missing.")
            time.sleep(0.05)
    return {key: found[key] for key in ids}


def _wait_for_callbacks(settings: Settings, count: int) -> int:
    received = Received(_place(settings) / "received.ndjson")
    for _ in range(100):
        if len(received.all()) >= count:
            break
        time.sleep(0.1)
    return len(received.all())


def _table(found: Mapping[str, Any]) -> Table:
    french = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("fr")
    table = Table("comment", "status", "shout", "off topic", "uncivil", "reasons", show_lines=True)
    for comment in found.values():
        scores = comment["scores"]
        figures = ["–" if scores[label] is None else f"{scores[label]:.2f}" for label in Label]
        flagged = [r for r in comment["reasons"] if r["label"] is None or r["label"] in comment["labels"]]
        reasons = "\n".join(reason["fr" if french else "en"] for reason in flagged)
        table.add_row(escape(_visible(comment["text"])[:60]), comment["status"], *figures, escape(reasons))
    return table


def _failures(shouted: Any, bacteria: Any) -> list[str]:
    """Say what is not as it must be about the two seed comments."""
    marked = [bacteria["text"][start:end] for start, end, _ in bacteria["spans"].get("incivility", [])]
    expected = {
        "the shouted comment waits for a person": shouted["status"] == "in_review",
        "the shouted comment is flagged for shouting": "shouting" in shouted["labels"],
        "the shouted comment is not flagged for incivility": "incivility" not in shouted["labels"],
        "every score of the shouted comment has its reason": len(shouted["reasons"]) >= 2,
        "the other comment waits for a person": bacteria["status"] == "in_review",
        "the other comment is not flagged for shouting": "shouting" not in bacteria["labels"],
        "the other comment is not flagged as off topic": "off_topic" not in bacteria["labels"],
        "the word bactéries is marked": any("bactéries" in text or text in "bactéries" for text in marked),
    }
    return [sentence for sentence, holds in expected.items() if not holds]


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
