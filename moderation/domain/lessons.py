"""Which clear comment would teach the models most, and how many of them a person is shown. Pure but for a count.

What teaches is near a threshold, where the models are unsure, and typical: comments scored like it have come lately, so
that the answer speaks for more than itself. How many are chosen follows what was held lately, so that chosen ones
are about the wanted share of what is held, never more. Each is chosen with a known probability.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from moderation.domain.uncertainty import MARGIN
from moderation.domain.words import Label

SUGGESTED_SHARE = 0.02
REACH = 0.05
"""Two comments are scored alike when no score of theirs differs by more."""
FEWEST_ALIKE = 3
"""With fewer alike a comment is a one-off, and teaches little; with so many it is half as typical as one can be."""
_PULL = 19.0
"""How strongly the count is drawn to what is wanted: it settles at _PULL / (1 + _PULL) of it, 95 %."""
_HASTE = 2.0
"""When few were chosen so far, this many times as many are chosen as in the long run: more would take anything."""

Scored = Mapping[Label, float | None]


@dataclass(frozen=True)
class Lately:
    """What a site received lately: how many comments were held, how many chosen for learning, how many left alone.

    `clear` holds the scores of the last ones that no rule held.
    """

    held: int = 0
    chosen: int = 0
    free: int = 0
    clear: Sequence[Scored] = ()


@dataclass(frozen=True)
class Lesson:
    """What a comment has to teach (`worth`, 0 to 1), why, and the probability of its choice.

    `alike` of the last `among` clear comments were scored like it.
    """

    label: Label
    score: float
    threshold: float
    alike: int
    among: int
    worth: float
    probability: float = 0.0


class Chooser:
    """Chooses among the comments of one site, one after the other; keeps count of what it was told."""

    def __init__(self, lately: Lately, thresholds: Mapping[Label, float], share: float) -> None:
        self._lately, self._thresholds, self._share = lately, thresholds, share
        worths = [found.worth for past in lately.clear if (found := self._worth(past, itself=1))] if share else []
        self._usual = sum(worths) / len(lately.clear) if worths else 0.0

    def lesson(self, scores: Scored) -> Lesson | None:
        """Return what a comment has to teach and the probability of its choice; None when it is not to be chosen."""
        rate = self._rate()
        found = self._worth(scores) if rate and self._usual else None
        if found is None or not found.worth:
            return None
        return replace(found, probability=min(1.0, rate * found.worth / self._usual))

    def count(self, *, held: bool, chosen: bool) -> None:
        """Count one more comment: held for another reason, chosen, or left alone."""
        before, left = self._lately, not held and not chosen
        self._lately = replace(before, held=before.held + held, chosen=before.chosen + chosen, free=before.free + left)

    def _rate(self) -> float:
        """Return which share of the clear comments is chosen now; 0 when one more would be too many."""
        lately, share = self._lately, min(self._share, _MOST)
        wanted = share / (1 - share) * lately.held
        if lately.chosen + 1 > wanted:
            return 0.0
        pace = min(_HASTE, _PULL * (1 - lately.chosen / wanted))
        return pace * wanted / (lately.chosen + lately.free + 1)

    def _worth(self, scores: Scored, itself: int = 0) -> Lesson | None:
        """Return what a comment teaches when it is clear and near a threshold."""
        thresholds = self._thresholds
        above = {label: score - thresholds[label] for label, score in scores.items() if score is not None}
        label = max(above, key=above.__getitem__, default=None)
        if label is None or not -MARGIN <= above[label] < 0:
            return None
        score, clear = above[label] + thresholds[label], self._lately.clear
        alike = sum(_alike(scores, other) for other in clear) - itself
        typical = alike / (alike + FEWEST_ALIKE) if alike >= FEWEST_ALIKE else 0.0
        worth = (1 + above[label] / MARGIN) * typical
        return Lesson(label, score, thresholds[label], alike, len(clear), worth)


def _alike(one: Scored, other: Scored) -> bool:
    return all(_near(one.get(label), other.get(label)) for label in Label)


def _near(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else abs(one - other) <= REACH


_MOST = 0.99  # of what is held; all of it would need endless clear comments
