"""The composition root of the web process: settings in, application out."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from moderation import api, dashboard
from moderation.clients.tasks import TaskPublisher
from moderation.database import Database
from moderation.logs import configure_logs
from moderation.services.credentials import Vault
from moderation.settings import Settings
from moderation.web import Context, attach


def create_app(settings: Settings | None = None) -> Flask:
    """Build the web application. Raises Misconfigured when a setting is missing or wrong."""
    settings = settings or Settings.load()
    configure_logs(settings.log_level)
    publisher = TaskPublisher(settings.require("broker_url"))
    database = Database(settings.require("database_url"), publisher.publish, settings.database_pool)
    app = Flask("moderation", static_folder=None)
    app.secret_key = settings.require("secret_key")
    app.config.update(MAX_CONTENT_LENGTH=settings.max_request_bytes)
    attach(app, Context(settings, database, Vault(settings.encryption_keys), publisher))
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    api.register(app)
    dashboard.register(app)
    return app
