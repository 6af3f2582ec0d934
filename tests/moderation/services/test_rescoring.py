"""Rescoring what waits for review: in chunks, resumable, and what a person decided is left alone."""

from collections.abc import Sequence

import pytest

from moderation.domain.submission import SubmittedArticle, SubmittedComment
from moderation.domain.words import Label, Verdict
from moderation.messages import TaskName, take_enqueued
from moderation.services import decisions, intake, models, moderators, rescoring, undoing
from moderation.services import sites as site_services
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.taught import ALL, NOTHING, champion, taught

CALM = "Le gouvernement devrait ouvrir les barrages plus tôt, dit le maire de la commune."


@pytest.fixture
def waiting(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with 250 calm comments that a bad champion put before the moderators."""
    champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL))
    newsroom.post(*(SubmittedComment(f"c{n}", f"{CALM} {n}") for n in range(250)))
    while newsroom.score():
        pass
    assert newsroom.count("comment", "status = 'in_review'") == 250
    return newsroom


def take_back(newsroom: Newsroom) -> None:
    """Roll the champion back."""
    with newsroom.database.session() as session:
        models.roll_back(session, newsroom.site.id, Label.INCIVILITY, None)


def ask(newsroom: Newsroom, site_id: int | None) -> int:
    """Ask for a rescoring; return its id."""
    with newsroom.database.session() as session:
        return rescoring.ask(session, site_id, None).id


def send(newsroom: Newsroom) -> tuple[int, set[TaskName]]:
    """Send a chunk; return of how many comments, and what was rung."""
    with newsroom.database.session() as session:
        sent = rescoring.send_next(session)
        return sent, take_enqueued(session)


def send_and_die(newsroom: Newsroom) -> None:
    """Send a chunk, and be gone before it is committed."""
    with newsroom.database.session() as session:
        assert rescoring.send_next(session) == 100
        raise KeyboardInterrupt


def run(newsroom: Newsroom) -> Sequence[int]:
    """Send and score until nothing is left; return the sizes of the chunks."""
    sizes = []
    while (sent := send(newsroom))[0] or sent[1]:
        sizes.append(sent[0])
        while newsroom.score():
            pass
    return sizes


def test_what_waits_is_decided_again_by_what_judges_now(waiting: Newsroom) -> None:
    """After a rollback everything that only the bad champion held is published, chunk by chunk, with its progress."""
    take_back(waiting)
    asked = ask(waiting, waiting.site.id)
    assert run(waiting) == [100, 100, 50]
    with waiting.database.session() as session:
        done = rescoring.latest(session, waiting.site.id)
    assert done is not None
    assert (done.id, done.state, done.done, done.total) == (asked, "done", 250, 250)
    assert done.finished_at is not None
    assert waiting.count("comment", "status = 'published'") == 250
    assert waiting.count("scoring") == 500
    assert waiting.count("decision", "verdict = 'publish' AND origin = 'policy'") == 250


def test_each_chunk_rings_for_itself_and_for_the_scorers(waiting: Newsroom) -> None:
    """The next chunk is rung for after each one, and when nothing is asked nothing rings."""
    assert send(waiting) == (0, set())
    ask(waiting, None)
    assert send(waiting) == (100, {TaskName.RESCORE, TaskName.DRAIN_COMMENTS})


def test_a_rescoring_killed_between_and_in_chunks_sends_nothing_twice(waiting: Newsroom) -> None:
    """A worker that dies in a chunk leaves it unsent; whoever comes next goes on, and nothing is scored twice."""
    take_back(waiting)
    ask(waiting, waiting.site.id)
    send(waiting)
    while waiting.score():
        pass
    with pytest.raises(KeyboardInterrupt):
        send_and_die(waiting)
    assert waiting.count("revision", "state = 'pending'") == 0
    assert run(waiting) == [100, 50]
    assert waiting.count("revision", "round = 2 AND state = 'scored'") == 250
    assert waiting.count("scoring") == 500


def test_fresh_comments_do_not_wait_behind_a_rescoring(waiting: Newsroom) -> None:
    """While many revisions wait for a score no chunk is sent; it goes on when the scorers are through."""
    take_back(waiting)
    ask(waiting, waiting.site.id)
    waiting.post(*(SubmittedComment(f"fresh{n}", f"{CALM} {n}") for n in range(rescoring.BACKLOG)))
    assert send(waiting)[0] == 0
    while waiting.score():
        pass
    assert send(waiting)[0] == 100


def test_a_scored_chunk_rings_for_the_next_one(waiting: Newsroom) -> None:
    """The scorers ring for the rescoring when they stored what it had sent, and not for fresh comments."""
    rung: list[TaskName] = []
    ask(waiting, None)
    send(waiting)
    waiting.database._publish = rung.append
    waiting.score()
    assert TaskName.RESCORE in rung
    while waiting.score():
        pass
    rung.clear()
    waiting.write("fresh", CALM)
    waiting.score()
    assert TaskName.RESCORE not in rung


def test_one_unfinished_rescoring_a_site(waiting: Newsroom, other_site: SiteRecord) -> None:
    """Asking twice gives the same one and one entry in the trail; other sites and all sites have their own."""
    first = ask(waiting, waiting.site.id)
    assert ask(waiting, waiting.site.id) == first
    assert len({first, ask(waiting, other_site.id), ask(waiting, None)}) == 3
    assert waiting.count("audit_event", "act = 'model.rescoring_asked'") == 3
    run(waiting)
    assert ask(waiting, waiting.site.id) != first


def test_only_the_site_that_was_asked_for_is_scored_again(waiting: Newsroom, other_site: SiteRecord) -> None:
    """A rescoring of another site sends nothing of this one."""
    ask(waiting, other_site.id)
    assert run(waiting) == [0]
    assert waiting.count("revision", "round > 1") == 0


def test_what_a_person_decided_or_put_back_is_left_alone(waiting: Newsroom) -> None:
    """A decided comment, and one whose decision was undone so that it waits again, keep their round and decision."""
    with waiting.database.session() as session:
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "a lookout on a mast")
        ids = [waiting.read(f"c{n}").comment.id for n in range(2)]
        made = [decisions.by_moderator(session, nadia, key, 1, Verdict.REJECT, [Label.OFF_TOPIC]) for key in ids]
        undoing.undo(session, nadia, made[1] or 0)
    take_back(waiting)
    ask(waiting, waiting.site.id)
    run(waiting)
    assert [waiting.read(f"c{n}").comment.status for n in range(3)] == ["rejected", "in_review", "published"]
    assert waiting.count("revision", "round = 1") == 2


def test_what_chance_chose_stays_chosen(newsroom: Newsroom) -> None:
    """The audit sample is not thrown again: a comment that waits only because of it is not scored anew."""
    with newsroom.database.session() as session:
        site_services.set_policy(session.merge(newsroom.site), {"audit_share": 1.0})
    newsroom.write("c1", CALM)
    newsroom.score()
    with newsroom.database.session() as session:
        site_services.set_policy(session.merge(newsroom.site), {"audit_share": 0.0})
    ask(newsroom, None)
    assert run(newsroom) == [0]
    assert newsroom.read("c1").comment.status == "in_review"


@pytest.mark.parametrize("column", ["reported_at", "appealed_at", "escalated_at"])
def test_what_somebody_asks_a_person_about_waits_for_that_person(waiting: Newsroom, column: str) -> None:
    """A report, an appeal or a colleague's question is not answered by another model."""
    waiting.run(f"UPDATE comment SET {column} = now() WHERE external_id = 'c7'")
    take_back(waiting)
    ask(waiting, waiting.site.id)
    run(waiting)
    assert waiting.read("c7").comment.status == "in_review"
    assert waiting.count("comment", "status = 'published'") == 249


def test_comments_that_came_after_the_question_are_left(waiting: Newsroom) -> None:
    """What was scored by the new champion already is not sent again, so a rescoring comes to its end."""
    ask(waiting, waiting.site.id)
    waiting.write("later", CALM)
    waiting.score()
    assert waiting.read("later").comment.status == "in_review"
    run(waiting)
    assert waiting.read("later").revision.round == 1


def test_held_for_another_label_waits_in_the_queue_of_that_label(newsroom: Newsroom) -> None:
    """When a comment is held again, but for another label, a new decision says so, and its queue is the new one's."""
    here, scorer = newsroom.site.id, newsroom.scorer
    champion(newsroom.database, here, taught(scorer, ALL))
    with newsroom.database.session() as session:
        intake.store_articles(
            session, here, [SubmittedArticle("a1", "Barrages : le maire presse le gouvernement d’ouvrir", CALM)]
        )
    newsroom.write("c1", CALM, article_id="a1")
    newsroom.score()
    assert newsroom.read("c1").comment.reasons == ["incivility"]
    take_back(newsroom)
    champion(newsroom.database, here, taught(scorer, NOTHING))
    champion(newsroom.database, here, taught(scorer, ALL, Label.OFF_TOPIC))
    ask(newsroom, here)
    run(newsroom)
    row = newsroom.read("c1")
    assert row.decision is not None
    assert (row.comment.status, row.decision.labels, row.comment.reasons) == (
        "in_review",
        ["off_topic"],
        ["off_topic"],
    )
