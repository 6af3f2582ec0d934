"""Scoring what is pending: claim, close the session, compute, open a session, store.

No transaction is open while the classifiers compute. A revision is finished only by the worker that still
holds its lease, so it is scored once per round, whoever else tried.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isqrt
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from classifiers.scorer import Scorer, Submission
from moderation.database import Database
from moderation.domain.alike import Fingerprint, fingerprint
from moderation.domain.words import CommentStatus, RevisionState
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import appending, judging, model_store, submissions, words
from moderation.services.judging import Result
from moderation.services.matching import Hit
from moderation.services.model_store import ModelStore, Standing
from moderation.storage import alike, comments, scorings, shadows, work
from moderation.storage import decisions as stored_decisions
from moderation.storage.work import ClaimedRevision

log = structlog.get_logger()

_STORE_TRIES = 5
_DEADLOCK = "40P01"


@dataclass(frozen=True)
class ScoringLimits:
    """How much one nudge takes: rows a batch, seconds a lease lasts, tries before a person has to read it."""

    batch_size: int = 200
    lease_seconds: int = 60
    max_attempts: int = 4


def drain(
    database: Database,
    scorer: Scorer,
    limits: ScoringLimits,
    chance: Callable[[], float],
    interrupts: tuple[type[Exception], ...] = (),
    models: ModelStore | None = None,
) -> int:
    """Score one batch of pending revisions, then some whose last try did not end; return how many were taken up.

    What a dead worker held is tried again in small groups, and what was in such a group when a worker died
    again is tried alone: one bad text costs few others a try, and the rest of its batch little time.

    A full batch rings again before it is computed, so that another free worker joins.
    Running it twice, or twice at once, is safe: rows are leased, and finished only by the holder of the lease.
    `interrupts` are exceptions that say "stop now" (a time limit) and not that a text cannot be scored. `models`
    finds what each site's champions are at this moment; without it the shipped models judge alone.
    """
    scoring = _Scoring(database, scorer, limits, chance, interrupts, models)
    taken = scoring.once(work.claim_fresh, limits.batch_size)
    group = isqrt(limits.batch_size) if limits.max_attempts > 2 else 1
    for _ in range(limits.batch_size):
        count = scoring.once(work.claim_tried_once, group) or scoring.once(work.claim_suspect, 1)
        if not count:
            return taken
        taken += count
    with database.session() as session:  # fresh comments first, then the other suspects
        enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
    return taken


@dataclass(frozen=True)
class _Found:
    """What was found in a batch, by revision: fingerprints, and words of the sites' lists; by site its models."""

    prints: Mapping[int, Fingerprint | None]
    hits: Mapping[int, Sequence[Hit]]
    standing: Mapping[int, Standing]


@dataclass(frozen=True)
class _Scoring:
    """What one nudge works with."""

    database: Database
    scorer: Scorer
    limits: ScoringLimits
    chance: Callable[[], float]
    interrupts: tuple[type[Exception], ...]
    models: ModelStore | None

    def once(self, claim: Callable[[Session, UUID, int, int], list[int]], limit: int) -> int:
        """Claim, compute, store; return how many revisions were claimed."""
        token = uuid4()
        with self.database.session() as session:
            ids = claim(session, token, self.limits.lease_seconds, limit)
            batch = work.claimed(session, ids) if ids else []
            context = submissions.context(session, batch, self.models)
            matchers = words.matchers(session, {r.site_id for r in batch})
            if len(ids) == limit > 1:
                enqueue_after_commit(session, TaskName.DRAIN_COMMENTS)
        if not batch:
            return 0
        # a text that ended its worker (memory, a hang) leaves no exception: its count of tries tells
        deadly = [r for r in batch if r.attempts > self.limits.max_attempts]
        scored, failed = self.score([(r, context.submission(r)) for r in batch if r not in deadly])
        hopeless = [*deadly, *(r for r in failed if r.attempts >= self.limits.max_attempts)]
        released = [r.id for r in failed if r not in hopeless]
        results = [*scored, *((r, None) for r in hopeless)]
        prints = {revision.id: fingerprint(revision.text) for revision, _ in results}
        found = _Found(prints, judging.hits_in(results, matchers), context.standing)
        self.store(token, results, released, found, again=any(r.round > 1 for r in batch))
        log.info("comments_scored", scored=len(scored), failed=len(failed), given_to_review=len(hopeless))
        return len(batch)

    def score(self, batch: Sequence[tuple[ClaimedRevision, Submission]]) -> tuple[list[Result], list[ClaimedRevision]]:
        """Score a batch; when that fails, one by one, so that only what cannot be scored fails.

        What fails alone is tried once more without what its site taught: a model costs no comment.
        """
        if not batch:
            return [], []
        try:
            scores = self.scorer.score([submission for _, submission in batch])
            return list(zip((revision for revision, _ in batch), scores, strict=True)), []
        except self.interrupts:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one text did must not cost the others
            log.warning("batch_failed", size=len(batch), error=type(error).__name__)
        if len(batch) == 1:
            [(revision, submission)] = batch
            if submission.adaptations or submission.shadows:
                return self.score([(revision, replace(submission, adaptations=(), shadows=()))])
            return [], [revision]
        scored: list[Result] = []
        failed = []
        for one in batch:
            done, not_done = self.score([one])
            scored += done
            failed += not_done
        return scored, failed

    def store(
        self, token: UUID, results: Sequence[Result], released: Sequence[int], found: _Found, *, again: bool
    ) -> None:
        """Store a batch; the victim of a deadlock (an article arrived meanwhile) tries again.

        `again`: some of it had been scored before, so that a rescoring may go on.
        """
        for last in (False,) * (_STORE_TRIES - 1) + (True,):
            try:
                with self.database.session() as session:
                    _store(session, token, results, self.chance, found)
                    work.release(session, token, released)
                    if again:
                        enqueue_after_commit(session, TaskName.RESCORE)
                return
            except OperationalError as error:
                if last or getattr(error.orig, "sqlstate", None) != _DEADLOCK:
                    raise


def _store(
    session: Session,
    token: UUID,
    results: Sequence[Result],
    chance: Callable[[], float],
    found: _Found,
) -> None:
    """Store what is still ours, and decide by policy about the revisions that are still current."""
    locked = comments.lock_ids(session, {revision.comment_id for revision, _ in results})
    rounds: dict[int, int] = {}
    for state, wanted in ((RevisionState.SCORED, True), (RevisionState.FAILED, False)):
        ids = [revision.id for revision, scores in results if (scores is not None) is wanted]
        rounds |= work.finish(session, token, ids, state)
    ours = [(revision, scores) for revision, scores in results if revision.id in rounds]
    if not ours:
        return
    judged = judging.judge_all(session, ours, found.hits, chance)
    rows = {one.revision.id: one.row(rounds[one.revision.id]) for one in judged}
    added = scorings.add(session, list(rows.values()))
    shadows.add(session, model_store.shadow_rows(ours, found.standing))
    alike.keep(session, {revision.id: made for revision, _ in ours if (made := found.prints[revision.id])})
    earlier = stored_decisions.by_ids(session, [c.decision_id for c in locked.values() if c.decision_id])
    batch = []
    for one in judged:
        revision, judgement = one.revision, one.judgement
        comment = locked[revision.comment_id]
        if comment.current_revision != revision.number or comment.status == CommentStatus.DELETED:
            continue  # an edit or a deletion overtook it: the scoring stays as history
        comment.scoring_id = added[revision.id]
        last = earlier.get(comment.decision_id or 0)
        if last and last.revision_id == revision.id and (last.moderator_id or judging.says_the_same(last, judgement)):
            continue  # a person decided, or the policy already said the same
        payload = appending.about(one.site, comment, revision.number, rows[revision.id])
        batch.append(appending.by_policy(comment, one.site, revision.id, added[revision.id], judgement, payload))
    session.flush()
    appending.append(session, batch)
