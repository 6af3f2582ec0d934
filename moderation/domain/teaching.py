"""What a person's decision says about each label, and how far people agree about a text. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from moderation.domain.words import Label, Route, Verdict


@dataclass(frozen=True)
class Opinion:
    """What one person answered about one text."""

    moderator_id: int
    verdict: str
    labels: frozenset[str]
    route: str | None = None


def truths(verdict: str, labels: Collection[str]) -> dict[Label, bool]:
    """Return what a decision says about each label; what is left out, it says nothing about.

    A label that is named is true, also of what was published all the same; the others are false. A rejection that
    names none has a reason that is no label: it says nothing.
    """
    if verdict == Verdict.REVIEW or (verdict == Verdict.REJECT and not labels):
        return {}
    return {label: label in labels for label in Label}


def agreement(found: Mapping[Label, bool], opinions: Sequence[Opinion]) -> float:
    """Return the share (0-1) of people whose last word about a text, oldest first, is the same for every label.

    Who said nothing about labels does not count. An answer to an appeal was given in knowledge of what was decided
    before: it takes its place, and is no disagreement.
    """
    appeals = [i for i, opinion in enumerate(opinions) if opinion.route == Route.APPEAL]
    last = {o.moderator_id: said for o in opinions[max(appeals, default=0) :] if (said := truths(o.verdict, o.labels))}
    return sum(said == found for said in last.values()) / len(last) if last else 1.0
