"""The example site's backend: signs and posts, and reads back what became of its comments."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen
from uuid import uuid4

from standardwebhooks.webhooks import Webhook

SITE = "example"
_TIMEOUT_SECONDS = 30


@cache
def thread() -> dict[str, Any]:
    """Return the example: an article, the seed comments, and further comments."""
    loaded: dict[str, Any] = json.loads(resources.files(__package__).joinpath("thread.json").read_text("utf-8"))
    return loaded


class Backend:
    """Talks to a running Vigie at `address` for the example site."""

    def __init__(self, address: str, signing_secret: str, site: str = SITE) -> None:
        self._address, self._webhook, self._site = address.rstrip("/"), Webhook(signing_secret), site

    def describe_article(self) -> None:
        """Tell Vigie about the article."""
        article = dict(thread()["article"])
        self._call("PUT", f"/api/v1/articles/{quote(article.pop('id'), safe='')}", article)

    def post(self, comments: Sequence[Mapping[str, Any]]) -> Any:
        """Post comments under the article as one batch; return the receipts."""
        article_id = thread()["article"]["id"]
        return self._call("POST", "/api/v1/comments", [{**c, "article_id": article_id} for c in comments])

    def read(self, comment_id: str) -> Any:
        """Read one comment back; None when Vigie never got it."""
        try:
            return self._call("GET", f"/api/v1/comments/{quote(comment_id, safe='')}")
        except HTTPError as error:
            with error:
                if error.code == 404:
                    return None
            raise

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body, ensure_ascii=False) if body is not None else ""
        key, now = f"msg_{uuid4().hex}", datetime.now(UTC)
        headers = {
            "Vigie-Site": self._site,
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(key, now, data or f"{method} {path}"),
            "Content-Type": "application/json",
        }
        request = Request(self._address + path, data.encode() or None, headers, method=method)  # noqa: S310
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - the address is an administrator's
            return json.load(response)
