"""The review queue as a list."""

from moderation.database import Database
from moderation.services import sites
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk, scene


def shown(page: str) -> list[int]:
    """Return the ids of the comments on a page, in order."""
    return [int(part.split('"')[0]) for part in page.split('<article class="card" id="c')[1:]]


def test_queue_shows_comments_oldest_first_with_counts(desk: Desk, visitor: Visitor) -> None:
    """The queue lists every comment that waits, oldest first, and counts them by reason."""
    desk.play(scene())
    page = visitor.read("/?view=list")
    assert shown(page) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert "8 comments wait" in page
    counts = [int(part.split("<")[0]) for part in page.split('<span class="count">')[1:]]
    assert counts == [8, 2, 1, 3, 1, 0, 1, 0, 2, 0, 0, 0]


def test_queue_can_be_narrowed(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Each reason and each site shows its own comments; a site or reason that does not exist is told so."""
    desk.play(scene())
    with database.session() as session:
        sites.create(session, "autre", "Autre")
    expected = {
        "shouting": [1, 5],
        "off_topic": [3],
        "incivility": [2, 5, 6],
        "several": [5],
        "unscored": [8],
        "audit": [4, 7],
    }
    assert {reason: shown(visitor.read(f"/?view=list&reason={reason}")) for reason in expected} == expected
    assert shown(visitor.read("/?view=list&site=lejour&reason=audit")) == [4, 7]
    assert "Nothing waits for you" in visitor.read("/?site=autre")
    for nowhere in ("/?site=none", "/?site=%00", "/?reason=none"):
        visitor.read(nowhere, status=404)


def test_long_queue_comes_in_pages(desk: Desk, visitor: Visitor) -> None:
    """Following "More comments" meets every comment once; a page that is past the end leads to the beginning."""
    for number in range(1, 46):
        desk.receive(f"Texte {number}", f"c-{number}")
    seen: list[int] = []
    path = "/?view=list&reason=incivility"
    while path:
        page = visitor.read(path)
        seen += shown(page)
        following = page.split('rel="next" href="')[1:]
        path = following[0].split('"')[0].replace("&amp;", "&") if following else ""
    assert seen == list(range(1, 46))
    assert visitor.client.get("/?view=list&after=45").location == "/?view=list"
    for odd in ("x", "-1", "²", "9" * 40, "1e3"):
        assert shown(visitor.read(f"/?view=list&after={odd}"))[0] == 1


def test_empty_queue_is_pleasant(desk: Desk, visitor: Visitor) -> None:
    """When nothing waits the page says so kindly, in both languages."""
    assert "A good moment to look at the horizon" in visitor.read("/")
    visitor.send("/preferences", "/", language="fr")
    assert "Rien ne vous attend" in visitor.read("/")


def test_card_tells_scores_thresholds_and_reasons(desk: Desk, visitor: Visitor) -> None:
    """A card shows three scores with their thresholds and the reasons in the moderator's language."""
    reasons = [("incivility", "« nouille » vise une personne", "“nouille” targets a person")]
    desk.receive("Espèce de nouille !", scores=(0.05, None, 0.4999), spans={"incivility": [(10, 17, 1.0)]}, audit=True)
    desk.receive("Quelle nouille !", "c-2", scores=(0.05, None, 0.5), reasons=reasons)
    page = visitor.read("/?view=list")
    first, second = page.split('<article class="card"')[1:]
    assert '<mark class="mark incivility s3">nouille</mark>' in first
    assert "49 %" in first
    assert '"meter incivility over"' not in first
    assert "Audit sample" in first
    assert '"meter incivility over"' in second
    assert "“<bdi>nouille</bdi>” targets a person." in second
    assert "not enough to judge" in second
    assert "threshold 50 %" in second
    visitor.send("/preferences", "/", language="fr")
    french = visitor.read("/?view=list")
    assert "«\N{NO-BREAK SPACE}<bdi>nouille</bdi>\N{NO-BREAK SPACE}» vise une personne." in french
    assert "trop peu pour juger" in french


def test_unscored_comment_is_shown_kindly(desk: Desk, visitor: Visitor) -> None:
    """A comment that no classifier could read says that this says nothing about its writer."""
    desk.receive("Illisible", unreadable=True)
    page = visitor.read("/")
    assert "The classifiers could not read this comment." in page
    assert 'class="meter' not in page


def test_hostile_comment_is_harmless_everywhere(desk: Desk, visitor: Visitor) -> None:
    """Script, markup, bidirectional controls and 50 kB of stacked accents never leave their place."""
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202etxet\u2067"
    body = bad + "Z" + "\u0301" * 50_000
    spans = {"incivility": [(0, 8, 1.0), (5, 90_000, 0.5), (-3, 4, 1.0)]}
    number = desk.receive(body, spans=spans, reasons=[("incivility", bad, bad)], author_id="a", author_name=bad)
    for path in ("/", "/?view=list", f"/comments/{number}"):
        page = visitor.read(path)
        assert "<script>" not in page
        assert "<img src=x" not in page
        assert not set("\u202e\u2067") & set(page)
        assert len(page) < 60_000
        assert '<div class="text" dir="auto">' in page


def test_long_text_is_folded(desk: Desk, visitor: Visitor) -> None:
    """Of 50 kB the list shows the beginning and says where the marked words are; the comment's page has all of it."""
    body = "mot " * 12_500 + "nouille"
    number = desk.receive(body, spans={"incivility": [(50_000, 50_007, 1.0)]})
    page = visitor.read("/?view=list")
    assert "There are marked words further on." in page
    assert page.count("mot ") < 250
    whole = visitor.read(f"/comments/{number}")
    assert "Read on: 50,007 characters in all" in whole
    assert whole.count("mot ") == 12_500
    assert '<mark class="mark incivility s3">nouille</mark>' in whole
