"""A newspaper that posts comments through the real API, and compares what became of them. No test lives here."""

import json
import time
from itertools import count

from flask.testing import FlaskClient

from tests.workers.processes import Plant, until

MARK = "hydrogéologie"  # a word of every comment, which no log and no broker may hold
TEXT = f"Commentaire {{}} : la {MARK} du plateau mérite un débat calme, avec des chiffres et des noms. "


class Newspaper:
    """One site's backend, which remembers what was accepted."""

    def __init__(self, plant: Plant, client: FlaskClient, site_id: int, key: str) -> None:
        self.plant, self.client, self.site_id, self.key = plant, client, site_id, key
        self.accepted: set[str] = set()
        self._numbers = count()

    def post(self, size: int = 1, length: int = 1) -> float:
        """Post a batch through the real API; return how long the 202 took."""
        ids = [f"c{next(self._numbers)}" for _ in range(size)]
        body = json.dumps([{"id": key, "text": TEXT.format(key) * length} for key in ids])
        began = time.monotonic()
        answer = self.client.post("/api/v1/comments", data=body, headers=self.headers())
        took = time.monotonic() - began
        assert answer.status_code == 202, answer.text
        self.accepted.update(ids)
        return took

    def headers(self) -> dict[str, str]:
        """Return what authenticates a request."""
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def waiting(self) -> int:
        """Count the revisions that nobody has scored yet."""
        return self._count("state = 'pending'")

    def claims(self) -> int:
        """Count the tries that workers have begun."""
        return self._sum("attempts")

    def claimed_more_than(self, before: int) -> bool:
        """Say whether a worker has begun another try since."""
        return self.claims() > before

    def accepted_at_least(self, goal: int) -> bool:
        """Say whether so many comments were answered 202."""
        return len(self.accepted) >= goal

    def held(self) -> int:
        """Count the revisions that a worker holds now, or held when it died."""
        return self._count("state = 'pending' AND lease_token IS NOT NULL")

    def everything_is_scored_once(self) -> None:
        """Wait until nothing waits, then compare every row with what was accepted."""
        until(lambda: not self.waiting(), f"all scored; {self.waiting()} still wait")
        stored = self._count("true")
        assert stored >= len(self.accepted)
        assert self._count("comment.external_id = ANY(:ids)", ids=list(self.accepted)) == len(self.accepted)
        scorings = "JOIN scoring ON scoring.revision_id = revision.id"
        assert self._count("scoring.failure IS NULL AND scoring.round = 1", scorings) == stored
        assert self._count("true", scorings) == stored
        decisions = "JOIN decision ON decision.revision_id = revision.id"
        assert self._count("decision.origin = 'policy' AND comment.decision_id = decision.id", decisions) == stored
        assert self._count("true", decisions) == stored
        assert self._count("comment.status IN ('published', 'in_review')") == stored

    def _sum(self, column: str) -> int:
        return self.plant.count(
            f"SELECT sum({column}) FROM revision JOIN comment ON comment.id = comment_id WHERE site_id = :site",
            site=self.site_id,
        )

    def _count(self, condition: str, join: str = "", **values: object) -> int:
        return self.plant.count(
            f"SELECT count(*) FROM comment JOIN revision ON revision.comment_id = comment.id {join}"
            f" WHERE comment.site_id = :site AND {condition}",
            site=self.site_id,
            **values,
        )
