"""One site of the simulation: comments come in, people decide about them, its models are trained and measured."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from sqlalchemy import text

from classifiers.scorer import Article, Scorer, Submission
from moderation.clients.tasks import TaskPublisher
from moderation.database import Database
from moderation.domain.submission import SubmittedComment
from moderation.domain.words import Label, ModelState, Verdict, WorkState
from moderation.messages import TaskName
from moderation.services import decisions, intake, models, retraining, sites
from moderation.services.model_store import ModelStore
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.sites import SiteRecord
from tests.benchmarks.neighbourhood import Written, articles
from tests.workers.processes import until

PATIENCE = 1_200.0
MEASURED = (Label.INCIVILITY, Label.OFF_TOPIC)


@dataclass
class Room:
    """A newsroom on one site. `begun` is its first day: a round of decisions is a day, as in life."""

    database: Database
    publisher: TaskPublisher
    scorer: Scorer
    site: SiteRecord
    begun: datetime
    written: dict[str, Written] = field(default_factory=dict)
    days: int = 0

    @classmethod
    def open(cls, database: Database, publisher: TaskPublisher, scorer: Scorer, slug: str, begun: datetime) -> "Room":
        """Make a site that reads every comment before it stands, whose challengers need 40 comments in the shadow."""
        with database.session() as session:
            site = sites.create(session, slug, slug.capitalize())
            site.policy = {"audit_share": 1.0}
            site.learning = {"cron": "never", "shadow_comments": 40}
            intake.store_articles(session, site.id, articles())
        return cls(database, publisher, scorer, site, begun)

    def post(self, comments: Sequence[Written]) -> list[str]:
        """Have comments come in and be scored by the workers; return their ids."""
        keys = [f"c{len(self.written) + number}" for number in range(len(comments))]
        self.written |= dict(zip(keys, comments, strict=True))
        submitted = [
            SubmittedComment(key, one.text, article_id=f"a{one.article}")
            for key, one in zip(keys, comments, strict=True)
        ]
        with self.database.session() as session:
            intake.accept(session, self.site.id, submitted)
        self.publisher.publish(TaskName.DRAIN_COMMENTS)
        until(lambda: not self._number("status = 'pending'"), "every comment is scored", PATIENCE)
        return keys

    def decide(
        self, keys: Sequence[str], people: Sequence[ModeratorRecord], says: Mapping[str, frozenset[Label]] | None = None
    ) -> None:
        """Have people decide about comments in turn, over one day; `says` overrules what the newsroom would say."""
        ids = self.ids(keys)
        for number, key in enumerate(keys):
            labels = (says or {}).get(key, self.written[key].labels)
            verdict = Verdict.REJECT if labels else Verdict.PUBLISH
            with self.database.session() as session:
                person = people[number % len(people)]
                decisions.by_moderator(session, person, ids[key], 1, verdict, sorted(labels))
        self._spread_over_a_day(list(ids.values()))

    def shuffled(self, keys: Sequence[str], seed: int) -> dict[str, frozenset[Label]]:
        """Return the answers of these comments dealt out again by chance."""
        dealt = [self.written[key].labels for key in keys]
        random.Random(seed).shuffle(dealt)
        return dict(zip(keys, dealt, strict=True))

    def ask(self) -> int:
        """Ask for a retraining; return its id."""
        with self.database.session() as session:
            return retraining.ask(session, self.site.id, None).id

    def wait(self, retraining_id: int) -> dict[str, Any]:
        """Wait until a retraining has ended; return its report. Raises RuntimeError when it failed."""
        ended = (WorkState.DONE, WorkState.FAILED, WorkState.CANCELLED)
        until(lambda: self._retraining(retraining_id)[0] in ended, "the retraining has ended", PATIENCE)
        state, report, failure = self._retraining(retraining_id)
        if state != WorkState.DONE:
            raise RuntimeError(f"The retraining ended as {state}: {failure}")
        return report

    def promote(self) -> None:
        """Have the workers promote the challengers; one that runs wild in the shadow stays where it is."""
        self.publisher.publish(TaskName.PROMOTE)
        with suppress(AssertionError):
            until(lambda: not self.states().get(ModelState.CHALLENGER), "no challenger is left", 60)

    def states(self) -> Counter[str]:
        """Return how many versions of this site stand where."""
        with self.database.session() as session:
            return Counter(version.state for version in models.versions(session, self.site.id))

    def judges(self) -> dict[str, str]:
        """Return the version of each label that judges here now."""
        with self.database.session() as session:
            found = {label: models.judging(session, self.site.id, label) for label in Label}
        return {label: one.name if one else "shipped" for label, one in found.items()}

    def auc(self, later: Sequence[Written]) -> dict[Label, float]:
        """Return the AUC of what judges now on comments that nobody decided about."""
        store = ModelStore(self.scorer.versions)
        with self.database.session() as session:
            champions, _ = store.load(session, [self.site.id])[self.site.id]
        told = articles()
        batch = [
            Submission(one.text, None, Article(told[one.article].title, told[one.article].text), adaptations=champions)
            for one in later
        ]
        found = self.scorer.score(batch)
        out = {}
        for label in MEASURED:
            judged = [(s.scores[label], label in w.labels) for s, w in zip(found, later, strict=True)]
            scores, truth = zip(*[(score, true) for score, true in judged if score is not None], strict=True)
            out[label] = float(roc_auc_score(np.array(truth), np.array(scores)))
        return out

    def versions_used(self, key: str) -> dict[str, str]:
        """Return the versions that the workers named when they scored a comment."""
        query = """SELECT scoring.model_versions FROM comment JOIN scoring ON scoring.id = comment.scoring_id
                   WHERE site_id = :site AND external_id = :key"""
        with self.database.session() as session:
            return dict(session.scalar(text(query), {"site": self.site.id, "key": key}) or {})

    def ids(self, keys: Sequence[str]) -> dict[str, int]:
        """Return the internal ids of these comments."""
        query = text("SELECT external_id, id FROM comment WHERE site_id = :site AND external_id = ANY(:keys)")
        with self.database.session() as session:
            rows = session.execute(query, {"site": self.site.id, "keys": list(keys)})
            found = {key: number for key, number in rows}
        return {key: found[key] for key in keys}

    def _spread_over_a_day(self, ids: Sequence[int]) -> None:
        begin = self.begun + timedelta(days=self.days)
        self.days += 1
        change = text("UPDATE decision SET decided_at = :at WHERE comment_id = :comment AND moderator_id IS NOT NULL")
        with self.database.session() as session:
            for number, comment_id in enumerate(ids):
                at = begin + timedelta(minutes=number * 600 / len(ids))
                session.execute(change, {"at": at, "comment": comment_id})

    def _number(self, condition: str) -> int:
        query = text(f"SELECT count(*) FROM comment WHERE site_id = :site AND {condition}")
        with self.database.session() as session:
            return int(session.scalar(query, {"site": self.site.id}) or 0)

    def _retraining(self, key: int) -> tuple[str, dict[str, Any], str | None]:
        with self.database.session() as session:
            row = retraining.one(session, key)
            return row.state, row.report, row.failure
