"""Which decisions count."""

from dataclasses import dataclass

import pytest

from moderation.domain.undoing import standing


@dataclass(frozen=True)
class Step:
    """A decision."""

    id: int
    undoes_id: int | None = None


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], []),
        ([Step(1), Step(2)], [1, 2]),
        ([Step(1), Step(2), Step(3, 2)], [1]),
        ([Step(1), Step(2), Step(3, 2), Step(4)], [1, 4]),
        ([Step(1), Step(2), Step(3), Step(4, 3), Step(5, 2)], [1]),
    ],
)
def test_an_undone_decision_and_its_undoing_do_not_count(history: list[Step], expected: list[int]) -> None:
    """What was taken back is as if it had never been, and so is the taking back."""
    assert [step.id for step in standing(history)] == expected
