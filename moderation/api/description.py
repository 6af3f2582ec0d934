"""OpenAPI 3.1, generated from the routes and the pydantic models, and a page to browse it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from types import UnionType
from typing import Any, TypeVar, get_args

from flask import Flask, Response, current_app, jsonify, render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from moderation.api import pages, problems
from moderation.api.incoming import ID_PATTERN
from moderation.api.outgoing import ProblemOut
from moderation.api.problems import TITLES

blueprint = problems.room("api_description", "/api/v1", template_folder="templates", static_folder="static")

View = TypeVar("View", bound=Callable[..., Response])
Answer = type[BaseModel] | UnionType | None
COMMON_ERRORS = (401, 429, 503)


@dataclass(frozen=True)
class Operation:
    """What the description says about one view; its docstring tells the rest."""

    summary: str
    body: type[BaseModel] | None = None
    batch: bool = False
    answers: Mapping[int, Answer] = field(default_factory=dict)
    errors: Sequence[int] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    cursor: str | None = None


def describes(summary: str, **more: Any) -> Callable[[View], View]:
    """Describe a view for the OpenAPI document; the arguments are those of Operation."""

    def mark(view: View) -> View:
        view.operation = Operation(summary, **more)  # type: ignore[attr-defined]
        return view

    return mark


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Serve the OpenAPI document."""
    return jsonify(document(current_app))


@blueprint.get("/docs")
def docs() -> Response:
    """Serve the document as a page for people."""
    return Response(render_template("api/docs.html", document=document(current_app), titles=TITLES))


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of an application's routes."""
    operations = [
        (rule, operation)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))
        if (operation := getattr(app.view_functions[rule.endpoint], "operation", None))
    ]
    models = {model for _, operation in operations for model in _models(operation)} | {ProblemOut}
    named = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in named], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for rule, operation in operations:
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            paths.setdefault(path, {})[method.lower()] = _operation(rule, operation, view.__doc__ or "")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vigie", "version": version("vigie"), "description": _INTRODUCTION},
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": _SECURITY},
        "security": [{"apiKey": []}, {"signature": [], "site": []}],
    }


def _models(operation: Operation) -> list[type[BaseModel]]:
    return [m for kind in (operation.body, *operation.answers.values()) if kind for m in get_args(kind) or (kind,)]


def _operation(rule: Rule, operation: Operation, docstring: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": rule.endpoint.removeprefix("api_").replace(".", "_"),
        "summary": operation.summary,
        "description": re.sub(r"\n +", "\n", docstring).strip(),
        "tags": [rule.endpoint.removeprefix("api_").partition(".")[0]],
        "parameters": [*_path_parameters(rule), *_query_parameters(operation)],
        "responses": _responses(operation),
    }
    if operation.body:
        described["requestBody"] = {"required": True, "content": _body(operation.body, batch=operation.batch)}
    return described


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[A-Za-z0-9_:.~-]+$"}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema, "description": "Your own id, percent-encoded."}
        for name in sorted(rule.arguments)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "query", "description": text, "schema": _QUERY_SCHEMAS.get(name, {"type": "string"})}
        for name, text in operation.query.items()
    ]
    if operation.cursor:
        cursors = {"type": "string", "pattern": pages.cursor_pattern(operation.cursor)}
        found.append(
            {
                "name": "cursor",
                "in": "query",
                "description": "`next` of the page before.",
                "schema": cursors,
            }
        )
        limits = {"type": "integer", "minimum": 1, "maximum": pages.HIGHEST_LIMIT, "default": pages.DEFAULT_LIMIT}
        found.append({"name": "limit", "in": "query", "description": "Items on a page.", "schema": limits})
    return found


def _body(model: type[BaseModel], *, batch: bool) -> dict[str, Any]:
    one = _reference(model)
    if not batch:
        return {"application/json": {"schema": one}}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": 1000}
    return {
        "application/json": {"schema": {"anyOf": [one, many]}},
        "application/x-ndjson": {"schema": {"type": "string", "description": "One comment a line."}},
    }


def _responses(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, kind in operation.answers.items():
        options = [_reference(model) for model in get_args(kind) or (kind,)] if kind else []
        schema = options[0] if len(options) == 1 else {"anyOf": options}
        content = {"content": {"application/json": {"schema": schema}}} if options else {}
        found[str(status)] = {"description": _MEANINGS[status], **content}
    problem = {"application/problem+json": {"schema": _reference(ProblemOut)}}
    for status in sorted({*operation.errors, *COMMON_ERRORS}):
        found[str(status)] = {"description": TITLES[status], "content": problem}
    return found


def _reference(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


_MEANINGS = {200: "Done", 202: "Stored; it will be scored", 204: "Done"}
_QUERY_SCHEMAS: dict[str, dict[str, Any]] = {
    "status": {"type": "string", "enum": ["pending", "in_review", "published", "rejected"]},
    "article_id": {"type": "string", "maxLength": 255, "pattern": ID_PATTERN},
}
_SECURITY = {
    "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key of the site."},
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature over the body; "
        "a request without a body signs its method and address instead, for example `GET /api/v1/decisions`.",
    },
    "site": {"type": "apiKey", "in": "header", "name": "Vigie-Site", "description": "The site that signs."},
}
_INTRODUCTION = (
    "Post reader comments, read what became of them. A 202 means stored: nothing is lost from there on. "
    "Decisions come back as signed callbacks, or by `GET /api/v1/decisions`. "
    "Errors are RFC 9457 problems that name the field and the cure."
)
