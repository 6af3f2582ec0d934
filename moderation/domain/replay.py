"""Replaying a threshold on comments that are scored already: what would be held, caught and missed. Pure.

A moderator's decision is known for a part of the comments only, most of them held ones: what was never held was
never judged but in the audit sample. The figures say of how many decisions they speak.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from moderation.domain.goals import Goal, Judged, solve
from moderation.domain.rejecting import Checked, Promise, promise, solve_rejecting
from moderation.domain.words import Label, Verdict

CURVE = tuple(step / 20 for step in range(21))
"""The thresholds at which the trade-off is drawn."""


@dataclass(frozen=True)
class PastComment:
    """One scored comment: its scores, and what a moderator answered (None: no moderator decided).

    `sampling` is the chance with which the policy puts such a comment before a person; None: it did not, and a
    person decided it for another reason.
    """

    scores: Mapping[Label, float | None]
    verdict: Verdict | None = None
    labels: frozenset[Label] = frozenset()
    sampling: float | None = None


@dataclass(frozen=True)
class LabelFigures:
    """What one threshold of one label would have done.

    `rejected` counts what moderators rejected for the label, `caught` those of them that would be held;
    `decided` counts what moderators decided among the held ones.
    """

    threshold: float
    held: int
    rejected: int
    caught: int
    decided: int

    @property
    def missed(self) -> int:
        """How many that moderators rejected would not be held by this label."""
        return self.rejected - self.caught

    @property
    def precision(self) -> float | None:
        """The share of what is held and was decided that moderators rejected for it; None when nothing was."""
        return self.caught / self.decided if self.decided else None


@dataclass(frozen=True)
class Rejecting:
    """What rejecting without a person from a score would be: how right, and how many of the last comments."""

    promise: Promise
    rejected: int


@dataclass(frozen=True)
class Figures:
    """What a set of thresholds would have done with the last comments: each label, and all together."""

    comments: int
    held: int
    rejected: int
    caught: int
    labels: Mapping[Label, LabelFigures]


@dataclass(frozen=True)
class Past:
    """The last scored comments of a site, and the days in which they came."""

    comments: Sequence[PastComment]
    days: float = 1.0

    def replay(self, thresholds: Mapping[Label, float]) -> Figures:
        """Return what these thresholds would have held; `rejected` counts every rejection by a moderator."""
        held = [comment for comment in self.comments if _is_held(comment, thresholds)]
        return Figures(
            comments=len(self.comments),
            held=len(held),
            rejected=sum(comment.verdict is Verdict.REJECT for comment in self.comments),
            caught=sum(comment.verdict is Verdict.REJECT for comment in held),
            labels={label: self._of_label[label].at(thresholds[label]) for label in Label},
        )

    def curve(self, label: Label) -> list[LabelFigures]:
        """Return the trade-off of one label over all thresholds, rising."""
        return [self._of_label[label].at(threshold) for threshold in CURVE]

    def solve(self, label: Label, goal: Goal) -> float:
        """Return the threshold of a label that reaches a goal. Raises Unsolvable."""
        return solve(goal, _judged(self.comments, label), self.days)

    def solve_rejecting(self, label: Label, goal: Goal, least: float) -> float:
        """Return the lowest score, from `least` on, from which rejecting is surely right often enough.

        Raises Unsolvable.
        """
        return solve_rejecting(goal.value, _checked(self.comments, label), least)

    def rejecting(self, label: Label, least: float) -> list[Rejecting]:
        """Return what rejecting without a person would do from each score of the curve, from `least` on."""
        checked = _checked(self.comments, label)
        steps = [threshold for threshold in CURVE if threshold >= least]
        return [Rejecting(promise(checked, step), self._of_label[label].at(step).held) for step in steps]

    @cached_property
    def _of_label(self) -> dict[Label, "_Sorted"]:
        return {label: _Sorted.of(_judged(self.comments, label)) for label in Label}


@dataclass(frozen=True)
class _Sorted:
    """The scores of one label, rising: of all comments, of the rejected ones, of those that were published."""

    every: Sequence[float]
    rejected: Sequence[float]
    published: Sequence[float]

    @classmethod
    def of(cls, comments: Sequence[Judged]) -> "_Sorted":
        """Sort what was judged."""
        kinds = ((True, False, None), (True,), (False,))
        every, rejected, published = (sorted(c.score for c in comments if c.rejected in kind) for kind in kinds)
        return cls(every, rejected, published)

    def at(self, threshold: float) -> LabelFigures:
        """Return the figures of one threshold."""
        held, caught, wrong = (
            len(scores) - bisect_left(scores, threshold) for scores in (self.every, self.rejected, self.published)
        )
        return LabelFigures(threshold, held, len(self.rejected), caught, caught + wrong)


def _judged(comments: Sequence[PastComment], label: Label) -> list[Judged]:
    """Return the comments that have a score of this label, as one label sees them.

    A rejection for another label says nothing about this one: it counts as not decided.
    """
    return [
        Judged(score, _rejected(comment, label))
        for comment in comments
        if (score := comment.scores.get(label)) is not None
    ]


def _checked(comments: Sequence[PastComment], label: Label) -> list[Checked]:
    """Return what moderators decided among the comments that the policy gave them.

    Right is what they rejected, for whatever label: what counts is whether it should have been published.
    """
    return [
        Checked(score, comment.verdict is Verdict.REJECT, comment.sampling)
        for comment in comments
        if comment.verdict and comment.sampling and (score := comment.scores.get(label)) is not None
    ]


def _rejected(comment: PastComment, label: Label) -> bool | None:
    if comment.verdict is Verdict.PUBLISH:
        return False
    return True if comment.verdict is Verdict.REJECT and label in comment.labels else None


def _is_held(comment: PastComment, thresholds: Mapping[Label, float]) -> bool:
    return any((score := comment.scores.get(label)) is not None and score >= thresholds[label] for label in Label)
