"""Blind second judgements: who is asked about what, and what an answer does and does not do."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from moderation.database import Database
from moderation.domain.submission import SubmittedComment
from moderation.domain.words import Label, Verdict
from moderation.services import attention, bulk, decisions, housekeeping, intake, moderators, retention, undoing
from moderation.services import second_judgements as second
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.remarks import ReportSource
from moderation.storage.search import Search
from moderation.storage.second_judgements import SecondJudgementRecord
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.services.even import EvenScorer

People = dict[str, ModeratorRecord]


@pytest.fixture
def people(database: Database) -> People:
    """Return three moderators."""
    with database.session() as session:
        return {
            name: moderators.create(session, f"{name}@example.org", name.title(), "correct horse battery")
            for name in ("nadia", "samir", "olga")
        }


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom where every decision is asked about again, with three comments that were scored."""
    with newsroom.database.session() as session:
        session.get_one(SiteRecord, newsroom.site.id).learning = {"second_share": 1.0}
    newsroom.post(*(SubmittedComment(f"c{n}", f"Un avis sur le pont, numéro {n}.") for n in (1, 2, 3)))
    newsroom.score(EvenScorer())  # type: ignore[arg-type]
    return newsroom


def decide(
    room: Newsroom, who: ModeratorRecord, key: str = "c1", verdict: Verdict = Verdict.PUBLISH, chance: float = 0.5
) -> int:
    """Decide as the dashboard does."""
    comment_id = room.read(key).comment.id
    with room.database.session() as session:
        return decisions.by_moderator(session, who, comment_id, 1, verdict, chance=chance) or 0


def offered(room: Newsroom, who: ModeratorRecord) -> str | None:
    """Ask for the next text; return the site's id of its comment."""
    with room.database.session() as session:
        found = second.next_for(session, None, who)
        return found.row.comment.external_id if found else None


def open_rows(room: Newsroom) -> int:
    """Count what is asked and not answered."""
    return room.count("second_judgement", "answered_at IS NULL")


@pytest.mark.parametrize(("share", "chance", "drawn"), [(0.2, 0.1, 1), (0.2, 0.2, 0), (0.0, 0.0, 0), (1.0, 0.999, 1)])
def test_a_share_is_drawn(room: Newsroom, people: People, share: float, chance: float, drawn: int) -> None:
    """A decision is asked about again when the chance falls below the site's share, and only then."""
    with room.database.session() as session:
        session.get_one(SiteRecord, room.site.id).learning = {"second_share": share}
    decide(room, people["nadia"], chance=chance)
    assert open_rows(room) == drawn


def test_nobody_is_asked_about_their_own_decision(room: Newsroom, people: People) -> None:
    """Who decided is offered nothing; another moderator is, and is counted the same."""
    decide(room, people["nadia"])
    assert offered(room, people["nadia"]) is None
    assert offered(room, people["samir"]) == "c1"
    with room.database.session() as session:
        assert [second.waiting(session, None, people[name].id) for name in ("nadia", "samir")] == [0, 1]
        assert second.waiting(session, [room.site.id + 1], people["samir"].id) == 0


def test_who_had_a_part_in_it_is_not_blind(room: Newsroom, people: People) -> None:
    """A note about the comment, or an earlier decision that was undone, keeps its writer from judging it."""
    with room.database.session() as session:
        attention.note(session, room.read("c1").comment.id, people["samir"].id, "à relire")
    earlier = decide(room, people["olga"])
    with room.database.session() as session:
        undoing.undo(session, people["olga"], earlier)
    decide(room, people["nadia"])
    assert [offered(room, people[name]) for name in ("samir", "olga")] == [None, None]


def test_an_answer_is_kept_and_decides_nothing(room: Newsroom, people: People) -> None:
    """Verdict, labels, person and moment are kept; status, decisions and messages to the site stay as they were."""
    room.run("UPDATE site SET callback_url = 'https://example.org/hook'")
    decide(room, people["nadia"])
    before = [room.count(table) for table in ("decision", "callback", "audit_event")]
    with room.database.session() as session:
        found = second.next_for(session, [room.site.id], people["samir"])
        assert found
        assert second.answer(session, found.id, people["samir"], Verdict.REJECT, [Label.INCIVILITY])
    with room.database.session() as session:
        row = session.query(SecondJudgementRecord).one()
        assert (row.moderator_id, row.verdict, row.labels) == (people["samir"].id, "reject", ["incivility"])
        assert row.answered_at
        assert datetime.now(UTC) - row.answered_at < timedelta(minutes=1)
    assert room.read("c1").comment.status == "published"
    assert [room.count(table) for table in ("decision", "callback", "audit_event")] == before
    assert offered(room, people["olga"]) is None


def test_an_answer_comes_once(room: Newsroom, people: People) -> None:
    """The second of two answers is refused, and so is one of the person who decided."""
    decide(room, people["nadia"])
    with room.database.session() as session:
        assert not second.answer(session, 1, people["nadia"], Verdict.PUBLISH)
        assert second.answer(session, 1, people["samir"], Verdict.PUBLISH)
    with room.database.session() as session:
        assert not second.answer(session, 1, people["olga"], Verdict.REJECT)
        assert session.query(SecondJudgementRecord).one().moderator_id == people["samir"].id


@pytest.mark.parametrize("fate", ["deleted", "edited", "forgotten", "undone", "decided again", "reported"])
def test_what_is_gone_or_open_again_drops_out(room: Newsroom, people: People, fate: str) -> None:
    """A comment that was deleted, edited, forgotten, decided again or is open again is neither offered nor answered."""
    made = decide(room, people["nadia"])
    comment_id = room.read("c1").comment.id
    assert offered(room, people["samir"]) == "c1"
    with room.database.session() as session:
        if fate == "deleted":
            intake.delete(session, room.site.id, "c1")
        elif fate == "edited":
            edited = replace(SubmittedComment("c1", "Un tout autre avis."), revision=2)
            intake.accept(session, room.site.id, [edited])
        elif fate == "forgotten":
            session.get_one(SiteRecord, room.site.id).keep_days = 0
        elif fate == "undone":
            undoing.undo(session, people["nadia"], made)
        elif fate == "decided again":
            decisions.by_moderator(session, people["nadia"], comment_id, 1, Verdict.REJECT)
        else:
            attention.report(session, room.site.id, "c1", ReportSource.READER, "non", None)
    if fate == "forgotten":
        with room.database.session() as session:
            assert retention.forget_old_texts(session) == 3
    assert offered(room, people["samir"]) is None
    with room.database.session() as session:
        assert not second.answer(session, 1, people["samir"], Verdict.PUBLISH)


def test_two_people_at_once_are_asked_about_two_texts(room: Newsroom, people: People) -> None:
    """Who asks in the same instant gets another text; who asks again gets the same one; a skip leaves it to others."""
    for key in ("c1", "c2"):
        decide(room, people["nadia"], key)
    start, got = threading.Barrier(2), dict[str, str | None]()

    def ask(name: str) -> None:
        start.wait(30)
        got[name] = offered(room, people[name])

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("samir", "olga")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(got.values()) == {"c1", "c2"}
    assert offered(room, people["samir"]) == got["samir"]
    with room.database.session() as session:
        held = second.next_for(session, None, people["samir"])
        assert held
        second.put_off(session, held.id, people["samir"])
    assert offered(room, people["samir"]) is None
    room.run("UPDATE claim SET until = now() - interval '1 second'")
    assert offered(room, people["olga"]) == "c1"


def test_what_is_decided_with_many_others_is_never_drawn(room: Newsroom, people: People) -> None:
    """A bulk decision asks nobody again, whatever the share."""
    with room.database.session() as session:
        found = bulk.preview(session, Search(text="pont"), None)
    act = bulk.Act(Search(text="pont"), None, found.upto, found.count, Verdict.REJECT, [], {})
    bulk.decide(room.database, people["nadia"], act)
    assert room.count("decision", "bulk_id IS NOT NULL") == 3
    assert open_rows(room) == 0


def test_nobody_is_asked_for_ever(room: Newsroom, people: People) -> None:
    """What nobody judged for a month is asked no more; answers stay."""
    decide(room, people["nadia"], "c1")
    decide(room, people["nadia"], "c2")
    with room.database.session() as session:
        assert second.answer(session, 1, people["samir"], Verdict.PUBLISH)
    room.run("UPDATE second_judgement SET asked_at = now() - interval '31 days'")
    with room.database.session() as session:
        assert housekeeping.forget_expired(session)["second_judgements"] == 1
    assert (open_rows(room), room.count("second_judgement")) == (0, 1)
