"""What a person's decision says about each label, and how far people agree."""

import pytest

from moderation.domain.teaching import Opinion, agreement, truths
from moderation.domain.words import Label, Route, Verdict

ALL_FALSE = dict.fromkeys(Label, False)
RUDE = ALL_FALSE | {Label.INCIVILITY: True}


def opinion(who: int, verdict: Verdict, *labels: Label, route: str | None = None) -> Opinion:
    """Return what somebody said."""
    return Opinion(who, verdict, frozenset(labels), route)


@pytest.mark.parametrize(
    ("verdict", "labels", "says"),
    [
        (Verdict.REJECT, ["incivility"], RUDE),
        (Verdict.REJECT, ["incivility", "shouting"], RUDE | {Label.SHOUTING: True}),
        (Verdict.PUBLISH, [], ALL_FALSE),
        (Verdict.PUBLISH, ["incivility"], RUDE),
        (Verdict.REJECT, [], {}),
        (Verdict.REVIEW, ["incivility"], {}),
    ],
)
def test_a_decision_says_true_or_false_of_every_label_or_nothing(
    verdict: Verdict, labels: list[str], says: dict[Label, bool]
) -> None:
    """Named labels are true whatever the verdict, others false; a rejection without a label says nothing."""
    assert truths(verdict, labels) == says


def test_agreement_counts_people_by_their_last_word() -> None:
    """Two of three agree; who changed their mind counts once; who said nothing about labels does not count."""
    said = [
        opinion(1, Verdict.PUBLISH),
        opinion(2, Verdict.PUBLISH),
        opinion(1, Verdict.REJECT, Label.INCIVILITY),
        opinion(3, Verdict.REJECT, Label.INCIVILITY),
        opinion(4, Verdict.REJECT),
    ]
    assert agreement(RUDE, said) == pytest.approx(2 / 3)
    assert agreement(RUDE, []) == 1.0


def test_an_answer_to_an_appeal_takes_the_place_of_what_was_said_before() -> None:
    """The overturned decision is no disagreement; what is said after the appeal is."""
    said = [
        opinion(1, Verdict.REJECT, Label.INCIVILITY),
        opinion(2, Verdict.PUBLISH, route=Route.APPEAL),
        opinion(3, Verdict.REJECT, Label.INCIVILITY, route=Route.SECOND),
    ]
    assert agreement(ALL_FALSE, said[:2]) == 1.0
    assert agreement(ALL_FALSE, said) == 0.5
