"""Telling sites what was decided: signed, retried with back-off, in order per comment, at least once."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog
from sqlalchemy.orm import Session

from moderation.clients.site import Answer, Message, SiteClient
from moderation.database import Database
from moderation.domain.errors import Misconfigured
from moderation.domain.words import CallbackState, CredentialKind
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services.credentials import Vault
from moderation.storage import callbacks, sites
from moderation.storage.callbacks import DueCallback
from moderation.storage.sites import SiteRecord

log = structlog.get_logger()

# The schedule of the Standard Webhooks specification, in seconds between attempts.
WAITS = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
LEASE_SECONDS = 120
BATCH_SIZE = 32
TURN_SECONDS = 30.0  # with the longest batch, four times a timeout, well below the lease and the task's time limit
_THREADS = 8
_SILENCES = 3


@dataclass(frozen=True)
class Target:
    """Where a site is told, and the secrets that its messages are signed with."""

    url: str
    private_allowed: bool
    secrets: tuple[str, ...]


def deliver_due(database: Database, client: SiteClient, vault: Vault, chance: Callable[[], float]) -> int:
    """Send every message that is due, oldest first; return how many were taken up.

    A site whose line failed a few times is not tried again in the same turn, so that one that is down does not
    keep the others waiting. A turn that grows long ends, and rings for the next one.

    Running it twice at once is safe: messages are leased, and a site that gets one twice (the worker died
    between sending and storing) recognises its id.
    """
    taken, silences, end = 0, Counter[int](), time.monotonic() + TURN_SECONDS
    while batch := _deliver_batch(database, client, vault, chance, silences):
        taken += batch
        if time.monotonic() >= end:
            with database.session() as session:
                enqueue_after_commit(session, TaskName.DELIVER_CALLBACKS)
            break
    return taken


def wait_before(attempt: int, asked: float | None, chance: float) -> float | None:
    """Return the seconds to wait after this attempt (counted from 1), or None when there is no further one.

    Up to a fifth is added by `chance` (uniform in [0, 1)), so that sites that come back are not
    struck all at once. A site that asks for a longer wait (Retry-After) is given it, up to a day.
    """
    if attempt > len(WAITS):
        return None
    return max(WAITS[attempt - 1] * (1 + chance / 5), min(asked or 0.0, WAITS[-1]))


def _deliver_batch(
    database: Database, client: SiteClient, vault: Vault, chance: Callable[[], float], silences: Counter[int]
) -> int:
    token = uuid4()
    longest = int(WAITS[-1] * 1.2) + 1
    with database.session() as session:
        due = callbacks.claim_due(session, token, LEASE_SECONDS, longest, BATCH_SIZE)
        targets = {site_id: target_of(session, vault, site_id) for site_id in {d.site_id for d in due}}
    with ThreadPoolExecutor(_THREADS) as pool:
        answers = list(pool.map(lambda d: _send(client, d, targets[d.site_id], silences), due))
    with database.session() as session:
        for callback, answer in zip(due, answers, strict=True):
            _settle(session, token, callback, answer, chance())
    if due:
        log.info("callbacks_sent", attempts=len(due), delivered=sum(a.delivered for a in answers))
    return len(due)


def target_of(session: Session, vault: Vault, site_id: int) -> Target | None:
    """Return where a site is told; None when it has no address or no readable secret."""
    site = session.get_one(SiteRecord, site_id)
    live = sites.live_credentials(session, site_id, CredentialKind.CALLBACK_SECRET)
    if not site.callback_url or not live:
        return None
    try:
        secrets = tuple(vault.open(c.secret_encrypted) for c in live if c.secret_encrypted)
    except Misconfigured as error:  # one site's trouble: the messages of the others leave
        log.error("callback_secret_unreadable", site_id=site_id, error=str(error))
        return None
    return Target(site.callback_url, site.callback_private_allowed, secrets)


def _send(client: SiteClient, due: DueCallback, target: Target | None, silences: Counter[int]) -> Answer:
    if target is None:
        return Answer(delivered=False, error="the site has no callback address or readable secret")
    if silences[due.site_id] >= _SILENCES:
        return Answer(delivered=False, error="the site had just failed to answer other messages")
    message = Message(due.event_id, datetime.now(UTC), _body(due.payload))
    try:
        answer = client.send(target.url, message, target.secrets, private_allowed=target.private_allowed)
    except Exception as error:  # noqa: BLE001 - whatever one message did must not cost the others
        log.error("callback_broke", callback_id=due.id, site_id=due.site_id, error=type(error).__name__)
        return Answer(delivered=False, error=type(error).__name__)
    if answer.silent:
        silences[due.site_id] += 1
    return answer


def _body(payload: Mapping[str, object]) -> str:
    event = {"type": "comment.decided", "timestamp": payload["decided_at"], "data": payload}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _settle(session: Session, token: UUID, due: DueCallback, answer: Answer, chance: float) -> None:
    if answer.delivered:
        callbacks.settle(session, token, due.id, CallbackState.DELIVERED, 0, None)
        return
    if answer.gone:
        session.get_one(SiteRecord, due.site_id).callback_active = False
        log.warning("callbacks_switched_off", site_id=due.site_id, reason="the site answered 410 Gone")
    wait = wait_before(due.attempts, answer.retry_after, chance)
    state = CallbackState.PENDING if wait is not None else CallbackState.ABANDONED
    callbacks.settle(session, token, due.id, state, wait or 0, answer.error)
    log.warning("callback_failed", site_id=due.site_id, callback_id=due.id, attempt=due.attempts, error=answer.error)
