"""Deciding as a moderator."""

import threading

import pytest

from moderation.domain.errors import AlreadyDecided, Gone, NotFound, Superseded, VigieError
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label, Verdict
from moderation.services import decisions, intake, moderators
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.conftest import Newsroom

SHOUTED = "MAIS QU’EST-CE QUE CE GOUVERNEMENT ATTEND POUR OUVRIR LES BARRAGES ENFIN !"


def account(newsroom: Newsroom, name: str) -> ModeratorRecord:
    """Create a moderator."""
    with newsroom.database.session() as session:
        return moderators.create(session, f"{name}@example.org", name.title(), "correct horse battery")


def decide(newsroom: Newsroom, person: ModeratorRecord, verdict: Verdict, key: str = "c1", revision: int = 1) -> None:
    """Decide as the dashboard does."""
    comment_id = newsroom.read(key).comment.id
    with newsroom.database.session() as session:
        decisions.by_moderator(session, person, comment_id, revision, verdict, [Label.SHOUTING])


def test_a_decision_is_appended_and_changes_the_status(newsroom: Newsroom) -> None:
    """A rejection is a second decision beside the policy's, and carries the labels that the person named."""
    newsroom.write("c1", SHOUTED)
    newsroom.score()
    decide(newsroom, account(newsroom, "nadia"), Verdict.REJECT)
    row = newsroom.read("c1")
    assert row.comment.status == "rejected"
    assert row.decision is not None
    assert (row.decision.origin, row.decision.labels) == ("moderator", ["shouting"])
    assert newsroom.count("decision") == 2


def test_of_two_people_one_decides(newsroom: Newsroom) -> None:
    """Two moderators at once: one decision is stored, the other is told by whom and when."""
    newsroom.write("c1", SHOUTED)
    newsroom.score()
    people = [account(newsroom, name) for name in ("nadia", "karim")]
    start, told = threading.Barrier(2), []

    def act(person: ModeratorRecord) -> None:
        start.wait()
        try:
            decide(newsroom, person, Verdict.PUBLISH)
        except AlreadyDecided as error:
            told.append(error.by)

    threads = [threading.Thread(target=act, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert newsroom.count("decision", "origin = 'moderator'") == 1


def test_the_same_button_twice_is_one_decision_and_another_is_a_correction(newsroom: Newsroom) -> None:
    """A double click stores nothing new; changing one's mind appends."""
    newsroom.write("c1", SHOUTED)
    newsroom.score()
    nadia = account(newsroom, "nadia")
    for verdict in (Verdict.REJECT, Verdict.REJECT, Verdict.PUBLISH):
        decide(newsroom, nadia, verdict)
    assert newsroom.count("decision", "origin = 'moderator'") == 2
    assert newsroom.read("c1").comment.status == "published"


@pytest.mark.parametrize("fact", [Superseded, Gone, NotFound])
def test_what_is_no_longer_there_cannot_be_decided(newsroom: Newsroom, fact: type[VigieError]) -> None:
    """An edited, a deleted and an unknown comment each say what happened to them."""
    newsroom.write("c1", SHOUTED)
    newsroom.score()
    nadia = account(newsroom, "nadia")
    comment_id = newsroom.read("c1").comment.id if fact is not NotFound else 999
    if fact is Superseded:
        newsroom.write("c1", "Ouvrez les barrages, s’il vous plaît.")
    if fact is Gone:
        with newsroom.database.session() as session:
            intake.delete(session, newsroom.site.id, "c1")
    with pytest.raises(fact), newsroom.database.session() as session:
        decisions.by_moderator(session, nadia, comment_id, 1, Verdict.PUBLISH)


def test_a_person_s_decision_outlives_a_late_article(newsroom: Newsroom) -> None:
    """When the article arrives after a person decided, the comment is not judged again."""
    newsroom.write("c1", SHOUTED, article_id="a1")
    newsroom.score()
    decide(newsroom, account(newsroom, "nadia"), Verdict.PUBLISH)
    with newsroom.database.session() as session:
        intake.store_articles(session, newsroom.site.id, [SubmittedArticle("a1", "Les barrages")])
    assert newsroom.score() == 0
    assert newsroom.read("c1").comment.status == "published"
