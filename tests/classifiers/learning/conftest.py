"""What the tests of learning share: the shipped knowledge, the same made smaller, and one invented newsroom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from classifiers.learning.evidence import Evidence, gather
from classifiers.learning.examples import Example
from classifiers.learning.knowledge import Knowledge, Known
from classifiers.learning.newsroom import Taught
from classifiers.scorer import Scorer
from tests.classifiers.learning.composed import Comment, comments

DECIDED, UNSEEN = 800, 400


@dataclass(frozen=True, eq=False)
class Newsroom:
    """Comments of an invented newsroom in the order of time, with their evidence; the last `UNSEEN` never teach."""

    made: list[Comment]
    evidence: Evidence

    def taught(self, examples: list[Example]) -> Taught:
        """Decisions about the first comments, with their evidence."""
        return Taught(examples, self.evidence.part(np.arange(len(examples))))

    def unseen(self, label: str) -> tuple[Evidence, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """The last comments and what the newsroom would truly say of them."""
        truth = np.array([getattr(comment, label) for comment in self.made[-UNSEEN:]], np.bool_)
        return self.evidence.part(np.arange(len(self.made) - UNSEEN, len(self.made))), truth


@pytest.fixture(scope="session")
def knowledge(scorer: Scorer, tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """All replay and guard rows of the shipped knowledge, as a service would gather them."""
    return Knowledge.load(scorer, tmp_path_factory.mktemp("knowledge"))


@pytest.fixture(scope="session")
def light(knowledge: Knowledge) -> Knowledge:
    """Every fourth row of it, for what does not hang on the last guard."""

    def fourth(known: Known) -> Known:
        return known.part(np.arange(0, len(known.truth), 4))

    sides = ({label: fourth(one) for label, one in side.items()} for side in (knowledge.replay, knowledge.guards))
    return Knowledge(*sides)


@pytest.fixture(scope="session")
def newsroom(scorer: Scorer) -> Newsroom:
    """A newsroom with slurs that nobody else knows and a strict view of off topic."""
    made = comments(DECIDED + UNSEEN, 5)
    return Newsroom(made, gather(scorer, [comment.submission for comment in made]))
