"""Commenters, articles, and what stands beside a comment."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from moderation.dashboard import side
from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Role, Verdict
from moderation.services import decisions, moderators, sites
from moderation.storage import review
from moderation.storage.alike import Twin
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import PASSWORD, Visitor
from tests.moderation.dashboard.desk import Desk

TEXT = "Venez tous gagner de l’argent sur mon site, c’est facile et sans risque !"
ARTICLE = SubmittedArticle("a-1", "Une usine ferme", "Le maire regrette.")


def beside(visitor: Visitor, database: Database, comment_id: int) -> side.Side:
    """Return what stands beside a comment, in English."""
    with (
        visitor.client.application.test_request_context(headers={"Accept-Language": "en"}),
        database.session() as session,
    ):
        row = review.one(session, comment_id)
        assert row
        return side.of(session, row)


def somebody(visitor: Visitor, database: Database, role: Role) -> Visitor:
    """Return another account of this role, signed in."""
    with database.session() as session:
        moderators.create(session, "ines@example.org", "Inès", PASSWORD, role).language = "en"
    ines = Visitor(visitor.client.application.test_client())
    ines.sign_in("ines@example.org")
    return ines


def decide(database: Database, who: ModeratorRecord, comment_id: int, verdict: Verdict) -> None:
    """Have a moderator decide."""
    with database.session() as session:
        decisions.by_moderator(session, who, comment_id, 1, verdict)


def test_the_same_text_is_known_again(desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """Beside a comment stands that the same text was rejected twice this week, and by whom."""
    first = [desk.receive(TEXT, "c-1"), desk.receive(TEXT.upper(), "c-2")]
    here = desk.receive(TEXT.replace(",", " "), "c-3")
    assert beside(visitor, database, here).told == ""
    for comment_id in first:
        decide(database, nadia, comment_id, Verdict.REJECT)
    found = beside(visitor, database, here)
    assert found.told == "The same text was rejected twice this week."
    assert [(twin.comment_id, twin.verdict, twin.same) for twin in found.twins] == [
        (2, "reject", True),
        (1, "reject", True),
    ]
    assert found.alike.moderators == {nadia.id: "Nadia"}


def test_another_site_s_decisions_stay_there(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """What was decided about the same text on another site is not told, whether the text is the same or near."""
    with database.session() as session:
        elsewhere = Desk(database, sites.create(session, "autre", "Autre"))
    decide(database, nadia, elsewhere.receive(TEXT, "c-1"), Verdict.REJECT)
    decide(database, nadia, elsewhere.receive(TEXT + " Vite !", "c-2"), Verdict.REJECT)
    assert beside(visitor, database, desk.receive(TEXT, "c-1")).twins == []


def test_a_text_that_is_nearly_the_same_is_told_apart(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """A text with a changed word counts as nearly the same, another text not at all."""
    decide(database, nadia, desk.receive(TEXT.replace("facile", "simple"), "c-1"), Verdict.PUBLISH)
    decide(database, nadia, desk.receive("Un tout autre avis sur la question du jour.", "c-2"), Verdict.REJECT)
    found = beside(visitor, database, desk.receive(TEXT, "c-3"))
    assert found.told == "Nearly the same text was published once this week."
    assert [twin.same for twin in found.twins] == [False]


def test_a_comment_without_a_stored_fingerprint_is_compared_all_the_same(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """What came in before fingerprints were stored finds its likes; it is only not found itself."""
    decide(database, nadia, desk.receive(TEXT, "c-1"), Verdict.REJECT)
    here = desk.receive(TEXT, "c-2")
    with database.session() as session:
        session.execute(text("DELETE FROM fingerprint WHERE revision_id = 2"))
    assert beside(visitor, database, here).told == "The same text was rejected once this week."
    assert beside(visitor, database, 1).told == ""


@pytest.mark.parametrize(
    ("twins", "sentence"),
    [
        ([(True, "reject", 1)] * 3, "The same text was rejected 3 times this week."),
        ([(True, "reject", 30), (True, "publish", 1)], "The same text was published once this week."),
        ([(True, "reject", 30), (False, "publish", 1)], "The same text was rejected once before."),
        ([(False, "reject", 30), (False, "publish", 30)], "Nearly the same text was rejected once before."),
        ([], ""),
    ],
)
def test_one_sentence_tells_what_matters_most(
    visitor: Visitor, twins: list[tuple[bool, str, int]], sentence: str
) -> None:
    """The sentence speaks of the same text before a near one, of this week before earlier, of rejection first."""
    now = datetime.now(UTC)
    told = [Twin(1, same, verdict, None, now - timedelta(days=days)) for same, verdict, days in twins]
    with visitor.client.application.test_request_context(headers={"Accept-Language": "en"}):
        assert side.in_one_sentence(told, now) == sentence


def test_the_writer_stands_beside_the_comment(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """Beside a comment stand the writer's last other comments and how many were rejected."""
    for number in range(1, 9):
        comment_id = desk.receive(f"Texte {number}", f"c-{number}", author_id="w", author_name="Lina")
        if number < 5:
            decide(database, nadia, comment_id, Verdict.REJECT if number == 1 else Verdict.PUBLISH)
    found = beside(visitor, database, 7)
    assert [row.comment.id for row in found.last] == [8, 6, 5, 4, 3]
    assert found.person
    assert (found.person.past.total, found.person.past.decided, found.person.past.rejected) == (8, 4, 1)
    assert beside(visitor, database, desk.receive("Sans nom", "c-9")).person is None


def test_the_page_of_a_commenter(desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """The page shows figures, every comment over pages, and their texts harmless."""
    for number in range(1, 26):
        desk.receive(f"<b>Texte</b> {number}", f"c-{number}", author_id="w", author_name="<i>Lina</i>\u202e")
    decide(database, nadia, 1, Verdict.REJECT)
    page = visitor.read("/commenters/1")
    assert "&lt;i&gt;Lina&lt;/i&gt;" in page
    assert "&lt;b&gt;Texte&lt;/b&gt; 25" in page
    assert "1 of 1 (100%)" in page
    assert 'href="/commenters/1?before=6"' in page
    assert page.count('<article class="card') == 20
    older = visitor.read("/commenters/1?before=6")
    assert [f"</b> {n}<" in older or f"&gt; {n}<" in older for n in (5, 1)] == [True, True]
    visitor.read("/commenters/2", status=404)


def test_notes_are_kept_about_a_commenter(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A note is appended with its author, shown on the page, and leads back to where it was written; none is empty."""
    desk.receive("Texte", "c-1", author_id="w", author_name="Lina")
    sent = visitor.send("/commenters/1/notes", "/keys", note=" Déjà <prévenue> \0", back="/comments/1")
    assert (sent.status_code, sent.location) == (303, "/comments/1")
    page = visitor.read("/commenters/1")
    assert "Déjà &lt;prévenue&gt;" in page
    assert "Nadia" in page.split("Déjà")[1]
    assert visitor.send("/commenters/1/notes", "/keys", note="  ").status_code == 400
    assert visitor.send("/commenters/1/notes", "/keys", note="x", back="//elsewhere.example").location == "/"


def test_a_commenter_is_trusted_or_watched(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Standing is set, shown, and written into the audit trail once for each change."""
    desk.receive("Texte", "c-1", author_id="w")
    for standing in ("watched", "watched", "trusted", ""):
        assert (
            visitor.send("/commenters/1/standing", "/keys", standing=standing, back="/commenters/1").status_code == 303
        )
    assert visitor.send("/commenters/1/standing", "/keys", standing="banned").status_code == 400
    with database.session() as session:
        assert session.scalar(text("SELECT standing FROM commenter")) == ""
        query = "SELECT details ->> 'after' FROM audit_event WHERE act = 'commenter.standing_changed' ORDER BY id"
        assert list(session.scalars(text(query))) == ["watched", "trusted", ""]


def test_deleting_the_last_comment_forgets_its_writer(desk: Desk, visitor: Visitor, database: Database) -> None:
    """When the site deletes a writer's last comment, notes about the writer and fingerprints of the text are gone."""
    desk.receive("Texte", "c-1", author_id="w")
    desk.receive("Encore un", "c-2", author_id="w")
    visitor.send("/commenters/1/notes", "/keys", note="Prévenue", back="/")

    def left() -> list[int]:
        with database.session() as session:
            tables = ("commenter", "commenter_note", "fingerprint")
            return [int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in tables]

    assert left() == [1, 1, 2]
    desk.delete("c-1")
    assert left() == [1, 1, 1]
    desk.delete("c-2")
    assert left() == [0, 0, 0]


def test_the_page_of_an_article(desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """The page counts the thread by status and label and shows the newest comments first."""
    desk.receive("Un", "c-1", article=ARTICLE)
    desk.receive("Deux", "c-2", (0.9, 0.1, 0.9), article=ARTICLE)
    desk.receive("Trois", "c-3", (0.1, 0.1, 0.1), article=ARTICLE)
    desk.receive("Parti", "c-4", article=ARTICLE)
    decide(database, nadia, 1, Verdict.REJECT)
    desk.delete("c-4")
    page = visitor.read("/articles/1")
    assert "Une usine ferme" in page
    assert "Parti" not in page
    assert page.index("Trois") < page.index("Deux") < page.index("Un</div>")
    rows = re.findall(
        r"<dt>(?:<span.*?</span> )?(.*?)</dt><dd>(.*?)</dd>", page.split("<aside")[1].split("</aside>")[0]
    )
    assert rows == [
        ("Comments", "3"), ("Rejected", "1 of 2 (50%)"), ("Not scored yet", "0"), ("Waits for review", "1"),
        ("Published", "1"), ("Rejected", "1"), ("Shouting", "1"), ("Off topic", "0"), ("Incivility", "1"),
    ]  # fmt: skip
    visitor.read("/articles/2", status=404)


def test_the_comments_of_an_article_are_opened_and_closed(desk: Desk, visitor: Visitor, database: Database) -> None:
    """The mode of an article is set and audited; a mode that does not exist is refused."""
    desk.receive("Un", "c-1", article=ARTICLE)
    ines = somebody(visitor, database, Role.EDITOR)
    for mode in ("closed", "pre_moderate"):
        assert ines.send("/articles/1/mode", "/keys", mode=mode).location == "/articles/1"
    assert ines.send("/articles/1/mode", "/keys", mode="ajar").status_code == 400
    with database.session() as session:
        assert session.scalar(text("SELECT mode FROM article")) == "pre_moderate"
        query = "SELECT details ->> 'before' FROM audit_event WHERE act = 'article.mode_changed' ORDER BY id"
        assert list(session.scalars(text(query))) == ["open", "closed"]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.OBSERVER, []), (Role.MODERATOR, ["note", "stand"]), (Role.EDITOR, ["note", "stand", "mode"])],
)
def test_each_role_does_what_it_may(
    desk: Desk, visitor: Visitor, database: Database, role: Role, allowed: list[str]
) -> None:
    """An observer reads, a moderator also notes and sets standing, an editor also opens and closes articles."""
    desk.receive("Un", "c-1", article=ARTICLE, author_id="w", author_name="Lina")
    ines = somebody(visitor, database, role)
    sent = {
        "note": ines.send("/commenters/1/notes", "/keys", note="x", back="/commenters/1").status_code,
        "stand": ines.send("/commenters/1/standing", "/keys", standing="watched", back="/").status_code,
        "mode": ines.send("/articles/1/mode", "/keys", mode="closed").status_code,
    }
    assert sent == {act: 303 if act in allowed else 403 for act in sent}
    person, article = ines.read("/commenters/1"), ines.read("/articles/1")
    assert ("<textarea" in person, 'name="standing"' in person, 'name="mode"' in article) == tuple(
        act in allowed for act in ("note", "stand", "mode")
    )
