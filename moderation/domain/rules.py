"""The automatic rules of a site, in the order in which they apply: from scores and circumstances to one verdict.

The order stands here and nowhere else: `judge` goes through it, and the settings screen shows it. Pure; chance
comes in as an argument.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from moderation.domain.policy import Policy
from moderation.domain.rejecting import CHECKED
from moderation.domain.words import ArticleMode, Label, Route, Standing, Verdict, WordKind

TRUST = 0.15
"""How far above its threshold a score of a trusted commenter may lie and still be published."""


class Rule(StrEnum):
    """One automatic rule."""

    SHADOW = "shadow"
    CLOSED_ARTICLE = "closed_article"
    BANNED_WORD = "banned_word"
    WATCHED_WORD = "watched_word"
    WATCHED_COMMENTER = "watched_commenter"
    PRE_MODERATED_ARTICLE = "pre_moderated_article"
    REJECT_FROM = "reject_from"
    TRUSTED_COMMENTER = "trusted_commenter"
    THRESHOLD = "threshold"
    UNSCORED = "unscored"
    AUDIT = "audit"
    LEARNING = "learning"
    PUBLISH = "publish"


@dataclass(frozen=True)
class Circumstances:
    """What a site knows about a comment beside its scores; the defaults say nothing."""

    article_mode: ArticleMode = ArticleMode.OPEN
    standing: Standing = Standing.NONE
    words: frozenset[WordKind] = frozenset()


@dataclass(frozen=True)
class Judgement:
    """What the policy answers for one comment: the verdict, the flags, and the rule that settled it.

    `sampling` is the chance with which such a comment is put before a person; None: it is not put before one.
    """

    verdict: Verdict
    flags: tuple[Label, ...] = ()
    audit: bool = False
    shadow: bool = False
    rule: Rule = Rule.PUBLISH
    sampling: float | None = None

    @property
    def route(self) -> Route | None:
        """By which way the comment comes before a person; None when it does not."""
        if self.verdict is not Verdict.REVIEW:
            return None
        return {Rule.AUDIT: Route.AUDIT, Rule.LEARNING: Route.LEARNING}.get(self.rule, Route.QUEUE)


@dataclass(frozen=True)
class _Case:
    """One comment before its judges."""

    scores: Mapping[Label, float | None] | None
    policy: Policy
    around: Circumstances
    chance: float
    teaching: float

    @property
    def checked_share(self) -> float:
        """The share of what a goal rejects without a person that a person decides all the same."""
        return max(self.policy.audit_share, CHECKED)

    @property
    def shown_share(self) -> float:
        """The share of clear comments like this one that a person is shown: the audit sample, then learning."""
        audit = self.policy.audit_share
        return audit + (1 - audit) * self.teaching

    def flags(self, allowance: float = 0.0) -> tuple[Label, ...]:
        """Return the labels whose score reaches the threshold plus an allowance."""
        limits = self.policy.thresholds
        return tuple(label for label in Label if self.reaches(label, limits[label] + allowance))

    def reaches(self, label: Label, limit: float) -> bool:
        """Say whether the score of a label is known and that high."""
        score = self.scores.get(label) if self.scores else None
        return score is not None and score >= limit


def judge(
    scores: Mapping[Label, float | None] | None,
    policy: Policy,
    chance: float,
    around: Circumstances | None = None,
    teaching: float = 0.0,
) -> Judgement:
    """Judge one comment: the first rule that applies settles it.

    `scores` is None for a comment that could not be scored; a single score of None never flags. `chance` is
    uniform in [0, 1). `teaching` is the probability with which it is chosen for learning, should it be clear.
    """
    case = _Case(scores, policy, around or Circumstances(), chance, teaching)
    rule, verdict = next((rule, verdict) for rule, applies in _RULES.items() if (verdict := applies(case)))
    flags = () if rule is Rule.TRUSTED_COMMENTER else case.flags()
    sampling = _sampling(rule, case) if verdict is Verdict.REVIEW else None
    return Judgement(verdict, flags, rule is Rule.AUDIT, rule is Rule.SHADOW, rule, sampling)


def _sampling(rule: Rule, case: _Case) -> float:
    """Return the chance with which a person is shown a comment like this one."""
    if rule is Rule.REJECT_FROM:
        return case.checked_share
    return case.shown_share if rule in (Rule.AUDIT, Rule.LEARNING) else 1.0


def rules_in_order() -> Sequence[Rule]:
    """Return the rules in the order in which they are asked."""
    return list(_RULES)


def _shadow(case: _Case) -> Verdict | None:
    return Verdict.PUBLISH if case.policy.shadow else None


def _closed_article(case: _Case) -> Verdict | None:
    return Verdict.REJECT if case.around.article_mode == ArticleMode.CLOSED else None


def _banned_word(case: _Case) -> Verdict | None:
    verdict = Verdict.REJECT if case.policy.reject_banned else Verdict.REVIEW
    return verdict if WordKind.BANNED in case.around.words else None


def _watched_word(case: _Case) -> Verdict | None:
    return Verdict.REVIEW if WordKind.WATCHED in case.around.words else None


def _watched_commenter(case: _Case) -> Verdict | None:
    return Verdict.REVIEW if case.around.standing == Standing.WATCHED else None


def _pre_moderated_article(case: _Case) -> Verdict | None:
    return Verdict.REVIEW if case.around.article_mode == ArticleMode.PRE_MODERATE else None


def _reject_from(case: _Case) -> Verdict | None:
    """Reject; where a goal stands behind every score that is reached, a person decides a share, to keep it proven."""
    reached = [label for label, limit in case.policy.reject_from.items() if case.reaches(label, limit)]
    if not reached:
        return None
    by_goal = all(label in case.policy.reject_goals for label in reached)
    return Verdict.REVIEW if by_goal and case.chance < case.checked_share else Verdict.REJECT


def _trusted_commenter(case: _Case) -> Verdict | None:
    """Publish what is flagged only slightly; what is clear needs no trust."""
    trusted = case.around.standing == Standing.TRUSTED
    return Verdict.PUBLISH if trusted and case.flags() and not case.flags(TRUST) else None


def _threshold(case: _Case) -> Verdict | None:
    return Verdict.REVIEW if case.flags() else None


def _unscored(case: _Case) -> Verdict | None:
    return Verdict.REVIEW if case.scores is None else None


def _audit(case: _Case) -> Verdict | None:
    return Verdict.REVIEW if case.chance < case.policy.audit_share else None


def _learning(case: _Case) -> Verdict | None:
    return Verdict.REVIEW if case.chance < case.shown_share else None


def _publish(_: _Case) -> Verdict | None:
    return Verdict.PUBLISH


_RULES: dict[Rule, Callable[[_Case], Verdict | None]] = {
    Rule.SHADOW: _shadow,
    Rule.CLOSED_ARTICLE: _closed_article,
    Rule.BANNED_WORD: _banned_word,
    Rule.WATCHED_WORD: _watched_word,
    Rule.WATCHED_COMMENTER: _watched_commenter,
    Rule.PRE_MODERATED_ARTICLE: _pre_moderated_article,
    Rule.REJECT_FROM: _reject_from,
    Rule.TRUSTED_COMMENTER: _trusted_commenter,
    Rule.THRESHOLD: _threshold,
    Rule.UNSCORED: _unscored,
    Rule.AUDIT: _audit,
    Rule.LEARNING: _learning,
    Rule.PUBLISH: _publish,
}
