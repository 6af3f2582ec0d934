"""Versions of models: kept, moved, taken back, and two processes at once."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from moderation.database import Database
from moderation.domain.errors import BrokenModel, NotFound, NothingToRollBack, WrongModelState
from moderation.domain.words import Label
from moderation.services import models, moderators
from moderation.storage.models import ModelVersionRecord
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.taught import champion, kept, learned, taught

RUDE = Label.INCIVILITY


def state(database: Database, version_id: int) -> str:
    """Return the state of a version."""
    with database.session() as session:
        return models.one(session, version_id).state


def standing(database: Database, site_id: int | None) -> str | None:
    """Return the name of the champion of a place."""
    with database.session() as session:
        found = models.champion(session, site_id, RUDE)
        return found.name if found else None


def test_what_was_learned_is_kept_with_its_name_findings_and_card(newsroom: Newsroom) -> None:
    """A version is named by label, place and hash, and keeps its artefact, base, findings and card as they came."""
    made = taught(newsroom.scorer, 1.0)
    version_id = kept(newsroom.database, newsroom.site.id, made)
    with newsroom.database.session() as session:
        version = session.get_one(ModelVersionRecord, version_id)
        digest = hashlib.sha256(made.to_bytes()).hexdigest()
        assert version.name == f"incivility-lejour-{digest[:12]}"
        assert (version.artifact, version.sha256, version.base) == (made.to_bytes(), digest, made.base)
        assert version.state == "candidate"
        assert version.findings == [
            {"code": "gain", "passed": False, "figures": {"champion": 0.71, "challenger": 0.83}}
        ]
        assert version.card["examples"] == {"usable": 240}


def test_nothing_learned_is_no_version(newsroom: Newsroom) -> None:
    """Too few examples leave no row."""
    with newsroom.database.session() as session:
        assert models.keep(session, newsroom.site.id, learned(None), None) is None
    assert newsroom.count("model_version") == 0


def test_the_same_artefact_twice_is_one_version(newsroom: Newsroom) -> None:
    """A training that is done again after a crash keeps nothing twice, and its better finding counts."""
    made = taught(newsroom.scorer, 1.0)
    first = kept(newsroom.database, newsroom.site.id, made)
    assert kept(newsroom.database, newsroom.site.id, made) == first
    assert kept(newsroom.database, newsroom.site.id, made, better=True) == first
    assert state(newsroom.database, first) == "challenger"
    assert kept(newsroom.database, None, made) != first


def test_a_new_challenger_retires_the_one_before_in_its_place_alone(newsroom: Newsroom, other_site: SiteRecord) -> None:
    """Better challengers of other sites, labels and of all sites stay; a place has one."""
    here, scorer, database = newsroom.site.id, newsroom.scorer, newsroom.database
    first = kept(database, here, taught(scorer, 1.0), better=True)
    others = [
        kept(database, other_site.id, taught(scorer, 1.0), better=True),
        kept(database, None, taught(scorer, 1.0), better=True),
        kept(database, here, taught(scorer, 1.0, Label.OFF_TOPIC), better=True),
    ]
    second = kept(database, here, taught(scorer, 2.0), better=True)
    assert state(database, first) == "retired"
    assert {state(database, version) for version in (second, *others)} == {"challenger"}


def test_a_promotion_names_who_when_and_whose_place_it_took(newsroom: Newsroom) -> None:
    """The champion before is retired and remembered; the trail says who promoted what in whose place."""
    first = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    second = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 2.0))
    with newsroom.database.session() as session:
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "a lookout on a mast")
        models.promote(session, second, nadia)
        version, before = models.one(session, second), models.named(session, first)
        assert (version.state, version.promoted_by, version.previous_id) == ("champion", nadia.id, before.id)
        assert version.promoted_at is not None
        assert (before.state, before.retired_at is not None) == ("retired", True)
    told = newsroom.text("SELECT details->>'replaced' FROM audit_event WHERE moderator_id = 1 ORDER BY id DESC LIMIT 1")
    assert told == first


def test_a_rollback_is_one_step_and_ends_at_the_shipped_model(newsroom: Newsroom) -> None:
    """Each rollback restores the champion before; after the first one nothing of the place judges, and then refuses."""
    here = newsroom.site.id
    names = [champion(newsroom.database, here, taught(newsroom.scorer, bias)) for bias in (1.0, 2.0, 3.0)]
    restored = []
    for _ in names:
        with newsroom.database.session() as session:
            version = models.roll_back(session, here, RUDE, None)
            restored.append(version.name if version else None)
    assert restored == [names[1], names[0], None]
    with newsroom.database.session() as session, pytest.raises(NothingToRollBack):
        models.roll_back(session, here, RUDE, None)
    assert newsroom.count("audit_event", "act = 'model.rolled_back'") == 3


def test_a_version_that_was_rolled_back_can_be_promoted_again(newsroom: Newsroom) -> None:
    """A rollback may be a mistake: the same version takes the place of the one that was restored."""
    here, database = newsroom.site.id, newsroom.database
    first, second = (champion(database, here, taught(newsroom.scorer, bias)) for bias in (1.0, 2.0))
    with database.session() as session:
        models.roll_back(session, here, RUDE, None)
        models.promote(session, models.named(session, second).id, None)
        assert models.named(session, second).previous_id == models.named(session, first).id
    assert standing(database, here) == second


def test_a_damaged_champion_before_is_passed_over(newsroom: Newsroom) -> None:
    """A rollback restores the newest earlier champion whose artefact is whole."""
    here, database = newsroom.site.id, newsroom.database
    first, second, _ = (champion(database, here, taught(newsroom.scorer, bias)) for bias in (1.0, 2.0, 3.0))
    newsroom.run(f"UPDATE model_version SET artifact = 'x' WHERE name = '{second}'")
    with database.session() as session:
        models.roll_back(session, here, RUDE, None)
    assert standing(database, here) == first


def test_a_damaged_version_is_never_promoted(newsroom: Newsroom) -> None:
    """Promoting a version whose bytes are not those recorded is refused, and the champion stays."""
    name = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    broken = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 2.0))
    newsroom.run(f"UPDATE model_version SET artifact = 'x' WHERE id = {broken}")
    with newsroom.database.session() as session, pytest.raises(BrokenModel, match="damaged"):
        models.promote(session, broken, None)
    assert standing(newsroom.database, newsroom.site.id) == name


def test_what_a_state_does_not_allow_changes_nothing(newsroom: Newsroom) -> None:
    """A champion is not challenged, a retired one not retired, an unknown one not found."""
    name = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    with newsroom.database.session() as session:
        version_id = models.named(session, name).id
        with pytest.raises(WrongModelState):
            models.challenge(session, version_id, None)
        models.retire(session, version_id, None)
        with pytest.raises(WrongModelState):
            models.retire(session, version_id, None)
        with pytest.raises(NotFound):
            models.promote(session, version_id + 1, None)
        assert models.judging(session, newsroom.site.id, RUDE) is None


def test_a_sites_own_champion_judges_before_the_shared_one(newsroom: Newsroom, other_site: SiteRecord) -> None:
    """Without an own champion the shared one judges; neither touches the place of the other."""
    shared = champion(newsroom.database, None, taught(newsroom.scorer, 1.0))
    own = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 2.0))
    with newsroom.database.session() as session:
        judges = [models.judging(session, site_id, RUDE) for site_id in (newsroom.site.id, other_site.id)]
    assert [version.name for version in judges if version] == [own, shared]


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Do these things at the same moment, each in a thread of its own; return what they raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait(30)
        act()

    with ThreadPoolExecutor(len(acts)) as pool:
        ended = [future.exception(60) for future in [pool.submit(run, act) for act in acts]]
    return [error for error in ended if error]


def test_two_processes_cannot_promote_one_version_twice(newsroom: Newsroom) -> None:
    """Of eight promotions of one version at the same moment one happens, and seven are told the state."""
    database, version_id = newsroom.database, kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))

    def promote() -> None:
        with database.session() as session:
            models.promote(session, version_id, None)

    raised = at_once(*[promote] * 8)
    assert [type(error) for error in raised] == [WrongModelState] * 7
    assert newsroom.count("audit_event", "act = 'model.promoted'") == 1


def test_promotions_rollbacks_and_challenges_at_once_leave_one_of_each_state(newsroom: Newsroom) -> None:
    """Six versions promoted, challenged and rolled back together: no error of the database, one champion at most."""
    database, here = newsroom.database, newsroom.site.id
    ids = [kept(database, here, taught(newsroom.scorer, float(bias))) for bias in range(6)]

    def promote(version_id: int) -> None:
        with database.session() as session:
            models.promote(session, version_id, None)

    def challenge(version_id: int) -> None:
        with database.session() as session:
            models.challenge(session, version_id, None)

    def roll_back() -> None:
        with database.session() as session:
            models.roll_back(session, here, RUDE, None)

    acts = [*(partial(promote, one) for one in ids[:4]), *(partial(challenge, one) for one in ids[4:])]
    raised = at_once(*acts, roll_back)
    assert {type(error) for error in raised} <= {NothingToRollBack}
    assert newsroom.count("model_version", "state = 'champion'") <= 1
    assert newsroom.count("model_version", "state = 'challenger'") == 1
    assert newsroom.count("audit_event", "act = 'model.promoted'") == 4
