"""A real worker that learns, killed in the middle of its steps."""

import subprocess
import sys

from moderation.clients.tasks import TaskPublisher
from moderation.domain.submission import SubmittedArticle, SubmittedComment
from moderation.domain.words import Label, Verdict
from moderation.messages import QueueName, TaskName
from moderation.services import decisions, intake, moderators, retraining, sites
from tests.workers.processes import ROOT, Plant, environment, until

ARTICLES = [SubmittedArticle(f"a-{n}", title) for n, title in enumerate(["Le phare rouvre", "La cantine ferme"])]
LONG = "Le plateau mérite un débat calme, avec des chiffres et des noms. " * 60
COUNT = 50
HELD = "SELECT count(*) FROM retraining WHERE lease_token IS NOT NULL AND stage = :stage"
ENDED = "SELECT count(*) FROM retraining WHERE state NOT IN ('waiting', 'running')"
IDLE = """
from workers.retraining import retrain
from workers.app import resources
retrain()
print(sorted(vars(resources)))
"""


def taught(running: Plant) -> None:
    """Have a site whose moderator decided about long comments, and ask for its retraining."""
    with running.database.session() as session:
        site = sites.create(session, "lejour", "Le Jour")
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "a lookout on a mast")
        told = [SubmittedComment(f"c{n}", f"{LONG} {n}", article=ARTICLES[n % 2]) for n in range(COUNT)]
        intake.accept(session, site.id, told)
        for n in range(COUNT):
            labels = [Label.INCIVILITY] if n % 5 == 0 else []
            decisions.by_moderator(session, nadia, n + 1, 1, Verdict.REJECT if labels else Verdict.PUBLISH, labels)
        retraining.ask(session, site.id, nadia)


def nudge(running: Plant) -> None:
    """Nudge once."""
    TaskPublisher(running.settings.require("broker_url")).publish(TaskName.RETRAIN)


def kill_in(running: Plant, stage: str) -> None:
    """Kill the worker in the middle of a stage; what it held is free again, as it is after half a minute."""
    until(lambda: running.count(HELD, stage=stage), f"a worker is at {stage}")
    running.kill("learning")
    assert running.count(HELD, stage=stage), "it was killed too late"
    running.run("UPDATE retraining SET leased_at = now() - interval '1 minute'")
    until(lambda: running.tree("learning"), "the worker is started again")
    nudge(running)


def test_a_worker_that_is_killed_goes_on_where_it_was(running: Plant) -> None:
    """Killed while it read decisions, and again while it read the archive: what was read stays, and the end comes."""
    taught(running)
    place = running.settings.var_dir / "learning"
    running.start_worker("learning", [QueueName.LEARNING])
    main, *children = running.tree("learning")
    assert {child.nice() for child in children} == {min(main.nice() + 10, 19)}
    nudge(running)
    kill_in(running, "examples")
    until(lambda: list(place.glob("1/examples-*.npz")), "the decisions are read")
    (read,) = place.glob("1/examples-*.npz")
    before = read.stat()
    kill_in(running, "archive")
    assert read.stat() == before
    until(lambda: running.count(ENDED), "the retraining ended")
    with running.database.session() as session:
        row = retraining.one(session, 1)
    assert (row.state, row.failure, set(row.report)) == ("done", None, set(Label))
    until(lambda: not (place / "1").exists(), "nothing that was read is left")


def test_a_worker_with_nothing_to_learn_loads_no_classifiers(running: Plant) -> None:
    """A nudge without a retraining asks the database, and nothing else is made."""
    argv = [sys.executable, "-c", IDLE]
    told = subprocess.run(
        argv, env=environment(running.settings), cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.splitlines()[-1] == "['database', 'publisher']"
