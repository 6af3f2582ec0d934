"""One site at the moderators' desk: comments come in through the real use cases, with scores that a test chooses."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from classifiers.scorer import Reason, Scores, Submission
from moderation.database import Database
from moderation.domain.submission import SubmittedArticle, SubmittedComment
from moderation.domain.words import Label
from moderation.services import intake, scoring
from moderation.storage.review import one_of_site
from moderation.storage.sites import SiteRecord


def scene() -> dict[str, Any]:
    """Return two articles and eight comments of every kind, with their scores."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("scene.json").read_text())
    return found


class ScriptedScorer:
    """Scores each text as it was told to; fails on those it was told to fail on."""

    def __init__(self) -> None:
        self.answers: dict[str, Scores] = {}
        self.unreadable: set[str] = set()

    def score(self, batch: Sequence[Submission]) -> list[Scores]:
        """Return the scripted answers."""
        if any(submission.text in self.unreadable for submission in batch):
            raise ValueError
        return [self.answers[submission.text] for submission in batch]


class Desk:
    """One site whose comments come in through the real use cases, with scores that a test chooses."""

    def __init__(self, database: Database, site: SiteRecord) -> None:
        self.database, self.site, self.scorer = database, site, ScriptedScorer()

    def receive(
        self,
        body: str,
        key: str = "c-1",
        scores: Sequence[float | None] = (0.1, 0.1, 0.9),
        spans: dict[str, Any] | None = None,
        reasons: Sequence[Sequence[str]] = (),
        *,
        audit: bool = False,
        unreadable: bool = False,
        **more: Any,
    ) -> int:
        """Take one comment in, score it as told, and return its id."""
        by_label = dict(zip(Label, scores, strict=True))
        versions = {label.value: "1.0" for label in Label}
        told = tuple(Reason(*reason) for reason in reasons)
        self.scorer.answers[body] = Scores("fr", by_label, told, spans or {}, versions)  # type: ignore[arg-type]
        if unreadable:
            self.scorer.unreadable.add(body)
        with self.database.session() as session:
            site = session.get_one(SiteRecord, self.site.id)
            site.policy = site.policy | {"audit_share": 1.0 if audit else 0.0}
            intake.accept(session, site.id, [replace(SubmittedComment(key, body), **more)])
        limits = scoring.ScoringLimits(max_attempts=1)
        scoring.drain(self.database, self.scorer, limits, lambda: 0.5)  # type: ignore[arg-type]
        return self.id_of(key)

    def id_of(self, key: str) -> int:
        """Return the internal id of a comment."""
        with self.database.session() as session:
            row = one_of_site(session, self.site.id, key)
        assert row is not None
        return row.comment.id

    def status(self, key: str = "c-1") -> str:
        """Return where a comment stands."""
        with self.database.session() as session:
            row = one_of_site(session, self.site.id, key)
        assert row is not None
        return row.comment.status

    def delete(self, key: str = "c-1") -> None:
        """Have the site delete a comment."""
        with self.database.session() as session:
            intake.delete(session, self.site.id, key)

    def play(self, scene: dict[str, Any]) -> None:
        """Have a whole scene arrive, each comment at its time."""
        articles = {key: SubmittedArticle(key, **values) for key, values in scene["articles"].items()}
        for item in scene["comments"]:
            key = self._arrive(item, articles[item["article"]])
            at = datetime.now(UTC) - timedelta(minutes=item["minutes"])
            with self.database.session() as session:
                session.execute(text("UPDATE comment SET received_at = :at WHERE id = :id"), {"at": at, "id": key})

    def _arrive(self, item: dict[str, Any], article: SubmittedArticle) -> int:
        body = item["text"]
        spans = {
            label: [(body.index(words), body.index(words) + len(words), weight) for words, weight in marked]
            for label, marked in item["spans"].items()
        }
        return self.receive(
            body,
            item["id"],
            item["scores"],
            spans,
            item["reasons"],
            audit=item.get("audit", False),
            unreadable=item.get("failure", False),
            article=article,
            author_id=item["author"],
            author_name=item["author"],
            parent_id=item.get("parent"),
        )
