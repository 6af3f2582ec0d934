"""Which decisions about a comment still count, when a decision may take back another one. Pure."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Step(Protocol):
    """A decision as far as it matters here."""

    @property
    def id(self) -> int:
        """The decision's id; later decisions have higher ones."""

    @property
    def undoes_id(self) -> int | None:
        """The decision that this one takes back."""


Decided = TypeVar("Decided", bound=Step)


def standing(history: Sequence[Decided]) -> list[Decided]:
    """Return the decisions that count, oldest first: neither undone, nor the act of undoing. The last one holds."""
    undone = {step.undoes_id for step in history}
    return [step for step in history if step.undoes_id is None and step.id not in undone]
