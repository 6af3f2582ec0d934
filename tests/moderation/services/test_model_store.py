"""Champions and challengers in scoring: who judges, what is noticed without a restart, what is refused."""

import pytest
from sqlalchemy import event

from classifiers.scorer import Scorer
from moderation.domain.submission import SubmittedComment
from moderation.domain.words import Label
from moderation.services import housekeeping, models
from moderation.services.model_store import ModelStore
from moderation.services.scoring import ScoringLimits, drain
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.taught import ALL, NOTHING, champion, kept, taught

CALM = "Le gouvernement devrait ouvrir les barrages plus tôt, dit le maire de la commune."
RUDE = Label.INCIVILITY


def judged_by(newsroom: Newsroom, key: str) -> str:
    """Return the version that a comment's incivility was scored by."""
    row = newsroom.read(key)
    assert row.scoring is not None
    return str(row.scoring.model_versions[RUDE])


def shipped(newsroom: Newsroom) -> str:
    """Return the version of the shipped judgement."""
    return newsroom.scorer.versions[RUDE]


def finding(newsroom: Newsroom, name: str) -> str:
    """Return why a version was refused, "None" when it was not."""
    query = "SELECT jsonb_path_query_first(findings, '$[*] ? (@.code == \"artefact_refused\").figures.why')"
    return newsroom.text(f"{query} FROM model_version WHERE name = '{name}'")


def test_a_champion_judges_its_site_and_is_named_everywhere(newsroom: Newsroom) -> None:
    """The champion's score decides, and scoring and decision name its version; other labels stay with the shipped."""
    name = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL))
    newsroom.write("c1", CALM)
    newsroom.score()
    row = newsroom.read("c1")
    assert row.scoring is not None
    assert row.decision is not None
    assert row.scoring.incivility == pytest.approx(1.0)
    assert (row.comment.status, row.decision.labels) == ("in_review", ["incivility"])
    versions = {**newsroom.scorer.versions, "incivility": name}
    assert row.scoring.model_versions == row.decision.payload["model_versions"] == versions


def test_a_shared_champion_judges_where_a_site_has_none(newsroom: Newsroom, other_site: SiteRecord) -> None:
    """In one batch of two sites the own champion judges the one, the shared champion the other."""
    own = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    shared = champion(newsroom.database, None, taught(newsroom.scorer, 2.0))
    other = Newsroom(newsroom.database, other_site, newsroom.scorer)
    newsroom.write("c1", CALM)
    other.write("c1", CALM)
    assert newsroom.score() == 2
    assert (judged_by(newsroom, "c1"), judged_by(other, "c1")) == (own, shared)


def test_running_workers_notice_a_promotion_and_a_rollback_at_their_next_batch(newsroom: Newsroom) -> None:
    """Two workers with memories of their own: each batch is judged by what stands when it is taken up."""
    stores = [ModelStore(newsroom.scorer.versions) for _ in range(2)]
    here, seen = newsroom.site.id, []

    def both(round_: int) -> None:
        for number, store in enumerate(stores):
            key = f"c{round_}-{number}"
            newsroom.write(key, CALM)
            drain(newsroom.database, newsroom.scorer, ScoringLimits(), lambda: 0.9, models=store)
            seen.append(judged_by(newsroom, key))

    both(0)
    first = champion(newsroom.database, here, taught(newsroom.scorer, 1.0))
    both(1)
    second = champion(newsroom.database, here, taught(newsroom.scorer, 2.0))
    both(2)
    with newsroom.database.session() as session:
        models.roll_back(session, here, RUDE, None)
    both(3)
    with newsroom.database.session() as session:
        models.roll_back(session, here, RUDE, None)
    both(4)
    wanted = [shipped(newsroom), first, second, first, shipped(newsroom)]
    assert seen == [name for name in wanted for _ in stores]


def test_an_artefact_is_read_once_and_what_stands_is_one_query_a_batch(newsroom: Newsroom) -> None:
    """Over five batches there are five queries for what stands and one for the bytes."""
    champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    asked: list[str] = []
    event.listen(newsroom.database.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    for number in range(5):
        newsroom.write(f"c{number}", CALM)
        newsroom.score()
    of_models = [query for query in asked if "FROM model_version" in query]
    assert len([query for query in of_models if "artifact" in query]) == 1
    assert len(of_models) == 5 + 1


def test_a_damaged_champion_costs_nothing_and_the_one_before_judges(newsroom: Newsroom) -> None:
    """Bytes that changed in the table are refused and marked; the champion before judges, every comment is scored."""
    first = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    second = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL))
    newsroom.run(f"UPDATE model_version SET artifact = substring(artifact FOR 90) WHERE name = '{second}'")
    newsroom.post(*(SubmittedComment(f"c{n}", f"{CALM} {n}") for n in range(20)))
    assert newsroom.score() == 20
    assert {judged_by(newsroom, f"c{n}") for n in range(20)} == {first}
    assert "not the file that was recorded" in finding(newsroom, second)
    assert newsroom.count("model_version", f"name = '{second}' AND state = 'champion'") == 1


@pytest.mark.parametrize("bytes_", ["\\x", "\\x504b0304ff00", "\\x00010203"])
def test_bytes_that_are_no_model_are_refused_although_their_hash_fits(newsroom: Newsroom, bytes_: str) -> None:
    """What is no adaptation at all never stops scoring, whatever its recorded hash says; the shipped model judges."""
    name = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    newsroom.run(
        f"UPDATE model_version SET artifact = '{bytes_}'::bytea, sha256 = encode(sha256('{bytes_}'::bytea), 'hex')"
    )
    newsroom.write("c1", CALM)
    assert newsroom.score() == 1
    assert judged_by(newsroom, "c1") == shipped(newsroom)
    assert finding(newsroom, name) != "None"


def test_a_champion_on_another_base_leaves_the_shipped_model_to_judge(newsroom: Newsroom) -> None:
    """After an upgrade of the shipped artefacts what stood on the old ones is refused, once, with its reason."""
    name = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL))
    upgraded = ModelStore({**newsroom.scorer.versions, "incivility": "incivility-newer"})
    for number in range(2):
        newsroom.write(f"c{number}", CALM)
        drain(newsroom.database, newsroom.scorer, ScoringLimits(), lambda: 0.9, models=upgraded)
    assert {judged_by(newsroom, key) for key in ("c0", "c1")} == {shipped(newsroom)}
    assert "retrain" in finding(newsroom, name)
    assert newsroom.text("SELECT jsonb_array_length(findings) FROM model_version") == "2"


def test_a_model_that_cannot_be_computed_costs_no_comment(newsroom: Newsroom) -> None:
    """When scoring fails with what a site taught, the comment is scored without it, in the same try."""

    class Failing(Scorer):
        def score(self, batch):  # type: ignore[no-untyped-def]
            if any(submission.adaptations for submission in batch):
                raise FloatingPointError
            return newsroom.scorer.score(batch)

    champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL))
    newsroom.write("c1", CALM)
    newsroom.write("c2", CALM)
    newsroom.score(Failing.__new__(Failing))
    assert {judged_by(newsroom, key) for key in ("c1", "c2")} == {shipped(newsroom)}
    assert newsroom.count("revision", "attempts = 1 AND state = 'scored'") == 2


def test_a_memory_of_one_keeps_what_was_used_last(newsroom: Newsroom, other_site: SiteRecord) -> None:
    """A worker with room for one artefact serves two sites, each by its own champion."""
    names = [
        champion(newsroom.database, site_id, taught(newsroom.scorer, 1.0))
        for site_id in (newsroom.site.id, other_site.id)
    ]
    store = ModelStore(newsroom.scorer.versions, most=1)
    with newsroom.database.session() as session:
        for _ in range(2):
            found = store.load(session, [newsroom.site.id, other_site.id])
            assert [[a.version for a in found[site][0]] for site in (newsroom.site.id, other_site.id)] == [
                [name] for name in names
            ]


def test_shadow_scores_are_stored_once_a_revision_and_decide_nothing(newsroom: Newsroom) -> None:
    """A challenger's score stands beside what counted; scoring the revision again stores no second one."""
    kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL), better=True)
    newsroom.write("c1", CALM)
    newsroom.write("c2", CALM + " Oui.")
    newsroom.score()
    newsroom.run("UPDATE revision SET state = 'pending', attempts = 0, round = 2")
    newsroom.score()
    assert newsroom.count("scoring") == 4
    assert newsroom.count("shadow_score") == 2
    assert newsroom.count("shadow_score", "score > 0.99 AND counted < 0.5") == 2
    assert newsroom.read("c1").comment.status == "published"
    assert judged_by(newsroom, "c1") == shipped(newsroom)


def test_a_comment_deleted_while_it_is_scored_leaves_no_shadow(newsroom: Newsroom) -> None:
    """What another act took out of a worker's hands is stored by it neither as score nor as shadow."""
    kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL), better=True)

    class Deleting:
        def score(self, batch):  # type: ignore[no-untyped-def]
            newsroom.run("UPDATE revision SET state = 'cancelled', lease_token = NULL")
            return newsroom.scorer.score(batch)

    newsroom.write("c1", CALM)
    newsroom.score(Deleting())  # type: ignore[arg-type]
    assert newsroom.count("shadow_score") == newsroom.count("scoring") == 0


def test_a_shared_challenger_runs_only_where_it_would_judge(newsroom: Newsroom, other_site: SiteRecord) -> None:
    """A site with a champion of its own has no shadow of a shared challenger of that label."""
    champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    kept(newsroom.database, None, taught(newsroom.scorer, ALL), better=True)
    other = Newsroom(newsroom.database, other_site, newsroom.scorer)
    newsroom.write("c1", CALM)
    other.write("c1", CALM)
    newsroom.score()
    assert newsroom.count("shadow_score") == 1
    assert newsroom.count("shadow_score", f"revision_id = {other.read('c1').revision.id}") == 1


def test_a_label_that_is_not_judged_has_no_shadow(newsroom: Newsroom) -> None:
    """Off topic cannot be judged without an article: nothing counted, so nothing stands beside it."""
    kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL, Label.OFF_TOPIC), better=True)
    newsroom.write("c1", CALM)
    newsroom.score()
    assert newsroom.count("scoring", "off_topic IS NULL") == 1
    assert newsroom.count("shadow_score") == 0


def test_shadow_scores_of_a_version_retired_long_ago_are_tidied(newsroom: Newsroom) -> None:
    """Thirty days after a version was retired its shadow scores go; those of versions in use stay."""
    kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL), better=True)
    newsroom.write("c1", CALM)
    newsroom.score()
    second = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING))
    with newsroom.database.session() as session:
        models.challenge(session, second, None)
    newsroom.write("c2", CALM)
    newsroom.score()
    for days, left in ((29, 2), (31, 1)):
        newsroom.run(f"UPDATE model_version SET retired_at = now() - interval '{days} days' WHERE state = 'retired'")
        with newsroom.database.session() as session:
            assert housekeeping.forget_expired(session)["shadow_scores"] == 2 - left
        assert newsroom.count("shadow_score") == left
