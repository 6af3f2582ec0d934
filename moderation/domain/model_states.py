"""What may happen to a version of a model: candidate, challenger, champion, retired, and the moves between. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from moderation.domain.errors import WrongModelState
from moderation.domain.words import ModelState


class Move(StrEnum):
    """What somebody, or Vigie itself, does to a version."""

    CHALLENGE = "challenge"  # let it run in the shadow of the champion
    PROMOTE = "promote"  # let its scores count
    RETIRE = "retire"  # it is not used any more
    RESTORE = "restore"  # the champion after it is rolled back


# A retired version may be tried again: a rollback can be a mistake as well.
_AFTER: Mapping[tuple[ModelState, Move], ModelState] = {
    (ModelState.CANDIDATE, Move.CHALLENGE): ModelState.CHALLENGER,
    (ModelState.CANDIDATE, Move.PROMOTE): ModelState.CHAMPION,
    (ModelState.CANDIDATE, Move.RETIRE): ModelState.RETIRED,
    (ModelState.CHALLENGER, Move.PROMOTE): ModelState.CHAMPION,
    (ModelState.CHALLENGER, Move.RETIRE): ModelState.RETIRED,
    (ModelState.CHAMPION, Move.RETIRE): ModelState.RETIRED,
    (ModelState.RETIRED, Move.CHALLENGE): ModelState.CHALLENGER,
    (ModelState.RETIRED, Move.PROMOTE): ModelState.CHAMPION,
    (ModelState.RETIRED, Move.RESTORE): ModelState.CHAMPION,
}


def moves(state: ModelState) -> frozenset[Move]:
    """Return what a person may do to a version in this state."""
    return frozenset(move for before, move in _AFTER if before is state and move is not Move.RESTORE)


def after(state: ModelState, move: Move, version: str) -> ModelState:
    """Return the state after a move of this version. Raises WrongModelState when the state does not allow it."""
    if (state, move) not in _AFTER:
        raise WrongModelState(version, state, move)
    return _AFTER[state, move]
