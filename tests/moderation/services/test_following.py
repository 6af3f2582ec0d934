"""Thresholds that follow the model: solved again on promotion, roll back and daily, with a trail of how."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation.database import Database
from moderation.domain.policy import Policy
from moderation.domain.words import Label, ModelState
from moderation.services import following, models, replay, sites
from moderation.storage.audit import AuditEventRecord
from moderation.storage.sites import SiteRecord
from tests.moderation.services.versions import moderator, past, version

RUDE = Label.INCIVILITY
CATCH = {"goals": {"incivility": {"catch": 0.9}}}
HOLD = {"goals": {"incivility": {"hold": 8}}}
SURE = {"reject_goals": {"incivility": {"precision": 0.95}}, "reject_from": {"incivility": 0.97}}


def halved(score: float) -> float:
    """Return what a challenger says that gives half of everything."""
    return score / 2


def set_policy(session: Session, site_id: int, **policy: Any) -> None:
    """Give a site a policy."""
    sites.set_policy(session.get_one(SiteRecord, site_id), policy)


def policy(database: Database, site_id: int) -> Policy:
    """Return the stored policy, which has to be sound."""
    with database.session() as session:
        return Policy.from_json(session.get_one(SiteRecord, site_id).policy)


def told(database: Database) -> list[dict[str, Any]]:
    """Return what the audit trail says about thresholds that followed."""
    query = select(AuditEventRecord).where(AuditEventRecord.act == "model.thresholds_followed")
    with database.session() as session:
        return [event.details for event in session.scalars(query.order_by(AuditEventRecord.id))]


def promote(database: Database, version_id: int) -> None:
    """Let a version judge; the service of models has the thresholds follow."""
    with database.session() as session:
        models.promote(session, version_id, None)


def roll_back(database: Database, site_id: int) -> None:
    """Take the promotion back."""
    with database.session() as session:
        models.roll_back(session, site_id, RUDE, None)


def test_a_goal_is_solved_on_the_scores_of_the_new_model(database: Database, site: SiteRecord) -> None:
    """When the challenger halves every score, "catch 90 %" finds a threshold that catches 90 % by its scores."""
    with database.session() as session:
        set_policy(session, site.id, **CATCH)
        challenger = version(session, site.id, "mine", ModelState.CHALLENGER)
        past(session, site.id, 400, shadow=challenger, after=halved, decided_by=moderator(session))
    promote(database, challenger)
    threshold = policy(database, site.id).thresholds[RUDE]
    assert threshold < 0.35
    with database.session() as session:
        query = "SELECT count(*) FILTER (WHERE score >= :t), count(*) FROM shadow_score JOIN decision"
        query += " ON decision.revision_id = shadow_score.revision_id AND decision.verdict = 'reject'"
        caught, rejected = session.execute(text(query), {"t": threshold}).one()
    assert 0.9 <= caught / rejected < 0.92
    event = told(database)[0]
    assert event["how"] == {"threshold": "goal", "reject_from": "kept"}
    assert event["before"]["threshold"] == 0.5
    assert event["after"]["threshold"] == threshold
    assert (event["version"], event["scale"], event["label"]) == ("mine", "mine", "incivility")


def test_without_enough_decisions_the_same_share_is_held(database: Database, site: SiteRecord) -> None:
    """Nobody decided yet: the threshold moves to where as many of the live comments reach it as before."""
    with database.session() as session:
        set_policy(session, site.id, **CATCH)
        challenger = version(session, site.id, "mine", ModelState.CHALLENGER)
        scores = past(session, site.id, 200, shadow=challenger, after=halved)
    promote(database, challenger)
    threshold = policy(database, site.id).thresholds[RUDE]
    assert sum(halved(s) >= threshold for s in scores) == sum(s >= 0.5 for s in scores)
    assert told(database)[0]["how"]["threshold"] == "same_share"


def test_without_shadow_scores_the_threshold_stays(database: Database, site: SiteRecord) -> None:
    """A version that scored nothing yet moves nothing, and the trail says that the scale is still the old one."""
    with database.session() as session:
        set_policy(session, site.id, **CATCH)
        challenger = version(session, site.id, "mine", ModelState.CHALLENGER)
        past(session, site.id, 200)
    promote(database, challenger)
    assert policy(database, site.id).thresholds[RUDE] == 0.5
    assert (told(database)[0]["how"]["threshold"], told(database)[0]["scale"]) == ("kept", "shipped")


def test_a_roll_back_brings_the_threshold_back(database: Database, site: SiteRecord) -> None:
    """Promoted and taken back at once, before the next comment, a threshold is where it was; and again."""
    with database.session() as session:
        set_policy(session, site.id, **CATCH)
        challenger = version(session, site.id, "mine", ModelState.CHALLENGER)
        past(session, site.id, 300, shadow=challenger, after=halved)
    for _ in range(2):
        promote(database, challenger)
        assert policy(database, site.id).thresholds[RUDE] == pytest.approx(0.25, abs=0.01)
        roll_back(database, site.id)
        assert policy(database, site.id).thresholds[RUDE] == pytest.approx(0.5, abs=0.01)


def test_a_label_without_a_goal_keeps_its_number_and_the_moved_scale_is_told(
    database: Database, site: SiteRecord
) -> None:
    """The number of an editor stands; the trail says which one would hold as much as before."""
    with database.session() as session:
        set_policy(session, site.id, thresholds={"incivility": 0.6}, reject_from={"incivility": 0.9})
        challenger = version(session, site.id, "mine", ModelState.CHALLENGER)
        past(session, site.id, 200, shadow=challenger, after=halved)
    before = policy(database, site.id)
    promote(database, challenger)
    assert policy(database, site.id) == before
    assert told(database)[0]["same_share"] == pytest.approx(0.3, abs=0.01)
    assert told(database)[0]["how"] == {"threshold": "kept", "reject_from": "kept"}


def test_a_hold_goal_counts_only_the_days_that_the_new_model_saw(database: Database, site: SiteRecord) -> None:
    """Where the shadow scored the last third of the comments, "at most 8 a day" is not solved as if it scored all."""
    with database.session() as session:
        set_policy(session, site.id, **HOLD)
        challenger = version(session, site.id, "mine", ModelState.CHALLENGER)
        past(session, site.id, 600, shadow=challenger, key="seen")
        session.execute(text("DELETE FROM shadow_score WHERE revision_id % 3 <> 0"))
    promote(database, challenger)
    with database.session() as session:
        query = text("SELECT count(*) FROM scoring WHERE incivility >= :t")
        held = session.scalar(query, {"t": policy(database, site.id).thresholds[RUDE]})
    assert told(database)[0]["how"]["threshold"] == "goal"
    assert 60 <= int(held or 0) <= 100  # 8 a day in ten days, found on a third of them


def test_the_shared_champion_moves_every_site_that_it_judges(
    database: Database, site: SiteRecord, other_site: SiteRecord
) -> None:
    """A promotion for all sites leaves a site alone that has a champion of its own."""
    with database.session() as session:
        shared = version(session, None, "shared", ModelState.CHALLENGER)
        version(session, other_site.id, "own")
        for one, key in ((site.id, "a"), (other_site.id, "b")):
            set_policy(session, one, **CATCH)
            past(session, one, 200, shadow=shared, after=halved, key=key)
    promote(database, shared)
    assert policy(database, site.id).thresholds[RUDE] == pytest.approx(0.25, abs=0.02)
    assert policy(database, other_site.id).thresholds[RUDE] == 0.5
    assert [event["version"] for event in told(database)] == ["shared"]


def test_rejecting_without_a_person_is_never_guessed(database: Database, site: SiteRecord) -> None:
    """When the new model's decisions do not prove the goal, nothing is rejected any more; once they do, it is."""
    with database.session() as session:
        set_policy(session, site.id, **SURE)
        challenger = version(session, site.id, "mine", ModelState.CHALLENGER)
        past(session, site.id, 100, shadow=challenger, decided_by=(nadia := moderator(session)))
    promote(database, challenger)
    assert policy(database, site.id).reject_from == {}
    assert told(database)[0]["before"]["reject_from"] == 0.97
    assert told(database)[0]["how"]["reject_from"] == "none"
    with database.session() as session:
        always = {"decided_by": nadia, "rejected": lambda score, _: score >= 0.7}
        past(session, site.id, 600, by="mine", key="later", seed=9, **always)  # type: ignore[arg-type]
        assert following.solve_again(session, session.get_one(SiteRecord, site.id)) == 1
    limit = policy(database, site.id).reject_from[RUDE]
    assert 0.65 <= limit <= 0.9
    assert limit >= policy(database, site.id).thresholds[RUDE]


def test_the_daily_pass_takes_each_site_once_and_then_changes_nothing(
    database: Database, site: SiteRecord, other_site: SiteRecord
) -> None:
    """Only sites with goals are taken, each once a day; solved again at once, the same decisions change nothing."""
    now = datetime.now(UTC)
    with database.session() as session:
        set_policy(session, site.id, **CATCH)
        past(session, site.id, 400, decided_by=moderator(session))
    with database.session() as session:
        assert following.solve_due(session, now)
    assert policy(database, site.id).thresholds[RUDE] > 0.5
    for later, due in ((now, False), (now + timedelta(hours=23), False), (now + timedelta(hours=25), True)):
        with database.session() as session:
            assert following.solve_due(session, later) is due
    assert len(told(database)) == 1
    assert policy(database, other_site.id) == Policy()


def test_small_changes_are_left_alone(database: Database, site: SiteRecord) -> None:
    """A threshold that lies within half a hundredth of what is found stays, and the trail stays silent."""
    with database.session() as session:
        set_policy(session, site.id, **CATCH)
        past(session, site.id, 400, decided_by=moderator(session))
        stored = session.get_one(SiteRecord, site.id)
        following.solve_again(session, stored)
        near = Policy.from_json(stored.policy).thresholds[RUDE] + 0.004
        set_policy(session, site.id, **CATCH, thresholds={"incivility": near})
        assert following.solve_again(session, stored) == 0
    assert policy(database, site.id).thresholds[RUDE] == near


def test_a_threshold_is_replayed_on_the_scores_of_the_model_that_judges(database: Database, site: SiteRecord) -> None:
    """After a promotion the settings replay what the champion says, of the comments that it scored."""
    with database.session() as session:
        champion = version(session, site.id, "mine")
        past(session, site.id, 90, key="old")
        scores = past(session, site.id, 80, shadow=champion, after=halved, seed=6, key="seen")
        found = replay.past(session, site.id)
    assert sorted(c.scores[RUDE] or 0 for c in found.comments) == pytest.approx(sorted(map(halved, scores)))
    assert found.days <= 10


def test_until_the_champion_scored_enough_what_counted_is_replayed(database: Database, site: SiteRecord) -> None:
    """A version that scored next to nothing leaves the replay as it was."""
    with database.session() as session:
        champion = version(session, site.id, "mine")
        scores = past(session, site.id, 90)
        past(session, site.id, 10, shadow=champion, after=halved, key="seen")
        found = replay.past(session, site.id)
    assert len(found.comments) == len(scores) + 10
    assert max(c.scores[RUDE] or 0 for c in found.comments) > 0.9
