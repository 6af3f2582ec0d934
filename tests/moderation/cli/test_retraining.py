"""`vigie retrain`: asking, following, and doing the steps without a worker."""

import pytest

from moderation.domain.words import Label, Verdict
from moderation.services import decisions, moderators, retraining, sites
from moderation.settings import Settings
from tests.moderation.cli.conftest import Vigie
from tests.moderation.conftest import Newsroom


@pytest.fixture
def decided(newsroom: Newsroom, configured: Settings) -> Newsroom:
    """Return a site with one decision."""
    del configured
    newsroom.write("c1", "Bande de clowns !")
    with newsroom.database.session() as session:
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "a lookout on a mast")
        decisions.by_moderator(session, nadia, 1, 1, Verdict.REJECT, [Label.INCIVILITY])
    return newsroom


def test_a_retraining_here_needs_no_worker_and_says_what_came_out(vigie: Vigie, decided: Newsroom) -> None:
    """The steps are done in this process; each label is told with its findings, and nothing that was read is left."""
    ended = vigie("retrain", "--here")
    assert (ended.code, ended.err) == (0, "")
    for label in Label:
        assert (
            f"{label}: nothing new was learned; the model that judges stays.\n  - There are too few decisions"
            in ended.out
        )
    with decided.database.session() as session:
        (row,) = retraining.latest(session, decided.site.id)
    assert (row.state, row.asked_by) == ("done", None)
    assert vigie("retrain", "--shared", "--here").code == 0


def test_asking_leaves_the_work_to_a_worker(vigie: Vigie, decided: Newsroom) -> None:
    """Without an option the command only asks, once however often."""
    assert vigie("retrain", "--site", "lejour").out.startswith("Retraining 1 of lejour is asked for")
    assert vigie("retrain").out.startswith("Retraining 1 of lejour is asked for")


@pytest.mark.parametrize(
    ("state", "failure", "says"),
    [
        ("failed", "'The disk is full.'", "The disk is full."),
        ("cancelled", "NULL", "The retraining of lejour was cancelled."),
    ],
)
def test_following_a_retraining_that_does_not_come_to_its_end(
    vigie: Vigie, decided: Newsroom, state: str, failure: str, says: str
) -> None:
    """A failed and a cancelled one end the command with 1 and one sentence."""
    decided.run(
        "CREATE FUNCTION end_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" NEW.state := '{state}'; NEW.failure := {failure}; RETURN NEW; END $$"
    )
    decided.run("CREATE TRIGGER at_once BEFORE INSERT ON retraining FOR EACH ROW EXECUTE FUNCTION end_it()")
    try:
        ended = vigie("retrain", "--wait")
    finally:
        decided.run("DROP FUNCTION end_it CASCADE")
    assert (ended.code, ended.out, ended.err) == (1, "", f"vigie: {says}\n")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--site", "nowhere"], "No site with id 'nowhere' is known for this site."),
        ([], "--site: is needed to say which site. There are lejour, autre."),
        (["--site", "lejour", "--shared"], "--shared: cannot go with --site. Leave one of them out."),
    ],
)
def test_a_site_that_is_not_clear_is_asked_for_in_one_sentence(
    vigie: Vigie, decided: Newsroom, argv: list[str], says: str
) -> None:
    """An unknown site, none where there are several, and two answers at once."""
    with decided.database.session() as session:
        sites.create(session, "autre", "Autre")
    ended = vigie("retrain", *argv)
    assert (ended.code, ended.out, ended.err) == (1, "", f"vigie: {says}\n")
