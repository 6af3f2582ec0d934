"""Thresholds that follow the model: goals are solved again when another version judges, and once a day.

A goal is solved from the site's own decisions with the scores of the version that judges now: those that it gave in
the shadow, and those that counted. Where it cannot be solved, the threshold is the one that holds the same share of
comments as before; where even that cannot be known, it stays. Rejecting without a person is never guessed: what
does not prove its goal is off. Every change is in the audit trail with how it came about, and so is every change of
the model that judges, so that the trail says on which scale a threshold stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.following import FEWEST_PAIRS, How, Pair, moved, same_share
from moderation.domain.goals import GoalKind, Unsolvable
from moderation.domain.policy import Policy
from moderation.domain.replay import Past, PastComment
from moderation.domain.words import Label
from moderation.services import audit
from moderation.services.replay import DECIDED, MOST_COMMENTS
from moderation.storage import audit as trail
from moderation.storage import judges, sites, version_scores
from moderation.storage.judges import Judge
from moderation.storage.sites import SiteRecord
from moderation.storage.version_scores import VersionScored

SOLVED_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class _Found:
    """The two numbers of one label and how they came about; `same_share`: what would hold as much as before."""

    threshold: float
    how: How
    reject_from: float | None
    how_reject: How
    same_share: float | None = None

    def put(self, policy: Policy, label: Label) -> Policy:
        """Return the policy with these numbers."""
        limits = {other: limit for other, limit in policy.reject_from.items() if other is not label}
        limits |= {label: self.reject_from} if self.reject_from is not None else {}
        return replace(policy, thresholds={**policy.thresholds, label: self.threshold}, reject_from=limits)


def after_promotion(session: Session, site_id: int | None, label: Label, version_id: int | None) -> None:
    """Have the thresholds of a label follow, on one site or (None) on every site without a champion of its own.

    `version_id` is the version that judges now; None: the one below it does (the shared champion, or the shipped
    model). Called in the transaction of the promotion or the roll back, after the states of versions changed.
    """
    for site in judges.judged_by(session, site_id, label):
        judge = judges.judge_of(session, site.id, label)
        if version_id is not None:
            judge = judges.by_id(session, version_id)
        before = _judge_of_threshold(session, site.id, label)
        scored = version_scores.last(session, site.id, label, judge, before, MOST_COMMENTS)
        pairs = [Pair(c.before, c.after) for c in scored if c.before is not None and c.after is not None]
        policy = Policy.from_json(site.policy)
        found = _find(policy, label, scored, pairs)
        _write(session, site, policy, label, found, (judge, before), scored)


def solve_again(session: Session, site: SiteRecord) -> int:
    """Solve every goal of a site again with what moderators decided meanwhile; return how many labels changed.

    Running it twice changes nothing the second time: the same decisions have the same answer.
    """
    changed = 0
    for label in Label:
        policy = Policy.from_json(site.policy)
        if label not in policy.goals and label not in policy.reject_goals:
            continue
        judge = judges.judge_of(session, site.id, label)
        scored = version_scores.last(session, site.id, label, judge, judge, MOST_COMMENTS)
        found = _find(policy, label, scored, ())
        if (found.threshold, found.reject_from) != (policy.thresholds[label], policy.reject_from.get(label)):
            _write(session, site, policy, label, found, (judge, judge), scored)
            changed += 1
    return changed


def solve_due(session: Session, now: datetime) -> bool:
    """Solve the goals of one site whose last time is a day ago; say whether there was one.

    Two that run at once take different sites.
    """
    site = sites.to_solve(session, now - SOLVED_EVERY)
    if site is None:
        return False
    solve_again(session, site)
    site.goals_solved_at = now
    return True


def _judge_of_threshold(session: Session, site_id: int, label: Label) -> Judge:
    """Return on whose scale a threshold stands: as the trail has it, else who scored the last comment.

    Who changed the policy since had the judge of that time before them.
    """
    event = trail.newest(session, site_id, Act.THRESHOLDS_FOLLOWED, label)
    if event is None:
        return judges.newest_judge(session, site_id, label)
    by_hand = trail.newest(session, site_id, Act.POLICY_CHANGED)
    name = "version" if by_hand and by_hand.id > event.id else "scale"
    return judges.by_name(session, str(event.details.get(name)))


def _find(policy: Policy, label: Label, scored: Sequence[VersionScored], pairs: Sequence[Pair]) -> _Found:
    """Find both numbers of a label; without a goal they stay as an editor set them."""
    past, present = _past(scored, label), policy.thresholds[label]
    alike = same_share(present, pairs)
    threshold, how = present, How.KEPT
    if label in policy.goals:
        threshold, how = _solved(policy, label, past, alike)
    threshold = threshold if moved(present, threshold) else present
    limit, how_limit = policy.reject_from.get(label), How.KEPT
    if label in policy.reject_goals:
        limit, how_limit = _surely_right(policy, label, past, threshold)
    return _Found(threshold, how, limit, how_limit, alike)


def _solved(policy: Policy, label: Label, past: Past, alike: float | None) -> tuple[float, How]:
    goal = policy.goals[label]
    try:
        if goal.kind is GoalKind.HOLD and len(past.comments) < FEWEST_PAIRS:
            raise Unsolvable(len(past.comments))
        return past.solve(label, goal), How.GOAL
    except Unsolvable:
        return (alike, How.SAME_SHARE) if alike is not None else (policy.thresholds[label], How.KEPT)


def _surely_right(policy: Policy, label: Label, past: Past, least: float) -> tuple[float | None, How]:
    present = policy.reject_from.get(label)
    try:
        found = past.solve_rejecting(label, policy.reject_goals[label], least)
    except Unsolvable:
        return None, How.NONE
    return (found if moved(present, found) else present), How.GOAL


def _past(scored: Sequence[VersionScored], label: Label) -> Past:
    """Return the comments that have a score, and the days that they stand for: where others have none, fewer."""
    oldest = max((place for place, one in enumerate(scored) if one.after is not None), default=-1)
    among = scored[: oldest + 1]
    known = [_past_comment(one, label) for one in among if one.after is not None]
    times = [one.received_at for one in among]
    days = (max(times) - min(times)) / timedelta(days=1) if times else 1.0
    return Past(known, max(1.0, days) * len(known) / max(1, len(among)))


def _past_comment(one: VersionScored, label: Label) -> PastComment:
    labels = frozenset(name for name in Label if name in (one.labels or ()))
    return PastComment({label: one.after}, DECIDED.get(one.verdict or ""), labels, one.sampling)


def _write(
    session: Session,
    site: SiteRecord,
    policy: Policy,
    label: Label,
    found: _Found,
    judged: tuple[Judge, Judge],
    scored: Sequence[VersionScored],
) -> None:
    """Store the policy and say in the audit trail what became of the label, from what and how.

    `scale` names the judge (of the one that judges now and the one on whose scale the threshold stood) on whose
    scale it stands now.
    """
    judge, before = judged
    site.policy = found.put(policy, label).to_json()
    known = [one for one in scored if one.after is not None]
    said: dict[str, Any] = {
        "label": label.value,
        "version": judge.name,
        "scale": before.name if found.how is How.KEPT else judge.name,
        "before": {"threshold": policy.thresholds[label], "reject_from": policy.reject_from.get(label)},
        "after": {"threshold": found.threshold, "reject_from": found.reject_from},
        "how": {"threshold": found.how.value, "reject_from": found.how_reject.value},
        "same_share": found.same_share,
        "count": len(known),
        "decided": sum(one.verdict is not None for one in known),
    }
    audit.record(session, None, Act.THRESHOLDS_FOLLOWED, site_id=site.id, **said)
