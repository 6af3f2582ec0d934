"""Trying a site's callback address: one signed message that says nothing, and what came back, in kinds.

No session is open while the site is asked.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4

from moderation.clients.site import Answer, Message, SiteClient
from moderation.services.callbacks import Target

EVENT = "callback.test"


class Outcome(StrEnum):
    """How a trial ended."""

    DELIVERED = "delivered"
    ANSWERED = "answered"  # with a status that is no success
    REFUSED = "refused"  # the address is not one that Vigie may call
    UNKNOWN_NAME = "unknown_name"
    NO_CONNECTION = "no_connection"
    NOT_ENCRYPTED = "not_encrypted"
    TIMEOUT = "timeout"
    NO_HTTP = "no_http"


@dataclass(frozen=True)
class Trial:
    """What came back, and after how many seconds."""

    outcome: Outcome
    status: int | None
    seconds: float
    error: str | None


def try_out(client: SiteClient, target: Target, slug: str) -> Trial:
    """Send one test message, signed like every other; what the site does never raises."""
    now = datetime.now(UTC)
    event = {"type": EVENT, "timestamp": now.isoformat(timespec="milliseconds"), "data": {"site": slug}}
    message = Message(f"msg_test_{uuid4().hex}", now, json.dumps(event, separators=(",", ":")))
    begin = time.monotonic()
    answer = client.send(target.url, message, target.secrets, private_allowed=target.private_allowed)
    return Trial(_outcome(answer), answer.status, time.monotonic() - begin, answer.error)


def _outcome(answer: Answer) -> Outcome:
    if answer.delivered or answer.status:
        return Outcome.DELIVERED if answer.delivered else Outcome.ANSWERED
    if not answer.silent:
        return Outcome.REFUSED
    kind, _, told = (answer.error or "").partition(":")
    if kind.endswith("Timeout"):
        return Outcome.TIMEOUT
    if "SSL" in told or "CERTIFICATE" in told:
        return Outcome.NOT_ENCRYPTED
    if kind == "gaierror":
        return Outcome.UNKNOWN_NAME
    return Outcome.NO_HTTP if "Protocol" in kind else Outcome.NO_CONNECTION
