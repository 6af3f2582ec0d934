"""When a program is started again: arithmetic only."""

from __future__ import annotations

from moderation.embedded.restarts import History, RestartPolicy

POLICY = RestartPolicy(first_delay=0.5, longest_delay=4.0, settled=10.0, tries=3)


def test_the_wait_doubles_up_to_a_bound() -> None:
    """Each early death doubles the wait before the next start, never beyond the longest."""
    delays = [History(early_deaths=deaths).delay(POLICY) for deaths in (1, 2, 3, 4, 5, 5000)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_program_that_never_worked_is_given_up() -> None:
    """As many early deaths in a row as there are tries, and no life between them, are hopeless."""
    history = History()
    for _ in range(2):
        history = history.after_death(0.1, POLICY)
        assert not history.is_hopeless(POLICY)
    assert history.after_death(0.1, POLICY).is_hopeless(POLICY)


def test_a_program_that_once_worked_is_never_given_up() -> None:
    """What a program needs may come back: once it has settled it is tried again for ever."""
    history = History().after_death(60.0, POLICY)
    for _ in range(100):
        history = history.after_death(0.1, POLICY)
    assert not history.is_hopeless(POLICY)
    assert history.delay(POLICY) == POLICY.longest_delay


def test_a_settled_life_resets_the_wait() -> None:
    """After a life long enough the next wait is the shortest again."""
    assert History(early_deaths=9).after_death(10.0, POLICY).delay(POLICY) == POLICY.first_delay
