"""Retrainings that are interrupted: killed, failed, stopped by a time limit, moved to another machine."""

from dataclasses import replace
from uuid import uuid4

import pytest

from classifiers.learning.evidence import Evidence
from moderation.domain.words import Label
from moderation.services import retraining, retraining_work
from moderation.storage import retrainings
from tests.moderation.services.learning import Interrupted, Learning


def test_what_a_killed_worker_held_is_taken_up_when_its_lease_has_run_out(learning: Learning) -> None:
    """While a lease is held nobody works, not on a younger one either; one that ran out, or lies ahead, is taken."""
    learning.ask()
    with learning.database.session() as session:
        retraining.ask(session, None, None)
        assert retrainings.claim(session, uuid4(), 30)
    assert not learning.step()
    for since in ("- interval '31 seconds'", "+ interval '1 hour'"):
        learning.newsroom.run(
            f"UPDATE retraining SET leased_at = now() {since}, lease_token = gen_random_uuid() WHERE id = 1"
        )
        assert learning.step()
    assert (learning.row().done, learning.row().attempts, learning.row(2).state) == (4, 0, "waiting")


def test_a_step_that_fails_is_tried_four_times(learning: Learning, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed step gives its lease back without a ring; the fourth time the retraining fails with a sentence."""

    def fail() -> None:
        raise MemoryError

    learning.ask()
    learning.until("examples")
    learning.rung.clear()
    monkeypatch.setattr(learning.scorer, "meanwhile", fail)
    for attempts in (1, 2, 3):
        assert learning.step()
        row = learning.row()
        assert (row.state, row.attempts, row.lease_token) == ("running", attempts, None)
    assert learning.rung == []
    assert learning.step()
    assert (learning.row().state, learning.row().failure) == ("failed", retraining_work.FAILED)
    assert not learning.step()
    assert not (learning.place / "1").exists()


def test_a_text_that_kills_every_worker_ends_the_retraining(learning: Learning) -> None:
    """Four workers that died in the same step are enough, although none of them could say so."""
    learning.ask()
    learning.newsroom.run("UPDATE retraining SET attempts = 4, state = 'running'")
    assert learning.step()
    assert learning.row().state == "failed"


def test_a_time_limit_gives_the_lease_back_and_is_passed_on(
    learning: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt reaches the caller; the next worker begins the step again at once."""

    def interrupt() -> None:
        raise Interrupted

    learning.ask()
    monkeypatch.setattr(learning.scorer, "meanwhile", interrupt)
    with pytest.raises(Interrupted):
        learning.step()
    assert (learning.row().lease_token, learning.row().attempts) == (None, 1)
    monkeypatch.setattr(learning.scorer, "meanwhile", lambda: None)
    assert learning.step()
    assert (learning.row().done, learning.row().attempts) == (2, 0)


@pytest.mark.parametrize("harm", ["missing", "torn", "foreign"])
def test_what_is_missing_or_torn_on_this_machine_is_gathered_again(learning: Learning, harm: str) -> None:
    """Another machine, a torn file, files of other classifiers: the retraining goes on, to the same end."""
    learning.ask()
    learning.until("archive")
    first = learning.place / "1" / learning.files()[0]
    if harm == "missing":
        for path in first.parent.iterdir():
            path.unlink()
    elif harm == "torn":
        first.write_bytes(first.read_bytes()[:100])
    else:
        seen = Evidence.load(first)
        replace(seen, versions={**seen.versions, "shouting": "shouting-of-yesterday"}).save(first)
    while learning.step():
        pass
    assert (learning.row().state, len(learning.row().report)) == ("done", 3)
    (enough,) = learning.row().report[Label.SHOUTING]["findings"]
    assert (enough["code"], enough["figures"]["usable"]) == ("examples", 6.0)


def test_the_files_of_a_site_that_is_gone_are_removed(learning: Learning) -> None:
    """What no unfinished retraining owns goes at the next look; what the shipped models know stays."""
    for name in ("77", "knowledge"):
        (learning.place / name).mkdir(parents=True)
    assert not learning.step()
    assert [path.name for path in learning.place.iterdir()] == ["knowledge"]
