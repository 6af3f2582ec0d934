"""Real workers: they notice a promotion and a rollback without a restart, and a rescoring survives their death."""

from classifiers.scorer import Scorer
from moderation.clients.tasks import TaskPublisher
from moderation.domain.submission import SubmittedComment
from moderation.domain.words import Label
from moderation.messages import QueueName, TaskName
from moderation.services import intake, models, rescoring, sites
from tests.moderation.taught import ALL, champion, taught
from tests.workers.processes import Plant, until

CALM = "Le gouvernement devrait ouvrir les barrages plus tôt, dit le maire de la commune."
PENDING = "SELECT count(*) FROM revision WHERE state = 'pending'"
SCORED_BY = "SELECT count(*) FROM scoring WHERE model_versions->>'incivility' = :version"


def ring(running: Plant, *tasks: TaskName) -> None:
    """Nudge."""
    publisher = TaskPublisher(running.settings.require("broker_url"))
    for task in tasks:
        publisher.publish(task)


def post(running: Plant, first: int, count: int) -> None:
    """Take comments in and wait until they are scored."""
    with running.database.session() as session:
        told = [SubmittedComment(f"c{first + n}", f"{CALM} {first + n}") for n in range(count)]
        intake.accept(session, sites.get(session, "lejour").id, told)
    ring(running, TaskName.DRAIN_COMMENTS)
    until(lambda: not running.count(PENDING), "all scored")


def test_two_worker_processes_follow_promotion_and_rollback_without_a_restart(running: Plant) -> None:
    """What two living processes score after a promotion names the champion, and after a rollback the shipped model."""
    scorer = Scorer.load()
    with running.database.session() as session:
        site_id = sites.create(session, "lejour", "Le Jour").id
    running.start_worker("scoring", processes=2)
    family = {process.pid for process in running.tree("scoring")}
    post(running, 0, 200)
    name = champion(running.database, site_id, taught(scorer, ALL))
    post(running, 1000, 200)
    with running.database.session() as session:
        models.roll_back(session, site_id, Label.INCIVILITY, None)
    post(running, 2000, 200)
    assert running.count(SCORED_BY, version=name) == 200
    assert running.count(SCORED_BY, version=scorer.versions["incivility"]) == 400
    assert running.count("SELECT count(*) FROM comment WHERE status = 'in_review'") == 200
    assert {process.pid for process in running.tree("scoring")} == family


def test_a_rescoring_goes_on_after_its_workers_were_killed(running: Plant) -> None:
    """Killed in the middle, scorers and learner come back and end the rescoring; no comment has a third scoring."""
    scorer = Scorer.load()
    with running.database.session() as session:
        site_id = sites.create(session, "lejour", "Le Jour").id
    champion(running.database, site_id, taught(scorer, ALL))
    running.start_worker("scoring")
    running.start_worker("learning", (QueueName.LEARNING,))
    post(running, 0, 450)
    with running.database.session() as session:
        models.roll_back(session, site_id, Label.INCIVILITY, None)
        rescoring.ask(session, site_id, None)
    ring(running, TaskName.RESCORE)
    until(lambda: running.count("SELECT count(*) FROM scoring") > 450, "the rescoring has begun")
    running.kill("learning")
    running.kill("scoring")
    done = "SELECT count(*) FROM rescoring WHERE state = 'done'"
    assert not running.count(done)

    def ended() -> int:
        ring(running, TaskName.RESCORE, TaskName.DRAIN_COMMENTS)  # what beat does every few seconds
        return running.count(done) and not running.count(PENDING)

    until(ended, "the rescoring is done")
    assert running.count("SELECT count(*) FROM scoring") == 900
    assert running.count("SELECT max(round) FROM revision") == 2
    assert running.count("SELECT count(*) FROM comment WHERE status = 'published'") == 450
