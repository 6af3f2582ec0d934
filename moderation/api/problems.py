"""Errors as RFC 9457 problem+json that name the field and the cure. One table turns facts into answers."""

import traceback
from collections.abc import Sequence
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from moderation.domain.errors import (
    Conflict,
    Gone,
    InvalidInput,
    Misconfigured,
    NotAuthenticated,
    NotFound,
    VigieError,
)

log = structlog.get_logger()

PREFIXES = ("/api/", "/health/", "/metrics")
MOST_ERRORS = 20

STATUS_OF = {
    InvalidInput: 422,
    NotAuthenticated: 401,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    Misconfigured: 503,
}
TITLES = {
    400: "The body cannot be read",
    401: "Not authenticated",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid input",
    429: "Too many requests",
    500: "Unexpected error",
    503: "Not available just now",
}


class Problem(VigieError):
    """An error that only this face knows, such as a body that is no JSON."""

    def __init__(self, status: int, detail: str, errors: Sequence[InvalidInput] = (), **headers: str) -> None:
        super().__init__(detail)
        self.status, self.errors, self.headers = status, errors, headers


def room(name: str, address: str, **more: Any) -> Blueprint:
    """Return a blueprint whose every error is answered as a problem."""
    blueprint = Blueprint(name, __name__, url_prefix=address, **more)
    blueprint.register_error_handler(Exception, of)
    return blueprint


def of(error: Exception) -> Response:
    """Return the problem that an exception amounts to; what nobody foresaw is logged, without any text."""
    if isinstance(error, VigieError):
        return _from_fact(error)
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return _from_database(error)
    if isinstance(error, HTTPException):
        return _from_http(error)
    return _from_bug(error)


def of_no_route() -> Response | None:
    """Answer requests under the API's addresses that no route takes."""
    error = request.routing_exception
    return _from_http(error) if error is not None and concerns(request.path) else None


def concerns(path: str) -> bool:
    """Say whether an address belongs to this face."""
    return path.startswith(PREFIXES)


def answer(status: int, detail: str, errors: Sequence[InvalidInput] = (), **headers: str) -> Response:
    """Return one problem; header names are written with underscores."""
    problem: dict[str, Any] = {
        "type": f"/api/v1/docs#problem-{status}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
    }
    if errors:
        shown = errors[:MOST_ERRORS]
        problem["errors"] = [{"field": e.field, "problem": e.problem, "cure": e.cure} for e in shown]
    response = jsonify(problem)
    response.status_code = status
    response.content_type = "application/problem+json"
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def _from_fact(error: VigieError) -> Response:
    if isinstance(error, Problem):
        return answer(error.status, str(error), error.errors, **error.headers)
    status = next((status for kind, status in STATUS_OF.items() if isinstance(error, kind)), 500)
    errors = [error] if isinstance(error, InvalidInput) else []
    headers = {"WWW_Authenticate": 'Bearer realm="Vigie"'} if status == 401 else {}
    return answer(status, str(error), errors, **headers)


def _from_database(error: Exception) -> Response:
    log.error("database_unavailable", error=type(error).__name__, path=request.path)
    return answer(503, "The database does not answer; nothing was stored. Send it again.", Retry_After="5")


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    detail = {
        404: "There is no such address; /api/v1/docs lists those that exist.",
        413: "The body is larger than this service takes; split the batch.",
    }.get(status, str(error.description))
    response = answer(status, detail)
    if status == 405:
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
    return response


def _where(error: Exception) -> list[str]:
    """Return where an error came from, innermost last; its message may hold what a reader wrote."""
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]


def _from_bug(error: Exception) -> Response:
    log.error("unexpected_error", error=type(error).__name__, path=request.path, where=_where(error))
    return answer(500, "Something unexpected happened and was logged; nothing was stored. Send it again.")
