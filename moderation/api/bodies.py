"""Reading request bodies: JSON or NDJSON into validated values, or one problem that names every wrong field."""

import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from flask import request
from pydantic import BaseModel, ValidationError

from moderation.api.problems import Problem
from moderation.domain.errors import InvalidInput
from moderation.settings import Settings

JSON = ("application/json",)
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
Model = TypeVar("Model", bound=BaseModel)


def one(kind: type[Model], settings: Settings) -> Model:
    """Read one JSON object. Raises Problem 400, 415 or 422."""
    _require_type(JSON)
    return _validate(kind, [_decode(request.get_data(), settings, "body")], settings, batch=False)[0]


def one_or_many(kind: type[Model], settings: Settings) -> tuple[list[Model], bool]:
    """Read one JSON object, a JSON array or NDJSON lines; return the values and whether it was a batch."""
    _require_type((*JSON, *NDJSON))
    raw = request.get_data()
    if request.mimetype in NDJSON:
        lines = [line for line in raw.split(b"\n") if line.strip()]
        _check_count(len(lines), settings)
        values = [_decode(line, settings, f"line {number}") for number, line in enumerate(lines, 1)]
        return _validate(kind, values, settings, batch=True), True
    value = _decode(raw, settings, "body")
    if not isinstance(value, list):
        return _validate(kind, [value], settings, batch=False), False
    _check_count(len(value), settings)
    return _validate(kind, value, settings, batch=True), True


def _require_type(accepted: Sequence[str]) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "The body is compressed; send it as it is.")
    if request.mimetype not in accepted:
        raise Problem(415, f"Send the header Content-Type: {' or '.join(accepted[:2])}.", Accept=", ".join(accepted))


def _check_count(count: int, settings: Settings) -> None:
    if count == 0:
        raise Problem(422, "The batch is empty; send at least one comment.")
    if count > settings.max_batch:
        raise Problem(413, f"The batch holds {count} comments; send at most {settings.max_batch} at once.")


def _decode(raw: bytes, settings: Settings, where: str) -> Any:
    try:
        value = msgspec.json.decode(_without_lone_surrogates(raw))
    except (msgspec.DecodeError, ValueError) as error:
        raise Problem(400, f"The {where} is no valid JSON in UTF-8: {error}.") from error
    except RecursionError as error:
        raise Problem(400, f"The {where} is nested too deeply.") from error
    if _depth_exceeds(value, settings.max_json_depth):
        raise Problem(400, f"The {where} is nested deeper than {settings.max_json_depth} levels.")
    return value


def _without_lone_surrogates(raw: bytes) -> bytes:
    """Replace escaped halves of characters, as JavaScript sends them when it cuts an emoji, by U+FFFD."""
    if not _SURROGATE_ESCAPE.search(raw):
        return raw
    whole = json.dumps(json.loads(raw), ensure_ascii=False)
    return whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = (
            [
                inner
                for outer in level
                for inner in (outer.values() if isinstance(outer, dict) else outer)
                if isinstance(inner, dict | list)
            ]
            if all(isinstance(outer, dict | list) for outer in level)
            else []
        )
        if not level:
            return False
    return True


def _validate(kind: type[Model], values: Sequence[Any], settings: Settings, *, batch: bool) -> list[Model]:
    limits = {"max_comment_chars": settings.max_comment_chars, "max_article_chars": settings.max_article_chars}
    valid, errors = [], []
    for index, value in enumerate(values):
        try:
            valid.append(kind.model_validate(value, context=limits))
        except ValidationError as error:
            errors += _explain(error, f"[{index}]" if batch else "")
    if errors:
        many = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        raise Problem(422, f"{errors[0]}{many} Nothing was stored.", errors)
    return valid


def _explain(error: ValidationError, prefix: str) -> list[InvalidInput]:
    found = []
    for entry in error.errors(include_url=False, include_input=False):
        names = [str(part) for part in entry["loc"] if part not in ("str", "int", "constrained-str")]
        field = ".".join(([prefix] if prefix else []) + names) or "body"
        message = entry["msg"].removeprefix("Value error, ")
        problem = f"{message[:1].lower()}{message[1:]}."
        found.append(InvalidInput(field, problem, _CURES.get(entry["type"], "Correct it and send it again.")))
    return found


_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_CURES = {
    "missing": "Add it.",
    "extra_forbidden": "Remove it, or check its spelling against /api/v1/docs.",
    "string_type": "Send a JSON string.",
    "model_type": "Send a JSON object.",
    "model_attributes_type": "Send a JSON object.",
    "timezone_aware": "Add the time zone, for example 2026-05-22T09:30:00+03:00.",
    "datetime_from_date_parsing": "Write it as 2026-05-22T09:30:00+03:00.",
    "datetime_parsing": "Write it as 2026-05-22T09:30:00+03:00.",
    "string_too_short": "Send at least one character.",
}
