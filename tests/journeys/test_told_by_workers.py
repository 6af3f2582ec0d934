"""From a stored comment to the site's own server, through real workers."""

from pathlib import Path

from moderation.database import Database
from moderation.domain.submission import SubmittedComment
from moderation.domain.words import CredentialKind
from moderation.messages import QueueName
from moderation.services import credentials, intake, sites
from moderation.services.credentials import Vault
from moderation.settings import Settings
from tests.journeys.desk import MARK
from tests.moderation.clients.receiver import receiving
from tests.workers.processes import plant, until


def test_a_comment_goes_through_a_worker_and_out_to_its_site(
    database: Database, tmp_path: Path, settings: Settings, vault: Vault
) -> None:
    """A real worker scores a comment and tells its site; no log holds a word of it."""
    with receiving() as receiver, plant(settings, tmp_path / "plant") as running:
        running.start_worker("everything", [QueueName.SCORING, QueueName.CALLBACKS])
        running.start_beat()
        with database.session() as session:
            site = sites.create(session, "lejour", "Le Jour")
            sites.set_callback(site, receiver.url, private_allowed=True)
            secret = credentials.issue(session, vault, site, CredentialKind.CALLBACK_SECRET)
            told = [SubmittedComment(f"c{n}", f"La {MARK} du plateau, épisode {n}.") for n in range(50)]
            intake.accept(session, site.id, told)
        until(lambda: len(receiver.received) >= 50, "the site is told of fifty decisions")
        until(lambda: not running.count("SELECT count(*) FROM callback WHERE state = 'pending'"), "all stored")
        logs = {path.name: path.read_text(encoding="utf-8") for path in running.log_dir.iterdir()}
    assert sorted(received.data["comment_id"] for received in receiver.received) == sorted(f"c{n}" for n in range(50))
    for received in receiver.received:
        received.verify(secret)
        assert b"hydrog" not in received.body
    assert set(logs) == {"everything.log", "beat.log"}
    assert "comments_scored" in logs["everything.log"]
    for name, content in logs.items():
        assert "hydrog" not in content, name
