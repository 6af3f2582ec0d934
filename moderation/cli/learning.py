"""The classifiers from the command line: train, evaluate, explain. No server needed."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from classifiers import artifact, card, measuring
from classifiers.scorer import Article, Scorer, Submission
from classifiers.training.run import Plan
from classifiers.training.run import train as follow
from moderation.domain.errors import InvalidInput

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
STYLES = {"shouting": "bold yellow", "off_topic": "cyan", "incivility": "bold magenta"}


@click.command()
@click.option("--data", type=FOLDER, default="training_data", show_default=True, help="Our own comments.")
@click.option("--public", type=FOLDER, help="Public corpora (gzip CSV), as the model cards name them.")
@click.option("--out", type=click.Path(path_type=Path), default=artifact.SHIPPED, help="Where artefacts and cards go.")
@click.option("--cache", type=click.Path(path_type=Path), help="Keep token features (9 GB) here between trainings.")
@click.option("--seed", type=int, default=7, show_default=True)
def train(data: Path, public: Path | None, out: Path, cache: Path | None, seed: int) -> None:
    """Train the three classifiers; the same data and seed give the same bytes."""
    made = follow(Plan(data, out, public, cache, seed), lambda line: click.echo(line, err=True))
    measuring.cards(out, data, seed)
    for one in made:
        click.echo(one.version)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--label", type=click.Choice(measuring.LABELS), default="incivility", show_default=True)
@click.option("--models", type=FOLDER, help="Artefacts to measure; the shipped ones by default.")
@click.option("--pictures", type=click.Path(path_type=Path), help="Draw curves (PNG) into this folder.")
@click.option("--json", "as_json", is_flag=True, help="Whole reports as JSON lines: slices, thresholds, curves.")
@click.option("--out", type=click.Path(path_type=Path), help="Also write the table here, with the version measured.")
def evaluate(
    paths: tuple[Path, ...],
    label: str,
    models: Path | None,
    pictures: Path | None,
    as_json: bool,
    out: Path | None,
) -> None:
    """Measure on labelled files: .jsonl with text and label, or .csv.gz with text and uncivil."""
    scorer = Scorer.load(models)
    rows: dict[str, dict[str, object]] = {}
    for path in measuring.files(paths):
        click.echo(f"{path.name} …", err=True)
        try:
            found = measuring.file(scorer, path, label, pictures)
        except (KeyError, ValueError) as error:
            raise InvalidInput(str(path), f"cannot be read ({error}).", "Give each row `text` and `label`.") from error
        if as_json:
            sys.stdout.write(json.dumps({"set": path.name, **found}, ensure_ascii=False) + "\n")
        rows |= measuring.rows_of(path.name.split(".")[0], found)
    table = "\n".join(card.table(rows))
    if not as_json:
        click.echo(table)
    if out:
        version = artifact.load(label, models or artifact.SHIPPED).version
        out.write_text(f"# {label}, measured\n\nVersion `{version}`.\n\n{table}\n", "utf-8")


@click.command()
@click.argument("text")
@click.option("--title", help="Title of the article that it stands under.")
@click.option("--article", "body", default="", help="Text of the article.")
@click.option("--parent", help="Text of the comment that it answers.")
def explain(text: str, title: str | None, body: str, parent: str | None) -> None:
    """Show why one text scores as it does: the words that weighed, and the reasons."""
    article = Article(title, body) if title else None
    scores = Scorer.load().score([Submission(text, article=article, parent=parent)])[0]
    console = Console()
    for label, value in scores.scores.items():
        shown = "not enough to judge" if value is None else f"{value:.2f}"
        console.print(Text(f"\n{label}  {shown}", style=STYLES[label]))
        marked = Text(text)
        for start, end, weight in scores.spans.get(label, ()):
            if weight > 0:
                marked.stylize(STYLES[label] + " underline", start, end)
        console.print(marked)
        for reason in scores.reasons:
            if reason.label == label:
                console.print(f"  {reason.en}\n  {reason.fr}", markup=False)


COMMANDS = (train, evaluate, explain)
