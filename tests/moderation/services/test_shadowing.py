"""Challengers that promote themselves after enough live comments, and those that wait for a person."""

from typing import Any

import pytest

from moderation.domain.learning_settings import LearningSettings
from moderation.domain.words import Label
from moderation.services import intake, models, retention, shadowing
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.taught import ALL, NOTHING, champion, kept, taught

CALM = "Le gouvernement devrait ouvrir les barrages plus tôt, dit le maire de la commune."


def learns(newsroom: Newsroom, **settings: Any) -> None:
    """Set how a site learns."""
    with newsroom.database.session() as session:
        site = session.get_one(SiteRecord, newsroom.site.id)
        site.learning = LearningSettings(**settings).to_json()


def arrive(newsroom: Newsroom, count: int, first: int = 0) -> None:
    """Take comments in and have them scored."""
    for number in range(first, first + count):
        newsroom.write(f"c{number}", f"{CALM} {number}")
    newsroom.score()


def promote_ready(newsroom: Newsroom) -> int:
    """Run the task."""
    with newsroom.database.session() as session:
        return models.promote_ready(session)


def state(newsroom: Newsroom, version_id: int) -> str:
    """Return the state of a version."""
    return newsroom.text(f"SELECT state FROM model_version WHERE id = {version_id}")


def findings(newsroom: Newsroom, version_id: int) -> dict[str, dict[str, Any]]:
    """Return the findings of the shadow by their codes."""
    with newsroom.database.session() as session:
        found = models.one(session, version_id).findings
    return {one["code"]: one for one in found if one["code"] in shadowing.CODES}


def test_a_calm_challenger_is_promoted_after_enough_live_comments(newsroom: Newsroom) -> None:
    """One comment short nothing happens; with enough it judges, and its findings say what the shadow showed."""
    learns(newsroom, shadow_comments=5)
    challenger = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING), better=True)
    arrive(newsroom, 4)
    assert (promote_ready(newsroom), state(newsroom, challenger)) == (0, "challenger")
    arrive(newsroom, 1, first=4)
    assert (promote_ready(newsroom), state(newsroom, challenger)) == (1, "champion")
    assert (promote_ready(newsroom), state(newsroom, challenger)) == (0, "champion")
    shown = findings(newsroom, challenger)
    assert {one["passed"] for one in shown.values()} == {True}
    assert set(shown) == {"shadow_floods", "shadow_unjudged", "champion_changed"}
    assert shown["shadow_floods"]["figures"]["comments"] == 5
    assert newsroom.text("SELECT promoted_by IS NULL FROM model_version") == "True"


def test_a_challenger_that_runs_wild_waits_for_a_person(newsroom: Newsroom) -> None:
    """One that would flag every comment is not promoted; the finding with its figures is there once."""
    learns(newsroom, shadow_comments=5)
    challenger = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL), better=True)
    arrive(newsroom, 6)
    for _ in range(2):
        assert (promote_ready(newsroom), state(newsroom, challenger)) == (0, "challenger")
    assert findings(newsroom, challenger)["shadow_floods"] == {
        "code": "shadow_floods",
        "passed": False,
        "figures": {"comments": 6, "counted_share": 0.0, "shadow_share": 1.0, "limit": 0.05, "unjudged_share": 0.0},
    }
    assert newsroom.text("SELECT jsonb_array_length(findings) FROM model_version") == "4"
    with newsroom.database.session() as session:
        models.promote(session, challenger, None)
    assert state(newsroom, challenger) == "champion"


def test_a_challenger_that_falls_silent_waits_for_a_person(newsroom: Newsroom) -> None:
    """One that leaves comments without a score is not promoted."""
    learns(newsroom, shadow_comments=5)
    challenger = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING), better=True)
    arrive(newsroom, 5)
    newsroom.run("UPDATE shadow_score SET score = NULL WHERE revision_id = 1")
    assert (promote_ready(newsroom), state(newsroom, challenger)) == (0, "challenger")
    assert findings(newsroom, challenger)["shadow_unjudged"]["passed"] is False


def test_thresholds_of_the_site_say_what_is_flagged(newsroom: Newsroom) -> None:
    """The same shadow is a flood under a low threshold and none under a high one."""
    learns(newsroom, shadow_comments=3)
    challenger = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING), better=True)
    arrive(newsroom, 3)
    newsroom.run("UPDATE shadow_score SET score = 0.7, counted = 0.1")
    newsroom.run("UPDATE site SET policy = jsonb_set(policy, '{thresholds,incivility}', '0.9')")
    assert (promote_ready(newsroom), state(newsroom, challenger)) == (1, "champion")


@pytest.mark.parametrize("before_it", [True, False])
def test_only_comments_that_came_since_count(newsroom: Newsroom, before_it: bool) -> None:
    """Old comments that are scored again in the shadow say nothing about live traffic."""
    learns(newsroom, shadow_comments=2)
    challenger = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING), better=True)
    arrive(newsroom, 3)
    if before_it:
        newsroom.run("UPDATE revision SET received_at = received_at - interval '1 day'")
    assert promote_ready(newsroom) == (0 if before_it else 1)
    with newsroom.database.session() as session:
        assert shadowing.progress(session, models.one(session, challenger)) == (0 if before_it else 3, 2)


def test_nothing_promotes_itself_where_a_person_wants_to(newsroom: Newsroom) -> None:
    """A site that wants to be asked has its challenger wait, however good it is."""
    learns(newsroom, shadow_comments=1, automatic=False)
    challenger = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING), better=True)
    arrive(newsroom, 3)
    assert (promote_ready(newsroom), state(newsroom, challenger)) == (0, "challenger")


def test_a_candidate_waits_for_a_person(newsroom: Newsroom) -> None:
    """What was not proven better never runs in the shadow and is never promoted by itself."""
    learns(newsroom, shadow_comments=0)
    candidate = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING))
    arrive(newsroom, 2)
    assert (promote_ready(newsroom), state(newsroom, candidate)) == (0, "candidate")
    assert newsroom.count("shadow_score") == 0


def test_a_shared_challenger_is_looked_at_over_all_sites_it_would_judge(
    newsroom: Newsroom, other_site: SiteRecord
) -> None:
    """The most careful site sets how many comments; a site with a champion of its own has no say."""
    other = Newsroom(newsroom.database, other_site, newsroom.scorer)
    learns(newsroom, shadow_comments=2)
    learns(other, shadow_comments=4)
    challenger = kept(newsroom.database, None, taught(newsroom.scorer, NOTHING), better=True)
    arrive(newsroom, 2)
    arrive(other, 1)
    assert promote_ready(newsroom) == 0
    champion(newsroom.database, other.site.id, taught(newsroom.scorer, 1.0))
    assert (promote_ready(newsroom), state(newsroom, challenger)) == (1, "champion")


def test_a_challenger_that_is_tried_again_starts_anew(newsroom: Newsroom) -> None:
    """A version that waited with a bad finding, was retired and is challenged again is looked at afresh."""
    learns(newsroom, shadow_comments=2)
    challenger = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL), better=True)
    arrive(newsroom, 2)
    promote_ready(newsroom)
    with newsroom.database.session() as session:
        models.retire(session, challenger, None)
        models.challenge(session, challenger, None)
    assert findings(newsroom, challenger) == {}
    assert promote_ready(newsroom) == 0
    assert findings(newsroom, challenger) == {}
    arrive(newsroom, 2, first=2)
    promote_ready(newsroom)
    assert findings(newsroom, challenger)["shadow_floods"]["figures"]["comments"] == 2


def test_a_damaged_challenger_does_not_hold_up_the_others(newsroom: Newsroom) -> None:
    """One whose bytes changed in the table stays where it is; another label's challenger is promoted all the same."""
    learns(newsroom, shadow_comments=0)
    broken = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING), better=True)
    whole = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0, Label.SHOUTING), better=True)
    newsroom.run(f"UPDATE model_version SET artifact = 'x' WHERE id = {broken}")
    assert promote_ready(newsroom) == 1
    assert (state(newsroom, broken), state(newsroom, whole)) == ("challenger", "champion")


def test_a_deleted_comment_takes_its_shadow_scores_along(newsroom: Newsroom) -> None:
    """Forgetting one comment on request forgets what challengers said of it, and of no other."""
    kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING), better=True)
    arrive(newsroom, 2)
    gone = newsroom.read("c0").revision.id
    with newsroom.database.session() as session:
        intake.delete(session, newsroom.site.id, "c0")
    assert newsroom.count("shadow_score") == 1
    assert newsroom.count("shadow_score", f"revision_id = {gone}") == 0


def test_texts_that_are_forgotten_after_their_days_take_their_shadow_scores_along(newsroom: Newsroom) -> None:
    """Retention erases the shadow scores of the comments whose texts it erases."""
    kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING), better=True)
    arrive(newsroom, 2)
    newsroom.run("UPDATE site SET keep_days = 30")
    newsroom.run("UPDATE decision SET decided_at = now() - interval '40 days' WHERE comment_id = 1")
    with newsroom.database.session() as session:
        assert retention.forget_old_texts(session) == 1
    assert newsroom.count("shadow_score") == 1


def test_a_challenger_proven_against_another_champion_waits_for_a_person(newsroom: Newsroom) -> None:
    """After a rollback the challenger in the shadow was proven against what is gone: nobody promotes it by itself."""
    learns(newsroom, shadow_comments=2)
    here, scorer = newsroom.site.id, newsroom.scorer
    champion(newsroom.database, here, taught(scorer, 1.0))
    challenger = kept(newsroom.database, here, taught(scorer, NOTHING), better=True)
    with newsroom.database.session() as session:
        models.roll_back(session, here, Label.INCIVILITY, None)
    arrive(newsroom, 2)
    assert (promote_ready(newsroom), state(newsroom, challenger)) == (0, "challenger")
    assert findings(newsroom, challenger)["champion_changed"]["passed"] is False


def test_trainings_more_often_than_comments_leave_the_first_challenger_its_time(newsroom: Newsroom) -> None:
    """A better version that comes while live comments reach a challenger waits as a candidate, and says for which."""
    learns(newsroom, shadow_comments=3)
    here, scorer = newsroom.site.id, newsroom.scorer
    first = kept(newsroom.database, here, taught(scorer, NOTHING), better=True)
    arrive(newsroom, 2)
    second = kept(newsroom.database, here, taught(scorer, -1.0), better=True)
    assert (state(newsroom, first), state(newsroom, second)) == ("challenger", "candidate")
    with newsroom.database.session() as session:
        waits = models.one(session, second).findings[-1]
        assert (waits["code"], waits["figures"]) == (
            "another_in_shadow",
            {"challenger": models.one(session, first).name},
        )
    arrive(newsroom, 1, first=2)
    assert promote_ready(newsroom) == 1
    assert state(newsroom, first) == "champion"


@pytest.mark.parametrize("gone", ["learning = '{\"automatic\": false}'", "learning = '{\"shadow_comments\": 1}'"])
def test_a_challenger_that_waits_for_a_person_is_replaced_by_a_better_one(newsroom: Newsroom, gone: str) -> None:
    """Where nothing is promoted by itself, or the shadow has shown enough, the newest better version is challenger."""
    first = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, NOTHING), better=True)
    arrive(newsroom, 2)
    newsroom.run(f"UPDATE site SET {gone}")
    second = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, -1.0), better=True)
    assert (state(newsroom, first), state(newsroom, second)) == ("retired", "challenger")
