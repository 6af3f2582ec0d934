"""The face for machines: the versioned webhook API, its description, health and metrics. No rules live here."""

from flask import Flask, Response, request

from moderation.api import (
    appeals,
    articles,
    comments,
    decisions,
    description,
    health,
    metrics,
    problems,
    reports,
)


def register(app: Flask) -> None:
    """Add the API's routes to the application."""
    app.url_map.merge_slashes = False  # ids may hold slashes
    for module in (comments, articles, decisions, reports, appeals, description, health, metrics):
        app.register_blueprint(module.blueprint)
    app.before_request(problems.of_no_route)
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    """Let nothing of this face run, be framed, be guessed or be kept by a cache."""
    if problems.concerns(request.path):
        response.headers.update(_HEADERS)
    return response


_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
