"""`vigie score`: NDJSON in, NDJSON out; no server needed."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import Progress

from classifiers.scorer import Article, Scorer, Scores, Submission
from moderation.domain.errors import InvalidInput

BATCH_SIZE = 64
_FIELDS = {"text", "id", "language", "article", "parent"}


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8-sig", errors="surrogateescape"), default="-")
@click.option("--text", help="Score this one text instead of a file.")
@click.option("--skip-bad", is_flag=True, help="Answer a bad line with an error object instead of stopping.")
def score(file: TextIO, text: str | None, skip_bad: bool) -> None:
    """Score comments: one JSON object a line in, one out, in order.

    In: {"text", "id"?, "language"?, "article"?: {"title", "text"}, "parent"?: {"text"}}.
    Out: {"id", "language", "scores", "reasons", "spans", "model_versions"}.
    """
    lines: Iterable[str] = [json.dumps({"text": text})] if text is not None else file
    scorer = Scorer.load()
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Scoring", total=None)
        for batch in _batches(enumerate(lines, start=1), skip_bad=skip_bad):
            wanted = [item for item in batch if isinstance(item, tuple)]
            scored = iter(scorer.score([submission for _, submission in wanted]))
            for item in batch:
                answer = _as_json(item[0], next(scored)) if isinstance(item, tuple) else item
                sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
            sys.stdout.flush()
            progress.advance(task, len(batch))


COMMANDS = (score,)

Item = tuple[Any, Submission] | dict[str, Any]


def _batches(lines: Iterable[tuple[int, str]], *, skip_bad: bool) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for number, line in lines:
        if not line.strip():
            continue
        try:
            batch.append(_read(line, number))
        except InvalidInput as error:
            if not skip_bad:
                if batch:
                    yield batch
                raise
            batch.append({"id": None, "error": str(error)})
        if len(batch) == BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch


def _read(line: str, number: int) -> Item:
    """Return (id, submission). Raises InvalidInput naming the line and the field."""
    where = f"line {number}"
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(where, "is no JSON.", "Write one JSON object a line.") from error
    given = _object(given, where)
    if unknown := set(given) - _FIELDS:
        raise InvalidInput(f"{where}: {min(unknown)}", "is unknown.", f"Use {', '.join(sorted(_FIELDS))}.")
    article, parent = given.get("article"), given.get("parent")
    return _id(given.get("id"), where), Submission(
        text=_string(given, "text", where, required=True) or "",
        language=_string(given, "language", where),
        article=_article(_object(article, f"{where}: article"), where) if article is not None else None,
        parent=_string(_object(parent, f"{where}: parent"), "text", f"{where}: parent", required=True)
        if parent is not None
        else None,
    )


def _id(value: Any, where: str) -> Any:
    try:
        json.dumps(value, allow_nan=False)  # what cannot be written again is told now, not half-way
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{where}: id", "cannot be written as JSON.", "Use a string or a finite number.") from error
    return value


def _article(given: dict[str, Any], where: str) -> Article:
    title, body = (_string(given, name, f"{where}: article") or "" for name in ("title", "text"))
    return Article(title=title, text=body)


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput(where, "must be a JSON object.", 'For example {"text": "Bonjour"}.')
    return value


def _string(given: dict[str, Any], name: str, where: str, *, required: bool = False) -> str | None:
    value = given.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str):
        raise InvalidInput(f"{where}: {name}", "must be a string.", "Put it in double quotes.")
    return value


def _as_json(key: Any, scores: Scores) -> dict[str, Any]:
    return {
        "id": key,
        "language": scores.language,
        "scores": dict(scores.scores),
        "reasons": [{"label": r.label, "fr": r.fr, "en": r.en} for r in scores.reasons],
        "spans": {label: [list(span) for span in spans] for label, spans in scores.spans.items()},
        "model_versions": dict(scores.model_versions),
    }
