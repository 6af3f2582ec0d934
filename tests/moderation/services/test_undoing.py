"""Taking decisions back."""

import pytest
from sqlalchemy import select

from moderation.domain.errors import AlreadyDecided, AlreadyUndone, NotAllowed, NotUndoable, Superseded
from moderation.domain.words import Label, Verdict
from moderation.services import attention, decisions, moderators, sites, undoing
from moderation.storage.decisions import DecisionRecord, history, teaches
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.remarks import ReportSource
from tests.moderation.conftest import Newsroom
from tests.moderation.services.loud import Loud

SHOUTED = "MAIS QU’EST-CE QUE CE GOUVERNEMENT ATTEND POUR OUVRIR LES BARRAGES ENFIN !"


@pytest.fixture
def scorer() -> Loud:
    """Return a scorer that finds every comment loud."""
    return Loud()


@pytest.fixture
def nadia(newsroom: Newsroom) -> ModeratorRecord:
    """Return a moderator; one flagged comment waits."""
    newsroom.write("c1", SHOUTED)
    newsroom.score()
    return account(newsroom, "nadia")


def account(newsroom: Newsroom, name: str) -> ModeratorRecord:
    """Create a moderator."""
    with newsroom.database.session() as session:
        return moderators.create(session, f"{name}@example.org", name.title(), "correct horse battery")


def decide(newsroom: Newsroom, person: ModeratorRecord, verdict: Verdict) -> int:
    """Decide and return the decision's id."""
    row = newsroom.read("c1")
    with newsroom.database.session() as session:
        decided = decisions.by_moderator(
            session, person, row.comment.id, row.revision.number, verdict, [Label.SHOUTING] * (verdict == "reject")
        )
    assert decided
    return decided


def undo(newsroom: Newsroom, person: ModeratorRecord, decision_id: int, *, anyone_s: bool = False) -> undoing.Undone:
    """Take a decision back."""
    with newsroom.database.session() as session:
        return undoing.undo(session, person, decision_id, anyone_s=anyone_s)


def test_undo_restores_what_held_before_and_tells_the_site(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """After an undo the policy's verdict holds again with its labels; a second message goes out and names the first."""
    with newsroom.database.session() as session:
        sites.set_callback(session.merge(newsroom.site), "https://site.example/vigie")
    first = decide(newsroom, nadia, Verdict.REJECT)
    undo(newsroom, nadia, first)
    row = newsroom.read("c1")
    assert row.comment.status == "in_review"
    assert row.decision is not None
    assert (row.decision.verdict, row.decision.labels, row.decision.undoes_id) == ("review", ["shouting"], first)
    assert newsroom.count("callback") == 2
    with newsroom.database.session() as session:
        told = [past.payload for past in history(session, row.comment.id)]
    assert told[-1]["undoes"] == told[-2]["decision_id"]
    assert told[-1]["status"] == "in_review"
    assert told[-2]["undoes"] is None


def test_undoing_a_correction_restores_the_decision_before_it(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """Of two decisions of one person the second is taken back first, then the first."""
    rejected, published = decide(newsroom, nadia, Verdict.REJECT), decide(newsroom, nadia, Verdict.PUBLISH)
    with pytest.raises(AlreadyDecided):
        undo(newsroom, nadia, rejected)
    undo(newsroom, nadia, published)
    assert newsroom.read("c1").comment.status == "rejected"
    undo(newsroom, nadia, rejected)
    assert newsroom.read("c1").comment.status == "in_review"


def test_a_decision_is_undone_once(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """A second undo, an undo of the undo, and an undo of the policy change nothing."""
    first = decide(newsroom, nadia, Verdict.REJECT)
    undo(newsroom, nadia, first)
    count = newsroom.count("decision")
    with pytest.raises(AlreadyUndone, match="Nadia"):
        undo(newsroom, nadia, first)
    for other in (first - 1, first + 1):
        with pytest.raises(NotUndoable):
            undo(newsroom, nadia, other)
    assert newsroom.count("decision") == count


def test_only_leaders_undo_for_others(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """A colleague may not take back what Nadia decided; somebody who may do so for anyone can."""
    first, samir = decide(newsroom, nadia, Verdict.REJECT), account(newsroom, "samir")
    with pytest.raises(NotAllowed):
        undo(newsroom, samir, first)
    undo(newsroom, samir, first, anyone_s=True)
    assert newsroom.read("c1").comment.status == "in_review"


def test_after_an_undo_anybody_may_decide(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """The comment is free again: a colleague decides, and then the first person is told so."""
    samir = account(newsroom, "samir")
    undo(newsroom, nadia, decide(newsroom, nadia, Verdict.REJECT))
    decide(newsroom, samir, Verdict.PUBLISH)
    with pytest.raises(AlreadyDecided, match="Samir"):
        decide(newsroom, nadia, Verdict.REJECT)


def test_an_edited_comment_is_not_restored(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """A decision about a text that was replaced cannot be taken back."""
    first = decide(newsroom, nadia, Verdict.REJECT)
    newsroom.write("c1", "Ouvrez les barrages, s’il vous plaît.")
    with pytest.raises(Superseded):
        undo(newsroom, nadia, first)


def test_undone_decisions_teach_nothing(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """Neither an undone decision nor its undoing may become a training example; the next decision may."""
    undo(newsroom, nadia, decide(newsroom, nadia, Verdict.REJECT))
    kept = decide(newsroom, nadia, Verdict.PUBLISH)
    with newsroom.database.session() as session:
        assert list(session.scalars(select(DecisionRecord.id).where(teaches()))) == [kept]


def test_undo_opens_again_what_the_decision_settled(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """Reports and escalations that a decision had settled are before the moderators again."""
    comment_id = newsroom.read("c1").comment.id
    with newsroom.database.session() as session:
        attention.report(session, newsroom.site.id, "c1", ReportSource.READER, "rude", None)
        attention.escalate(session, comment_id, nadia.id, "")
    first = decide(newsroom, nadia, Verdict.PUBLISH)
    settled = newsroom.read("c1").comment
    assert (settled.reported_at, settled.escalated_at) == (None, None)
    undo(newsroom, nadia, first)
    again = newsroom.read("c1").comment
    assert again.reported_at is not None
    assert again.escalated_at is not None
    assert again.appealed_at is None
