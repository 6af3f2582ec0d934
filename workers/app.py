"""The Celery application of the workers, and what one worker process keeps: database, scorer, clients.

`celery -A workers.app worker -Q scoring` serves the scoring queue; any subset of the queues may be served.
"""

import os
import random
from functools import cached_property

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_process_shutdown

from classifiers.scorer import Article, Scorer, Submission
from moderation.clients.site import SiteClient
from moderation.clients.tasks import TaskPublisher
from moderation.database import Database
from moderation.logs import configure_logs
from moderation.messages import BROKER_TRANSPORT_OPTIONS, QueueName
from moderation.services.credentials import Vault
from moderation.services.model_store import ModelStore
from moderation.settings import Settings
from workers.schedule import beat_schedule

settings = Settings.load()
_LEARNING_NICENESS = 10


class Resources:
    """What the tasks of one process share; each part is made when it is first needed."""

    @cached_property
    def publisher(self) -> TaskPublisher:
        """The sender of nudges."""
        return TaskPublisher(settings.require("broker_url"))

    @cached_property
    def database(self) -> Database:
        """The database, whose commits send nudges."""
        return Database(settings.require("database_url"), self.publisher.publish, settings.database_pool)

    @cached_property
    def scorer(self) -> Scorer:
        """The three classifiers."""
        return Scorer.load()

    @cached_property
    def models(self) -> ModelStore:
        """What newsrooms taught, as far as this process has met it."""
        return ModelStore(self.scorer.versions)

    @cached_property
    def vault(self) -> Vault:
        """The keys of stored secrets."""
        return Vault(settings.encryption_keys)

    @cached_property
    def site_client(self) -> SiteClient:
        """The line to the sites."""
        return SiteClient()

    chance = staticmethod(random.SystemRandom().random)


resources = Resources()

app = Celery(
    "vigie",
    broker=settings.broker_url,
    include=[
        "workers.scoring",
        "workers.callbacks",
        "workers.retraining",
        "workers.models",
        "workers.watch",
        "workers.housekeeping",
    ],
)
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_retry_on_worker_lost=False,  # the row stays pending and a sweep rings again: no message is worth a retry
    task_acks_on_failure_or_timeout=True,
    task_soft_time_limit=120,
    task_time_limit=150,
    task_serializer="json",
    accept_content=["json"],
    task_create_missing_queues=False,
    task_queues={name.value: {"exchange": name.value, "routing_key": name.value} for name in QueueName},
    task_default_queue=QueueName.HOUSEKEEPING.value,
    worker_prefetch_multiplier=1,
    worker_proc_alive_timeout=60,  # loading the classifiers on a slow machine: after 4 s Celery would kill, for ever
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_send_task_events=False,
    worker_max_tasks_per_child=None,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options=BROKER_TRANSPORT_OPTIONS,
    beat_schedule=beat_schedule(settings.sweep_seconds),
    beat_scheduler="celery.beat:Scheduler",  # keeps nothing on disk: every periodic task may run at any time
    beat_max_loop_interval=5,
    timezone="UTC",
)


@setup_logging.connect
def _logs(**_: object) -> None:
    configure_logs(settings.log_level)


@worker_process_init.connect
def _load_before_work(**_: object) -> None:
    """Load the classifiers before the first comment comes, in processes that serve the scoring queue.

    A process that only learns waits with it until it has to, and leaves the machine to those that serve people.
    """
    served = set(app.amqp.queues.consume_from)
    if served == {QueueName.LEARNING}:
        os.nice(_LEARNING_NICENESS)
    if QueueName.SCORING in served:
        resources.scorer.score([Submission("Bonjour", None, Article("Bonjour", "Bonjour"), "Bonjour")])


@worker_process_shutdown.connect
def _close(**_: object) -> None:
    if "database" in vars(resources):
        resources.database.dispose()
