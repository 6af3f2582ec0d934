"""Whose decisions weigh what: no person and no sitting can swing a model, disagreement counts little."""

from __future__ import annotations

import numpy as np
import pytest

from classifiers.learning.examples import Example
from classifiers.learning.weighing import PAUSE, report, sampled, sittings, teaching
from classifiers.scorer import Submission


def decisions(moderator: int, count: int, pace: float, begin: float = 0.0, sampling: float = 1.0) -> list[Example]:
    """So many decisions of one moderator, one every `pace` seconds."""
    return [
        Example(i, Submission("x"), {"incivility": True}, "queue", sampling, moderator, begin + pace * i)
        for i in range(count)
    ]


def test_a_pause_ends_a_sitting() -> None:
    """Decisions without a pause are one sitting, each moderator's their own."""
    examples = decisions(1, 5, 10) + decisions(2, 3, 10) + decisions(1, 4, 10, 50 + 2 * PAUSE)
    assert [(s.moderator, len(s.rows)) for s in sittings(examples)] == [(1, 5), (1, 4), (2, 3)]
    assert sum(len(s.rows) for s in sittings(examples)) == len(examples)


def test_a_burst_weighs_little_more_than_a_sitting() -> None:
    """A thousand decisions in an hour weigh about a third of a thousand at a person's pace."""
    burst, steady = decisions(1, 1000, 3), decisions(1, 1000, 2 * PAUSE)
    whole = np.ones(1000)
    assert teaching(steady, whole.tolist()).sum() == pytest.approx(1000)
    assert teaching(burst, whole.tolist()).sum() == pytest.approx(330, abs=1)


def test_one_moderator_among_several_weighs_no_more_than_the_others() -> None:
    """Who decides twice as much as all others together is held to their weight; alone, a moderator is believed."""
    others = decisions(2, 60, 2 * PAUSE) + decisions(3, 60, 2 * PAUSE)
    examples = decisions(1, 240, 2 * PAUSE) + others
    weight = teaching(examples, [1.0] * len(examples))
    assert weight[:240].sum() == pytest.approx(120)
    assert teaching(examples[:240], [1.0] * 240).sum() == pytest.approx(240)
    shares = report(examples, weight)["moderators"]
    assert shares["1"] == {"examples": 240, "share": 0.5}


def test_those_who_disagree_count_little_and_samples_speak_for_others() -> None:
    """Half against half says nothing; an audited comment speaks for those that nobody saw, up to a bound."""
    examples = decisions(1, 3, 2 * PAUSE)
    assert teaching(examples, [1.0, 0.75, 0.5]).tolist() == [1.0, 0.5, 0.0]
    audited = decisions(1, 1, 1, sampling=0.02)
    assert (teaching(audited, [1.0])[0], sampled(audited)[0]) == (4.0, 10.0)
