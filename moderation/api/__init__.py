"""The face for machines: the versioned webhook API, its description, and health. No rules live here."""

from flask import Flask

from moderation.api import articles, comments, decisions, description, health, problems


def register(app: Flask) -> None:
    """Add the API's routes to the application."""
    app.url_map.merge_slashes = False  # ids may hold slashes
    for module in (comments, articles, decisions, description, health):
        app.register_blueprint(module.blueprint)
    app.before_request(problems.of_no_route)
