"""Real servers from wheels, and the supervisor that keeps them and our own processes running.

Here live the embedded PostgreSQL, the embedded Valkey, the lock on a directory and the process supervisor.
They take plain arguments: nothing here knows of settings, Flask, Celery or records.
"""

from moderation.embedded.errors import (
    AlreadyRunning,
    EmbeddedError,
    PlaceUnusable,
    ProgramFailed,
    ServerFailed,
)
from moderation.embedded.lock import DirectoryLock
from moderation.embedded.postgres import EmbeddedPostgres
from moderation.embedded.program import Account, Program
from moderation.embedded.restarts import RestartPolicy
from moderation.embedded.supervisor import StopRequested, Supervisor
from moderation.embedded.valkey import EmbeddedValkey

__all__ = [
    "Account",
    "AlreadyRunning",
    "DirectoryLock",
    "EmbeddedError",
    "EmbeddedPostgres",
    "EmbeddedValkey",
    "PlaceUnusable",
    "Program",
    "ProgramFailed",
    "RestartPolicy",
    "ServerFailed",
    "StopRequested",
    "Supervisor",
]
