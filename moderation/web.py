"""What both faces share in one web process: the settings, the database and the secrets' vault."""

from dataclasses import dataclass

from flask import Flask, current_app

from moderation.clients.tasks import TaskPublisher
from moderation.database import Database
from moderation.services.credentials import Vault
from moderation.settings import Settings

_KEY = "vigie"


@dataclass(frozen=True)
class Context:
    """The parts that the composition root made for this process."""

    settings: Settings
    database: Database
    vault: Vault
    publisher: TaskPublisher


def attach(app: Flask, context: Context) -> None:
    """Give the application its context."""
    app.extensions[_KEY] = context


def context() -> Context:
    """Return the context of the application that serves this request."""
    found: Context = current_app.extensions[_KEY]
    return found
