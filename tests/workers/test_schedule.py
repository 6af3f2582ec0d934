"""What runs when, also when the clock is set."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery import Celery
from celery.beat import Scheduler

from moderation.messages import TaskName
from workers.schedule import beat_schedule, steady_now


@pytest.mark.parametrize("leap", [timedelta(days=-3650), timedelta(hours=-1), timedelta(hours=1), timedelta(days=3650)])
def test_steady_time_does_not_follow_a_clock_that_is_set(leap: timedelta) -> None:
    """Whatever the clock is set to, the time of the schedule goes on as if nothing had happened."""
    before = steady_now()
    with time_machine.travel(datetime.now(UTC) + leap):
        during = steady_now()
    assert before <= during <= steady_now()
    assert during - before < timedelta(minutes=1)


@pytest.mark.parametrize("leap", [timedelta(days=-3650), timedelta(hours=-1), timedelta(days=3650)])
def test_sweeps_go_on_after_the_clock_was_set(leap: timedelta) -> None:
    """Celery's own scheduler finds a sweep due after its interval, and not before, whatever the clock says."""
    app = Celery(set_as_current=False)
    app.conf.update(beat_schedule=beat_schedule(5.0), timezone="UTC")
    scheduler = Scheduler(app, lazy=True)
    scheduler.setup_schedule()
    entry = scheduler.schedule[TaskName.DRAIN_COMMENTS.value]
    rung = next(entry)
    with time_machine.travel(datetime.now(UTC) + leap):
        assert not rung.is_due().is_due
        assert 0 < rung.is_due().next <= 5
        rung.last_run_at -= timedelta(seconds=5)
        assert rung.is_due().is_due


def test_every_sweep_rings_at_its_interval() -> None:
    """The sweeps keep the interval of the settings; housekeeping has its own."""
    schedule = beat_schedule(7.5)
    assert schedule["scoring.drain_comments"]["schedule"].run_every == timedelta(seconds=7.5)
    assert schedule["callbacks.deliver"]["schedule"].run_every == timedelta(seconds=7.5)
    assert schedule["housekeeping.forget_expired"]["schedule"].run_every == timedelta(minutes=1)
    assert schedule["housekeeping.forget_texts"]["schedule"].run_every == timedelta(hours=1)
    assert schedule["learning.watch"]["schedule"].run_every == timedelta(hours=1)
