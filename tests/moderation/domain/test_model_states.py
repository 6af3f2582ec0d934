"""The states of a version of a model."""

from itertools import product

import pytest

from moderation.domain.errors import WrongModelState
from moderation.domain.model_states import Move, after, moves
from moderation.domain.words import ModelState

ALLOWED = {
    ModelState.CANDIDATE: {Move.CHALLENGE, Move.PROMOTE, Move.RETIRE},
    ModelState.CHALLENGER: {Move.PROMOTE, Move.RETIRE},
    ModelState.CHAMPION: {Move.RETIRE},
    ModelState.RETIRED: {Move.CHALLENGE, Move.PROMOTE, Move.RESTORE},
}
LEADS_TO = {
    Move.CHALLENGE: ModelState.CHALLENGER,
    Move.PROMOTE: ModelState.CHAMPION,
    Move.RETIRE: ModelState.RETIRED,
    Move.RESTORE: ModelState.CHAMPION,
}


@pytest.mark.parametrize(("state", "move"), list(product(ModelState, Move)))
def test_a_move_leads_where_its_word_says_or_is_refused(state: ModelState, move: Move) -> None:
    """Of every state and every move: what is allowed leads to one state, the rest is refused with both named."""
    if move in ALLOWED[state]:
        assert after(state, move, "m") is LEADS_TO[move]
    else:
        with pytest.raises(WrongModelState, match=f"m is {state} now, which does not allow: {move}"):
            after(state, move, "m")


@pytest.mark.parametrize("state", ModelState)
def test_a_person_is_offered_every_allowed_move_but_the_one_of_a_rollback(state: ModelState) -> None:
    """What buttons show is what the table allows; restoring happens by a rollback alone."""
    assert moves(state) == ALLOWED[state] - {Move.RESTORE}
