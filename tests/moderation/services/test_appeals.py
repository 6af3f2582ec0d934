"""Appeals: another moderator than the first decides, the site is told what came of it, and the way is kept."""

import pytest

from moderation.domain.errors import OwnDecision
from moderation.domain.routes import route_of
from moderation.domain.words import Label, Role, Route, Verdict
from moderation.services import appeals, attention, decisions, moderators, undoing
from moderation.services.review import Wanted
from moderation.storage import decisions as stored
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.queue import QueueReason, Reader
from tests.moderation.conftest import Newsroom
from tests.moderation.services.loud import Loud

LOUD = "MAIS QU’EST-CE QUE CE GOUVERNEMENT ATTEND POUR OUVRIR LES BARRAGES ENFIN !"


@pytest.fixture
def scorer() -> Loud:
    """Return a scorer that finds every comment loud."""
    return Loud()


def account(newsroom: Newsroom, name: str, role: Role = Role.MODERATOR) -> ModeratorRecord:
    """Make an account."""
    with newsroom.database.session() as session:
        return moderators.create(session, f"{name}@example.org", name, "correct horse battery", role)


def decide(newsroom: Newsroom, who: ModeratorRecord, verdict: Verdict, *labels: Label) -> int | None:
    """Decide about the one comment."""
    with newsroom.database.session() as session:
        return decisions.by_moderator(session, who, 1, 1, verdict, labels)


def appeal(newsroom: Newsroom, key: str = "a1") -> bool:
    """Have the writer appeal."""
    with newsroom.database.session() as session:
        return appeals.receive(session, newsroom.site.id, "c1", "Ce n’était pas un cri.", key)


@pytest.fixture
def nadia(newsroom: Newsroom) -> ModeratorRecord:
    """Return the moderator who rejected the comment, whose writer appeals."""
    newsroom.write("c1", LOUD)
    newsroom.score()
    nadia = account(newsroom, "nadia")
    assert decide(newsroom, nadia, Verdict.REJECT, Label.SHOUTING)
    assert appeal(newsroom)
    assert not appeal(newsroom)
    return nadia


def payloads(newsroom: Newsroom) -> list[tuple[str | None, str | None]]:
    """Return the way and the outcome of each decision, oldest first."""
    with newsroom.database.session() as session:
        return [(d.route, d.payload["appeal"]) for d in stored.history(session, 1)]


@pytest.mark.parametrize(("verdict", "outcome"), [(Verdict.PUBLISH, "overturned"), (Verdict.REJECT, "upheld")])
def test_another_moderator_than_the_first_decides(
    newsroom: Newsroom, nadia: ModeratorRecord, verdict: Verdict, outcome: str
) -> None:
    """The first one may neither decide about the appeal nor take the decision back; a colleague decides, and the site

    is told what came of it."""
    samir = account(newsroom, "samir")
    with pytest.raises(OwnDecision):
        decide(newsroom, nadia, Verdict.PUBLISH)
    with newsroom.database.session() as session, pytest.raises(OwnDecision):
        undoing.undo(session, nadia, stored.history(session, 1)[-1].id)
    labels = [Label.SHOUTING] if verdict is Verdict.REJECT else []
    assert decide(newsroom, samir, verdict, *labels)
    assert payloads(newsroom) == [("queue", None), ("queue", None), ("appeal", outcome)]
    assert newsroom.read("c1").comment.appealed_at is None
    assert newsroom.read("c1").comment.status == verdict.status


def test_appeals_are_offered_to_colleagues_only(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """The queue of appeals gives the comment to a colleague, never to the one who decided."""
    samir = account(newsroom, "samir")
    wanted = Wanted(reason=QueueReason.APPEALS)
    with newsroom.database.session() as session:
        assert attention.claim_next(session, wanted, Reader(nadia.id, settles=False), 0) is None
        assert attention.claim_next(session, wanted, Reader(samir.id, settles=False), 0) == 1


@pytest.mark.parametrize("role", [None, Role.OBSERVER])
def test_where_nobody_else_decides_the_first_one_answers(
    newsroom: Newsroom, nadia: ModeratorRecord, role: Role | None
) -> None:
    """In a newsroom of one (observers do not count) an appeal still gets its answer."""
    if role:
        account(newsroom, "omar", role)
    with newsroom.database.session() as session:
        wanted = Wanted(reason=QueueReason.APPEALS)
        assert attention.claim_next(session, wanted, Reader(nadia.id, settles=False), 0) == 1
    assert decide(newsroom, nadia, Verdict.PUBLISH)
    assert payloads(newsroom)[-1] == ("appeal", "overturned")


def test_an_edited_text_is_a_new_one(newsroom: Newsroom, nadia: ModeratorRecord) -> None:
    """Who decided about an older text may decide about the edited one, appeal or not."""
    account(newsroom, "samir")
    newsroom.write("c1", "Pardon, je voulais dire : que fait-on pour ouvrir les barrages ?", revision=2)
    with newsroom.database.session() as session:
        assert decisions.by_moderator(session, nadia, 1, 2, Verdict.PUBLISH)


@pytest.mark.parametrize(
    ("case", "route"),
    [
        ({"waits": True}, Route.QUEUE),
        ({"waits": True, "audit": True}, Route.AUDIT),
        ({"waits": True, "reasons": ["learning"]}, Route.LEARNING),
        ({"waits": True, "reported": True}, Route.QUEUE),
        ({"waits": True, "appealed": True}, Route.APPEAL),
        ({"reported": True, "escalated": True}, Route.REPORT),
        ({"escalated": True}, Route.ESCALATION),
        ({}, Route.FREE),
    ],
)
def test_the_way_says_how_a_comment_was_chosen(case: dict[str, object], route: Route) -> None:
    """An appeal goes first, then why the policy held it, then a report, an escalation, or nobody's asking."""
    usual = {"waits": False, "audit": False, "reasons": [], "appealed": False, "reported": False, "escalated": False}
    assert route_of(**(usual | case)) is route  # type: ignore[arg-type]
