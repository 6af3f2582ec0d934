"""A site's endpoint for callbacks: a real HTTP server in a thread, told how to answer. No test lives here."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id that lets a site drop repeats."""
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        """What was told."""
        told: dict[str, Any] = json.loads(self.body)["data"]
        return told

    def verify(self, secret: str) -> Any:
        """Check the signature as sites do. Raises WebhookVerificationError."""
        return Webhook(secret).verify(self.body, dict(self.headers))


class Handler(BaseHTTPRequestHandler):
    """One connection; `answer` decides what is said on it."""

    protocol_version = "HTTP/1.1"
    receiver: "Receiver"

    def do_POST(self) -> None:  # noqa: N802, RUF100 - the standard library's name
        """Remember the request, then answer it."""
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.path, headers, body)
        with self.receiver.lock:
            self.receiver.received.append(received)
            answer = self.receiver.answer
        answer(self, received)

    do_GET = do_POST  # noqa: N815, RUF100 - a followed redirect would come as one

    def say(self, status: int, **headers: str) -> None:
        """Answer with a status and nothing else."""
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def hang_up(self) -> None:
        """Close the connection without a word."""
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, RUF100 - the library's name
        """Write nothing."""


Answering = Callable[[Handler, Received], None]


def accept(handler: Handler, _: Received) -> None:
    """Answer 204."""
    handler.say(204)


@dataclass
class Receiver:
    """What came, and how to answer what comes next."""

    answer: Answering = accept
    received: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/vigie"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # five, the default, resets the connections of a burst
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of senders that hung up."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a port of its own."""
    receiver = Receiver()
    with _Server(("127.0.0.1", 0), type("Bound", (Handler,), {"receiver": receiver})) as server:
        receiver.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
