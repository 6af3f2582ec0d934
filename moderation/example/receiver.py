"""The example site's receiver of callbacks: checks each signature, drops repeats, remembers ids and verdicts."""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

_LARGEST_BODY = 1_000_000


class Received:
    """The callbacks that arrived, in a file of JSON lines, each once. Holds no text of comments."""

    def __init__(self, file: Path) -> None:
        self._file, self._lock = file, Lock()

    def all(self) -> list[dict[str, Any]]:
        """Return what arrived, oldest first."""
        if not self._file.exists():
            return []
        return [json.loads(line) for line in self._file.read_text("utf-8").splitlines()]

    def add(self, event_id: str, event: dict[str, Any]) -> bool:
        """Remember a callback; return False for one that arrived before."""
        data = event["data"]
        with self._lock:
            if any(known["id"] == event_id for known in self.all()):
                return False
            kept = {"id": event_id} | {
                name: data[name] for name in ("comment_id", "revision", "verdict", "decided_by", "labels", "decided_at")
            }
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(kept) + "\n")
        return True


def serve(port: int, secret: str, received: Received) -> None:
    """Serve POST / for callbacks and GET / for what arrived, on loopback, until the process ends."""
    webhook = Webhook(secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(min(length, _LARGEST_BODY)).decode()
            try:
                event = webhook.verify(body, dict(self.headers))
            except (WebhookVerificationError, ValueError):
                self._answer(HTTPStatus.UNAUTHORIZED, {"error": "the signature does not hold"})
                return
            self._answer(HTTPStatus.OK, {"new": received.add(self.headers["webhook-id"], event)})

        def do_GET(self) -> None:
            self._answer(HTTPStatus.OK, received.all())

        def _answer(self, status: HTTPStatus, body: object) -> None:
            data = json.dumps(body, indent=1).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Log nothing: what arrived is in the file."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.serve_forever()
