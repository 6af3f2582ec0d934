"""The vocabularies and the tree of facts."""

import pytest

from moderation.domain import errors
from moderation.domain.errors import VigieError
from moderation.domain.words import CommentStatus, Verdict
from moderation.messages import QueueName, TaskName


def subclasses(base: type[Exception]) -> dict[str, type[Exception]]:
    """Return every class below one, by name."""
    found: dict[str, type[Exception]] = {}
    for each in base.__subclasses__():
        found |= {each.__name__: each} | subclasses(each)
    return found


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_leads_to_a_status(verdict: Verdict) -> None:
    """Each verdict has one status, and none of them is pending or deleted."""
    assert verdict.status in set(CommentStatus) - {CommentStatus.PENDING, CommentStatus.DELETED}


def test_the_tree_of_facts_is_drawn() -> None:
    """The tree in the docstring of `errors` names every fact, at the depth at which it is."""
    own = {k: v for k, v in subclasses(VigieError).items() if v.__module__ == errors.__name__}
    drawn = {}
    for line in (errors.__doc__ or "").splitlines():
        branch, mark, rest = line.rpartition("── ")
        if mark:
            drawn[rest.split()[0]] = (len(branch) + 3) // 4
    assert drawn == {name: len(each.__mro__) - len(VigieError.__mro__) for name, each in own.items()}


@pytest.mark.parametrize("task", TaskName)
def test_every_task_has_its_queue(task: TaskName) -> None:
    """A task's name begins with the name of a task queue."""
    assert task.queue in QueueName
