"""Claims, skips, notes, escalations, reports."""

import threading
from datetime import timedelta

import pytest

from moderation.domain.errors import AlreadyDecided, Gone, InvalidInput, NotFound
from moderation.domain.words import Verdict
from moderation.services import attention, decisions, housekeeping, intake, moderators
from moderation.services.review import Wanted
from moderation.storage import claims, remarks
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.queue import QueueReason, Reader, tallies
from moderation.storage.remarks import ReportSource
from tests.moderation.conftest import Newsroom
from tests.moderation.services.loud import Loud

SHOUTED = "MAIS QU’EST-CE QUE CE GOUVERNEMENT ATTEND POUR OUVRIR LES BARRAGES ENFIN ! NUMÉRO {}"


@pytest.fixture
def scorer() -> Loud:
    """Return a scorer that finds every comment loud."""
    return Loud()


@pytest.fixture
def people(newsroom: Newsroom) -> list[ModeratorRecord]:
    """Return two moderators; three flagged comments wait."""
    for number in (1, 2, 3):
        newsroom.write(f"c{number}", SHOUTED.format(number))
    newsroom.score()
    with newsroom.database.session() as session:
        return [
            moderators.create(session, f"{name}@example.org", name, "correct horse battery")
            for name in ("nadia", "samir")
        ]


def following(newsroom: Newsroom, person: ModeratorRecord, after: int = 0, *, settles: bool = False) -> int | None:
    """Claim the next comment for a person."""
    with newsroom.database.session() as session:
        return attention.claim_next(session, Wanted(), Reader(person.id, settles), after)


def claim(newsroom: Newsroom, person: ModeratorRecord, comment_id: int = 1) -> attention.Claim:
    """Claim one comment."""
    with newsroom.database.session() as session:
        return attention.claim(session, comment_id, person.id)


def test_a_claim_belongs_to_one_person(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """Who comes second learns who reads the comment; the first one may renew the claim, and give it up."""
    nadia, samir = people
    assert claim(newsroom, nadia).mine
    refused = claim(newsroom, samir)
    assert (refused.mine, refused.holder and refused.holder.name) == (False, "nadia")
    assert claim(newsroom, nadia).mine
    with newsroom.database.session() as session:
        attention.release(session, 1, samir.id)
    assert not claim(newsroom, samir).mine
    with newsroom.database.session() as session:
        attention.release(session, 1, nadia.id)
    assert claim(newsroom, samir).mine


def test_a_claim_ends_by_the_clock_of_the_database(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """A lease whose time is over is nobody's; housekeeping deletes it."""
    nadia, samir = people
    claim(newsroom, nadia)
    newsroom.run("UPDATE claim SET until = now() - interval '1 second'")
    with newsroom.database.session() as session:
        assert claims.holder(session, 1) is None
    assert claim(newsroom, samir).mine
    newsroom.run("UPDATE claim SET until = now() - interval '1 second'")
    with newsroom.database.session() as session:
        housekeeping.forget_expired(session)
    assert newsroom.count("claim") == 0


def test_opening_another_comment_gives_up_the_first(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """A person has one comment before them; the one that they left is free."""
    nadia, samir = people
    with newsroom.database.session() as session:
        attention.open_for_reading(session, 1, nadia.id)
        attention.open_for_reading(session, 2, nadia.id)
    assert claim(newsroom, samir, 1).mine
    assert not claim(newsroom, samir, 2).mine


def test_two_people_at_once_get_two_comments(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """When two people ask for the next comment in the same instant, no comment goes to both."""
    for _ in range(5):
        newsroom.run("DELETE FROM claim")
        start, got = threading.Barrier(2), list[int | None]()

        def ask(person: ModeratorRecord, start: threading.Barrier = start, got: list[int | None] = got) -> None:
            start.wait()
            got.append(following(newsroom, person))

        threads = [threading.Thread(target=ask, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(got)) == 2
        assert None not in got


def test_next_passes_by_what_others_read_and_wraps(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """Next leaves out what a colleague reads, begins again at the first, and ends when nothing is left."""
    nadia, samir = people
    claim(newsroom, samir, 2)
    assert [following(newsroom, nadia, after) for after in (1, 3)] == [3, 1]
    claim(newsroom, samir, 1)
    claim(newsroom, nadia, 3)
    newsroom.run("UPDATE claim SET moderator_id = 2")
    assert following(newsroom, nadia) is None


def test_what_was_put_off_is_hidden_from_one_person_for_a_while(
    newsroom: Newsroom, people: list[ModeratorRecord]
) -> None:
    """A skipped comment is offered to others at once, and to the same person again after an hour."""
    nadia, samir = people
    with newsroom.database.session() as session:
        attention.put_off(session, 1, nadia.id)
    assert following(newsroom, nadia) == 2
    assert following(newsroom, samir) == 1
    assert timedelta(minutes=30) <= attention.PUT_OFF <= timedelta(hours=2)
    newsroom.run("DELETE FROM claim")
    newsroom.run("UPDATE skip SET until = now() - interval '1 second'")
    assert following(newsroom, nadia) == 1


def test_escalated_comments_go_to_those_who_settle(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """An escalated comment leaves the other queues, is offered to editors, and comes back from no moderator's next."""
    nadia, samir = people
    with newsroom.database.session() as session:
        attention.escalate(session, 1, nadia.id, "pour la rédaction")
        counts = {reason: tally.count for reason, tally in tallies(session, None).items()}
        note = remarks.notes_of(session, 1)[0]
    assert (counts[None], counts[QueueReason.SHOUTING], counts[QueueReason.ESCALATED]) == (3, 2, 1)
    assert (note.kind, note.text, note.moderator_id) == ("escalation", "pour la rédaction", nadia.id)
    assert following(newsroom, nadia) == 2
    assert following(newsroom, samir, settles=True) == 1


def test_notes_are_appended(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """Notes stay in their order; an empty one and one about nothing are refused."""
    with newsroom.database.session() as session:
        attention.note(session, 1, people[0].id, "un")
        attention.note(session, 1, people[1].id, "deux")
        assert [note.text for note in remarks.notes_of(session, 1)] == ["un", "deux"]
        with pytest.raises(InvalidInput):
            attention.note(session, 1, people[0].id, "")
        with pytest.raises(NotFound):
            attention.note(session, 99, people[0].id, "x")


def report(newsroom: Newsroom, source: ReportSource, key: str | None = None, comment: str = "c1") -> bool:
    """Tell a report as the site does."""
    with newsroom.database.session() as session:
        return attention.report(session, newsroom.site.id, comment, source, "rude", key)


def test_a_report_opens_a_decided_comment_again(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """A reported comment is before the moderators though it is published; a colleague may then decide otherwise."""
    nadia, samir = people
    with newsroom.database.session() as session:
        decisions.by_moderator(session, nadia, 1, 1, Verdict.PUBLISH)
    assert report(newsroom, ReportSource.READER, "r1")
    assert not report(newsroom, ReportSource.READER, "r1")
    assert report(newsroom, ReportSource.READER)
    with newsroom.database.session() as session:
        assert tallies(session, None)[QueueReason.REPORTS].count == 1
        decisions.by_moderator(session, samir, 1, 1, Verdict.REJECT)
    with newsroom.database.session() as session:
        assert tallies(session, None)[QueueReason.REPORTS].count == 0
        with pytest.raises(AlreadyDecided, match="samir"):
            decisions.by_moderator(session, nadia, 1, 1, Verdict.PUBLISH)


def test_who_saw_an_older_decision_is_told(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """While a report is open, a decision that overlooks a colleague's newer one is refused."""
    nadia, samir = people
    with newsroom.database.session() as session:
        first = decisions.by_moderator(session, nadia, 1, 1, Verdict.PUBLISH)
    report(newsroom, ReportSource.READER)
    with newsroom.database.session() as session, pytest.raises(AlreadyDecided, match="nadia"):
        decisions.by_moderator(session, samir, 1, 1, Verdict.REJECT, seen=(first or 0) - 1)


def test_an_appeal_has_a_queue_of_its_own(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """The writer's report is an appeal; a colleague who decides the same again settles it."""
    with newsroom.database.session() as session:
        decisions.by_moderator(session, people[0], 1, 1, Verdict.REJECT)
    report(newsroom, ReportSource.AUTHOR)
    with newsroom.database.session() as session:
        found = tallies(session, None)
        assert (found[QueueReason.APPEALS].count, found[QueueReason.REPORTS].count) == (1, 0)
        decisions.by_moderator(session, people[1], 1, 1, Verdict.REJECT)
    with newsroom.database.session() as session:
        assert tallies(session, None)[QueueReason.APPEALS].count == 0


def test_deletion_forgets_what_was_said_about_the_comment(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """Deleting a comment erases its reports and notes, takes it out of every queue, and refuses new reports."""
    report(newsroom, ReportSource.READER)
    with newsroom.database.session() as session:
        attention.note(session, 1, people[0].id, "cite le texte")
        intake.delete(session, newsroom.site.id, "c1")
    assert (newsroom.count("report"), newsroom.count("comment_note")) == (0, 0)
    with newsroom.database.session() as session:
        assert tallies(session, None)[None].count == 2
    for key, fact in (("c1", Gone), ("nowhere", NotFound)):
        with pytest.raises(fact):
            report(newsroom, ReportSource.READER, comment=key)
