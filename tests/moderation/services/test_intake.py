"""Taking comments in."""

import threading

import pytest

from moderation.domain.errors import NotFound, RevisionConflict
from moderation.domain.submission import SubmittedArticle, SubmittedComment
from moderation.services import housekeeping, intake
from tests.moderation.conftest import Newsroom

ARTICLE = SubmittedArticle("a1", "Le Liban rationne l’eau", "Les réservoirs sont vides dans tout le pays.")


def test_the_same_revision_twice_is_one_row_and_one_answer(newsroom: Newsroom) -> None:
    """Sending a revision again stores nothing and gives the same receipt."""
    assert newsroom.write("c1", "Bonjour", revision=1) == newsroom.write("c1", "Bonjour", revision=1)
    newsroom.score()
    assert newsroom.write("c1", "Bonjour", revision=1).revision == 1
    assert newsroom.count("revision") == newsroom.count("comment") == newsroom.count("scoring") == 1


def test_two_requests_that_race_store_one_row(newsroom: Newsroom) -> None:
    """Eight threads that post the same comment at once get the same receipt, and one row exists."""
    start, receipts = threading.Barrier(8), []

    def post() -> None:
        start.wait()
        receipts.append(newsroom.write("c1", "Bonjour", article=ARTICLE, author_id="u1", author_name="Nadia"))

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 8
    assert len(set(receipts)) == 1
    assert newsroom.count("revision") == newsroom.count("comment") == newsroom.count("article") == 1


def test_a_revision_cannot_change_its_text(newsroom: Newsroom) -> None:
    """The same revision number with another text is a conflict, and stores nothing of its batch."""
    newsroom.write("c1", "Bonjour", revision=1)
    with pytest.raises(RevisionConflict, match="Revision 1"):
        newsroom.post(SubmittedComment("c2", "Salut"), SubmittedComment("c1", "Bonsoir", revision=1))
    assert newsroom.count("comment") == 1


def test_an_edit_without_a_number_is_the_next_revision(newsroom: Newsroom) -> None:
    """A changed text takes the next number; the same text again does not."""
    assert [newsroom.write("c1", body).revision for body in ("un", "deux", "deux", "trois")] == [1, 2, 2, 3]


def test_a_batch_may_hold_a_comment_its_edit_and_its_reply(newsroom: Newsroom) -> None:
    """One batch is taken in its order, whatever its items have to do with each other."""
    receipts = newsroom.post(
        SubmittedComment("reply", "Je suis d’accord", parent_id="c1"),
        SubmittedComment("c1", "première version", article=ARTICLE),
        SubmittedComment("c1", "seconde version", article_id="a1"),
    )
    assert [r.revision for r in receipts] == [1, 1, 2]
    assert newsroom.read("reply").comment.parent_id == newsroom.read("c1").comment.id
    assert newsroom.read("c1").revision.text == "seconde version"


def test_a_late_old_revision_does_not_replace_the_newer_one(newsroom: Newsroom) -> None:
    """Revisions may arrive out of order; the highest number stands, and each is scored once."""
    newsroom.write("c1", "nouvelle", revision=2)
    newsroom.score()
    newsroom.write("c1", "ancienne", revision=1)
    newsroom.score()
    assert newsroom.read("c1").revision.text == "nouvelle"
    assert newsroom.count("scoring") == 2
    assert newsroom.count("decision") == 1


def test_a_comment_waits_for_its_article_and_is_scored_again(newsroom: Newsroom) -> None:
    """An unknown article is accepted; when it arrives, the comment is scored again with it."""
    newsroom.write("c1", "Les réservoirs de la montagne sont vides depuis le mois de juin.", article_id="a1")
    newsroom.score()
    assert newsroom.read("c1").scoring.off_topic is None  # type: ignore[union-attr]
    with newsroom.database.session() as session:
        intake.store_articles(session, newsroom.site.id, [ARTICLE])
    assert newsroom.score() == 1
    assert newsroom.read("c1").scoring.off_topic is not None  # type: ignore[union-attr]
    assert newsroom.count("scoring") == 2


def test_a_reply_waits_for_its_parent_and_is_scored_again(newsroom: Newsroom) -> None:
    """An unknown parent is accepted; when it arrives, the reply is linked and scored again."""
    newsroom.write("reply", "Tout à fait d’accord avec ce constat", parent_id="c1")
    newsroom.score()
    newsroom.write("c1", "Le gouvernement n’a rien prévu pour l’été.")
    assert newsroom.score() == 2
    assert newsroom.read("reply").comment.parent_id == newsroom.read("c1").comment.id
    assert newsroom.count("scoring") == 3


def test_a_parent_of_another_site_stays_unknown(newsroom: Newsroom, other_site: object) -> None:
    """Ids belong to a site: a parent that only another site has is not linked."""
    theirs = Newsroom(newsroom.database, other_site, newsroom.scorer)  # type: ignore[arg-type]
    theirs.write("c1", "Chez eux")
    newsroom.write("reply", "Chez nous", parent_id="c1")
    assert newsroom.read("reply").comment.parent_id is None


def test_ten_thousand_nested_replies_are_taken_and_linked(newsroom: Newsroom) -> None:
    """A chain of replies of any depth costs no more than as many replies."""
    chain = [SubmittedComment(f"c{i}", "Oui", parent_id=f"c{i - 1}" if i else None) for i in range(10_000)]
    for start in range(0, len(chain), 1000):
        newsroom.post(*chain[start : start + 1000])
    assert newsroom.count("comment", "parent_id IS NOT NULL") == 9_999


def test_a_deleted_comment_is_forgotten_and_stays_deleted(newsroom: Newsroom) -> None:
    """Deleting erases text, evidence and writer, and the id cannot come back; again changes nothing."""
    newsroom.write("c1", "Mon numéro est le 03 123 456", author_id="u1", author_name="Nadia")
    newsroom.score()
    for _ in range(2):
        with newsroom.database.session() as session:
            intake.delete(session, newsroom.site.id, "c1")
    assert newsroom.count("revision", "text <> ''") == newsroom.count("commenter") == 0
    assert newsroom.count("scoring", "spans <> '{}' OR reasons <> '[]'") == 0
    assert newsroom.write("c1", "encore").deleted
    assert newsroom.score() == 0


def test_deleting_what_was_never_sent_is_an_error(newsroom: Newsroom) -> None:
    """An unknown comment cannot be deleted."""
    with pytest.raises(NotFound), newsroom.database.session() as session:
        intake.delete(session, newsroom.site.id, "c1")


def test_a_comment_deleted_while_it_is_scored_is_not_decided(newsroom: Newsroom) -> None:
    """A deletion between claiming and storing wins."""

    class Deleting:
        def score(self, batch: object) -> object:
            with newsroom.database.session() as session:
                intake.delete(session, newsroom.site.id, "c1")
            return newsroom.scorer.score(batch)  # type: ignore[arg-type]

    newsroom.write("c1", "Bonjour")
    newsroom.score(Deleting())  # type: ignore[arg-type]
    assert newsroom.count("scoring") == newsroom.count("decision") == 0


def test_what_arrived_in_two_racing_requests_is_linked_by_housekeeping(newsroom: Newsroom) -> None:
    """A comment and its article, or its parent, that did not see each other are linked and scored again."""
    newsroom.post(
        SubmittedComment("c1", "Les réservoirs de la montagne sont vides.", article=ARTICLE),
        SubmittedComment("reply", "Depuis le mois de juin au moins.", parent_id="c1"),
    )
    newsroom.score()
    newsroom.run("UPDATE comment SET article_id = NULL, parent_id = NULL")
    with newsroom.database.session() as session:
        assert housekeeping.forget_expired(session)["sent_back"] == 2
    assert newsroom.score() == 2
    assert newsroom.read("reply").comment.parent_id == newsroom.read("c1").comment.id
    assert newsroom.read("c1").article is not None
