"""Training examples from what people decided, on the real database."""

import pytest
from sqlalchemy import text

from classifiers.learning.examples import Example
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label, Verdict
from moderation.services import decisions, examples, intake, moderators, retention, undoing
from moderation.storage import examples as stored
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.services.even import EvenScorer

ARTICLE = SubmittedArticle("a-1", "Le phare rouvre", "Le phare rouvre au printemps.")
OTHER = SubmittedArticle("a-2", "La cantine ferme", "La cantine ferme à midi.")
ALL_FALSE = {"shouting": False, "off_topic": False, "incivility": False}
RUDE = ALL_FALSE | {"incivility": True}


@pytest.fixture
def scorer() -> EvenScorer:
    """Return a scorer whose answers are known."""
    return EvenScorer()


@pytest.fixture
def people(newsroom: Newsroom) -> list[ModeratorRecord]:
    """Return two moderators; four comments stand under an article, the last one answers the first."""
    for n in range(1, 4):
        newsroom.write(f"c{n}", f"Le phare est fermé, numéro {n}.", article=ARTICLE, language="fr")
    newsroom.write("c4", "Je suis d'accord.", article_id="a-1", parent_id="c1")
    newsroom.score()
    with newsroom.database.session() as session:
        return [moderators.create(session, f"{n}@example.org", n, "a lookout on a mast") for n in ("nadia", "samir")]


def decide(
    newsroom: Newsroom, by: ModeratorRecord, key: str, verdict: Verdict, *labels: Label, revision: int = 1
) -> int:
    """Decide, and return the decision."""
    comment_id = newsroom.read(key).comment.id
    with newsroom.database.session() as session:
        made = decisions.by_moderator(session, by, comment_id, revision, verdict, labels)
    assert made
    return made


def read(newsroom: Newsroom, site_id: int | None = None, *, upto: int = 10**9) -> list[Example]:
    """Return every example, and see that its facts alone say the same."""
    with newsroom.database.session() as session:
        found = examples.read(session, site_id or newsroom.site.id, 0, upto, 100)
        alone = list(examples.facts(session, site_id or newsroom.site.id, upto))
    assert [(e.id, e.truths, e.agreement) for e in alone] == [(e.id, e.truths, e.agreement) for e in found]
    assert not any(e.submission.text for e in alone)
    return found


def test_what_people_decided_becomes_examples_with_all_that_was_before_them(
    newsroom: Newsroom, people: list[ModeratorRecord]
) -> None:
    """Truths by label, text, language, article, parent, route, person: of a person's decisions, never the policy's."""
    decide(newsroom, people[0], "c4", Verdict.REJECT, Label.INCIVILITY)
    decide(newsroom, people[1], "c2", Verdict.PUBLISH)
    decide(newsroom, people[1], "c3", Verdict.REJECT)
    rude, fine = read(newsroom)
    assert (rude.truths, fine.truths) == (RUDE, ALL_FALSE)
    assert (rude.moderator, fine.moderator) == (people[0].id, people[1].id)
    said = rude.submission
    assert (said.text, said.language, said.parent) == ("Je suis d'accord.", "fr", "Le phare est fermé, numéro 1.")
    assert said.article
    assert (said.article.title, said.article.text) == (ARTICLE.title, ARTICLE.text)
    assert (rude.route, rude.sampling, rude.agreement) == ("free", 1.0, 1.0)  # the policy had published it
    assert rude.id < fine.id
    assert rude.at <= fine.at


def test_the_last_decision_that_stands_is_the_one_that_teaches(
    newsroom: Newsroom, people: list[ModeratorRecord]
) -> None:
    """A correction replaces, its undo withdraws it alone, and an edit is a text of its own."""
    decide(newsroom, people[0], "c1", Verdict.PUBLISH)
    later = decide(newsroom, people[0], "c1", Verdict.REJECT, Label.INCIVILITY)
    assert [e.truths for e in read(newsroom)] == [RUDE]
    assert [e.truths for e in read(newsroom, upto=later - 1)] == [ALL_FALSE]
    with newsroom.database.session() as session:
        undoing.undo(session, people[0], later)
    assert [e.truths for e in read(newsroom)] == [ALL_FALSE]
    newsroom.write("c1", "Le phare est fermé, imbéciles.", revision=2)
    newsroom.score()
    decide(newsroom, people[1], "c1", Verdict.REJECT, Label.INCIVILITY, revision=2)
    assert [(e.truths, e.agreement) for e in read(newsroom)] == [(ALL_FALSE, 1.0), (RUDE, 1.0)]


def test_a_last_decision_that_says_nothing_about_labels_withdraws_the_one_before(
    newsroom: Newsroom, people: list[ModeratorRecord]
) -> None:
    """Published first, then rejected for a reason that is no label: nothing is known about the labels."""
    decide(newsroom, people[0], "c1", Verdict.PUBLISH)
    decide(newsroom, people[0], "c1", Verdict.REJECT)
    assert read(newsroom) == []


def test_an_overturned_appeal_replaces_and_a_second_judgement_weighs(
    newsroom: Newsroom, people: list[ModeratorRecord]
) -> None:
    """Another person's answer to an appeal stands in full; a blind judgement that differs halves the agreement."""
    nadia, samir = people
    first = decide(newsroom, nadia, "c1", Verdict.REJECT, Label.INCIVILITY)
    newsroom.run("UPDATE comment SET appealed_at = now() WHERE external_id = 'c1'")
    second = decide(newsroom, samir, "c1", Verdict.PUBLISH)
    assert [(e.id, e.route, e.agreement) for e in read(newsroom)] == [(second, "appeal", 1.0)]
    newsroom.run(f"UPDATE decision SET route = 'report' WHERE id = {second}")
    assert [(e.id, e.agreement) for e in read(newsroom)] == [(second, 0.5)]
    newsroom.run(f"UPDATE decision SET route = 'appeal' WHERE id = {second}")
    assert [(e.id, e.route, e.agreement) for e in read(newsroom)] == [(second, "appeal", 1.0)]
    newsroom.run(
        "INSERT INTO second_judgement (site_id, comment_id, revision_id, decision_id, moderator_id, verdict, labels,"
        f" answered_at) SELECT site_id, comment_id, revision_id, id, {nadia.id}, 'reject', '{{incivility}}', now()"
        f" FROM decision WHERE id = {second}"
    )
    assert [(e.truths, e.agreement) for e in read(newsroom)] == [(ALL_FALSE, 0.5)]
    assert first < second


def test_what_is_deleted_or_forgotten_teaches_nothing(newsroom: Newsroom, people: list[ModeratorRecord]) -> None:
    """A deletion on request and the end of retention withdraw an example; a deleted parent's text is not read."""
    for key in ("c1", "c2", "c4"):
        decide(newsroom, people[0], key, Verdict.PUBLISH)
    with newsroom.database.session() as session:
        intake.delete(session, newsroom.site.id, "c1")
    assert [(e.submission.text, e.submission.parent) for e in read(newsroom)][1:] == [("Je suis d'accord.", None)]
    newsroom.run("UPDATE decision SET decided_at = now() - interval '40 days'")
    with newsroom.database.session() as session:
        retention.set_days(session.get_one(SiteRecord, newsroom.site.id), 30, None)
        retention.forget_old_texts(session)
    assert read(newsroom) == []


def test_the_route_is_what_was_written_down_or_can_still_be_told(
    newsroom: Newsroom, people: list[ModeratorRecord]
) -> None:
    """Older decisions say audit when the policy drew the comment, bulk when it was one of many, else queue."""
    for key in ("c1", "c2", "c3", "c4"):
        decide(newsroom, people[0], key, Verdict.PUBLISH)
    newsroom.run("UPDATE decision SET route = NULL")
    newsroom.run("UPDATE decision SET audit = true FROM comment WHERE comment.id = comment_id AND external_id = 'c1'"
                 " AND origin = 'policy'")  # fmt: skip
    newsroom.run("INSERT INTO bulk (moderator_id, verdict, labels, query, decided, skipped)"
                 f" VALUES ({people[0].id}, 'publish', '{{}}', '{{}}', 1, 0)")  # fmt: skip
    newsroom.run("UPDATE decision SET bulk_id = 1 FROM comment WHERE comment.id = comment_id AND external_id = 'c2'"
                 " AND moderator_id IS NOT NULL")  # fmt: skip
    newsroom.run("UPDATE decision SET route = 'learning', sampling = 0.05 FROM comment WHERE comment.id = comment_id"
                 " AND external_id = 'c3' AND moderator_id IS NOT NULL")  # fmt: skip
    found = [(e.route, e.sampling) for e in read(newsroom)]
    assert found == [("audit", 1.0), ("bulk", 1.0), ("learning", 0.05), ("queue", 1.0)]


def test_examples_are_read_in_chunks_from_the_newest_thousands_on(
    newsroom: Newsroom, people: list[ModeratorRecord]
) -> None:
    """Chunk after chunk gives each example once; the beginning leaves out what is too old; counts agree."""
    made = [decide(newsroom, people[0], f"c{n}", Verdict.PUBLISH) for n in (3, 1, 4, 2)]
    site = newsroom.site.id
    with newsroom.database.session() as session:
        first = examples.read(session, site, 0, made[-1], 3)
        rest = examples.read(session, site, first[-1].id, made[-1], 3)
        assert [e.id for e in [*first, *rest]] == made
        assert [e.id for e in examples.read(session, None, 0, made[1], 9)] == made[:2]
        assert stored.beginning(session, site, made[-1], 3) == made[0]
        assert stored.beginning(session, site, made[-1], 4) == 0
        assert stored.count(session, site, made[0], made[2]) == 2
        assert stored.newest(session, None) == made[-1]
        assert stored.newest(session, site + 1) == 0


def test_the_archive_is_each_sites_own(
    newsroom: Newsroom, people: list[ModeratorRecord], other_site: SiteRecord
) -> None:
    """Published comments come newest first, under their own article and another one of the same site only."""
    newsroom.write("d1", "La cantine sert une bonne soupe.", article=OTHER)
    newsroom.write("waiting", "QUELLE HONTE QUE CETTE CANTINE !", article=OTHER)
    theirs = Newsroom(newsroom.database, other_site, newsroom.scorer)
    theirs.write("e1", "Un mot ailleurs.", article=SubmittedArticle("x", "Ailleurs"))
    newsroom.score()
    with newsroom.database.session() as session:
        now = session.scalar(text("SELECT now()"))
        last, said, off_topic = examples.from_archive(session, None, now, 10**9, 100, seed=7)
        end, none, _ = examples.from_archive(session, None, now, last, 100, seed=7)
    assert (last, end, none) == (newsroom.read("c1").comment.id, 0, [])
    own = {s.text: s.article.title for s, away in zip(said, off_topic, strict=True) if s.article and not away}
    moved = {s.text: s.article.title for s, away in zip(said, off_topic, strict=True) if s.article and away}
    assert own["La cantine sert une bonne soupe."] == OTHER.title
    assert moved["La cantine sert une bonne soupe."] == ARTICLE.title
    assert own["Un mot ailleurs."] == "Ailleurs"
    assert "Un mot ailleurs." not in moved
    assert not [s for s in said if "HONTE" in s.text]
