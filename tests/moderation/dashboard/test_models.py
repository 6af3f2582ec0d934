"""The screen of models: what judges, its shadow, what waits, and what an editor does about it."""

import re

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import text

from moderation.database import Database
from moderation.domain.words import ModelState, Role
from moderation.services import models
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.models_desk import BAD, shadowed, state, version
from tests.moderation.dashboard.people import account, signed_in
from tests.moderation.dashboard.settings_desk import acts, role

PAGE = "/sites/lejour/models"


@pytest.fixture(autouse=True)
def editor(nadia: ModeratorRecord, database: Database, broker: Redis) -> None:
    """Make Nadia an editor of every site."""
    role(database, nadia, Role.EDITOR)


def section(page: str, label: str) -> str:
    """Return what the page says about one label."""
    found = re.search(rf'<section class="sheet label-models {label}".*?</section>', page, re.S)
    assert found
    return found[0]


def test_without_any_version_the_shipped_models_judge(desk: Desk, visitor: Visitor) -> None:
    """A new site says for each label that the shipped model judges, and offers to train."""
    page = visitor.read(PAGE)
    assert page.count("The model that ships with Vigie.") == 3
    assert "Train now" in page
    assert "Roll back" not in page


def test_each_place_shows_what_judges(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A site's own champion is named with its date and who promoted it; the shared one judges where there is none."""
    own = version(database, desk.site.id, "incivility", b"own", ModelState.CHAMPION)
    everybody = version(database, None, "shouting", b"shared", ModelState.CHAMPION)
    page = visitor.read(PAGE)
    assert own.name in section(page, "incivility")
    assert "automatically" in section(page, "incivility")
    assert "Roll back" in section(page, "incivility")
    assert everybody.name in section(page, "shouting")
    assert "Shared by all sites" in section(page, "shouting")
    assert "Roll back" not in section(page, "shouting")
    assert "The model that ships with Vigie." in section(page, "off_topic")
    shared = visitor.read("/models/shared")
    assert everybody.name in section(shared, "shouting")
    assert own.name not in shared


def test_the_challenger_shows_how_far_its_shadow_is(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Of the comments that it has to score, those that it scored so far."""
    found = version(database, desk.site.id, state=ModelState.CHALLENGER)
    for number in range(3):
        desk.receive(f"Bonjour à vous {number}", f"c-{number}")
    with database.session() as session:
        ids = [row.id for row in session.execute(text("SELECT id FROM revision"))]
    shadowed(database, found.id, ids)
    told = section(visitor.read(PAGE), "incivility")
    assert "3 of 100 comments" in told
    assert re.search(r'<progress id="shadow-incivility" max="100" value="3">', told)
    assert "Then it judges by itself" in told


def test_an_unproven_challenger_waits_for_a_person(desk: Desk, visitor: Visitor, database: Database) -> None:
    """What failed a check and was put in the shadow by hand is never promoted by itself, and the page says so."""
    with database.session() as session:
        session.execute(text("UPDATE site SET learning = '{\"shadow_comments\": 0}'"))
    made = version(database, desk.site.id, findings=BAD)
    visitor.send(f"/models/versions/{made.id}/shadow", PAGE)
    with database.session() as session:
        assert models.promote_ready(session) == 0
    assert state(database, made.id) == "challenger"
    assert "Then it waits until a person promotes it." in section(visitor.read(PAGE), "incivility")


def test_a_candidate_waits_with_its_reasons(desk: Desk, visitor: Visitor, database: Database) -> None:
    """What failed is said in a sentence; a code without words shows itself with its figures."""
    waiting = version(database, desk.site.id, findings=BAD)
    told = section(visitor.read(PAGE), "incivility")
    assert waiting.name in told
    assert "never_heard_of: gain -0.012, low_share 25%, moderator Nadia" in told
    assert "Put in the shadow" in told


def test_findings_are_escaped(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A finding or a card that an imported artefact brought is text, whatever it says."""
    evil = "<script>alert(1)</script>"
    findings = [{"code": evil, "passed": False, "figures": {evil: evil}}]
    made = version(database, desk.site.id, findings=findings, card={evil: {evil: evil}, "later": evil})
    for path in (PAGE, f"/models/versions/{made.id}", f"/models/versions/{made.id}/promotion"):
        page = visitor.read(path)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_promoting_shows_the_findings_first(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A proven version is promoted with one button; the trail names who did it, and the page says so."""
    made = version(database, desk.site.id)
    page = visitor.read(f"/models/versions/{made.id}/promotion")
    assert page.index('class="findings"') < page.index('/promotion" class="fields"')
    assert 'name="sure"' not in page
    assert visitor.send(f"/models/versions/{made.id}/promotion", PAGE).location == PAGE
    assert state(database, made.id) == "champion"
    assert "model.promoted" in [name for name, _ in acts(database)]
    assert "Nadia" in section(visitor.read(PAGE), "incivility")


@pytest.mark.parametrize("findings", [BAD, []], ids=["failed a check", "was never examined"])
def test_what_is_not_proven_is_promoted_only_on_purpose(
    desk: Desk, visitor: Visitor, database: Database, findings: list[dict[str, object]]
) -> None:
    """Without the ticked box nothing changes; with it the version judges."""
    made = version(database, desk.site.id, findings=findings)
    address = f"/models/versions/{made.id}/promotion"
    assert 'name="sure"' in visitor.read(address)
    assert visitor.send(address, PAGE).location == address
    assert state(database, made.id) == "candidate"
    visitor.send(address, PAGE, sure="on")
    assert state(database, made.id) == "champion"


def test_rolling_back_is_one_step(desk: Desk, visitor: Visitor, database: Database) -> None:
    """The champion before judges again, then what ships; with nothing to roll back the page says so."""
    first = version(database, desk.site.id, artifact=b"first", state=ModelState.CHAMPION)
    second = version(database, desk.site.id, artifact=b"second", state=ModelState.CHAMPION)
    states = []
    for _ in range(2):
        assert visitor.send(f"{PAGE}/rollback", PAGE, label="incivility").location == PAGE
        states.append((state(database, first.id), state(database, second.id)))
    assert states == [("champion", "retired"), ("retired", "retired")]
    visitor.send(f"{PAGE}/rollback", PAGE, label="incivility")
    assert "Nothing was changed" in visitor.read(PAGE)
    assert visitor.send(f"{PAGE}/rollback", PAGE, label="taste").status_code == 400


def test_a_version_goes_into_the_shadow_and_is_retired(desk: Desk, visitor: Visitor, database: Database) -> None:
    """From candidate to challenger to retired; what the state does not allow is told and changes nothing."""
    made = version(database, desk.site.id)
    visitor.send(f"/models/versions/{made.id}/shadow", PAGE)
    assert state(database, made.id) == "challenger"
    assert visitor.send(f"/models/versions/{made.id}/shadow", PAGE).location == f"/models/versions/{made.id}"
    assert "Nothing was changed" in visitor.read(f"/models/versions/{made.id}")
    visitor.send(f"/models/versions/{made.id}/retirement", PAGE)
    assert state(database, made.id) == "retired"


def test_training_is_asked_for_once_and_cancelled(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Asking twice is one training; cancelling names it, and one that is over cannot be cancelled."""
    for _ in range(2):
        visitor.send(f"{PAGE}/training", PAGE)
    page = visitor.read(PAGE)
    assert "waits for a worker" in page
    assert "Train now" not in page
    found = re.search(r'name="retraining" value="(\d+)"', page)
    assert found
    visitor.send(f"{PAGE}/training/cancellation", PAGE, retraining=found[1])
    page = visitor.read(PAGE)
    assert "The last training was cancelled" in page
    assert "Train now" in page
    visitor.send(f"{PAGE}/training/cancellation", PAGE, retraining=found[1])
    assert visitor.send(f"{PAGE}/training/cancellation", PAGE, retraining="999").status_code == 404
    assert [name for name, _ in acts(database)] == ["model.retraining_asked", "model.retraining_cancelled"]


def test_progress_is_asked_for_until_the_end(desk: Desk, visitor: Visitor, database: Database) -> None:
    """The part of the page asks for itself while something is under way; then the browser reads the whole page."""
    visitor.send(f"{PAGE}/training", PAGE)
    running = "UPDATE retraining SET state = 'running', stage = 'examples', done = 512, total = 2048"
    with database.session() as session:
        session.execute(text(running))
    asked = visitor.client.get(f"{PAGE}/progress", headers={"HX-Request": "true"})
    assert 'hx-trigger="every' in asked.text
    assert "Reading what moderators decided" in asked.text
    assert 'max="2048" value="512"' in asked.text
    assert "HX-Refresh" not in asked.headers
    with database.session() as session:
        session.execute(text("UPDATE retraining SET state = 'done', finished_at = now()"))
    ended = visitor.client.get(f"{PAGE}/progress", headers={"HX-Request": "true"})
    assert ended.headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in ended.text


def test_what_waits_is_scored_again(desk: Desk, visitor: Visitor, database: Database) -> None:
    """The button asks for it once, and the trail says so."""
    desk.receive("Bonjour à vous")
    visitor.send(f"{PAGE}/scoring", PAGE)
    assert "Waiting comments are scored again" in visitor.read(PAGE)
    assert acts(database) == [("model.rescoring_asked", {"count": 1})]


def test_the_card_comes_as_a_file(desk: Desk, visitor: Visitor, database: Database) -> None:
    """The file holds the card as it is stored."""
    made = version(database, desk.site.id, card={"label": "incivility", "seed": 7})
    response = visitor.client.get(f"/models/versions/{made.id}/card.json")
    assert response.json == {"label": "incivility", "seed": 7}
    assert f"{made.name}.card.json" in response.headers["Content-Disposition"]
    visitor.read("/models/versions/999/card.json", 404)


def test_an_observer_looks_and_acts_nowhere(app: Flask, desk: Desk, database: Database) -> None:
    """Every page opens, without a button; every form and the file of a card answer 403."""
    made = version(database, desk.site.id, findings=BAD)
    visitor = signed_in(app, account(database, "Olga", Role.OBSERVER))
    for path in (PAGE, "/models/shared", f"/models/versions/{made.id}"):
        page = visitor.read(path).partition("<main")[2]
        assert 'method="post"' not in page
        assert "Promote" not in page.replace("Promoted", "")
    for path in ("promotion", "card.json"):
        visitor.read(f"/models/versions/{made.id}/{path}", 403)
    for form in ("training", "training/cancellation", "scoring", "rollback"):
        assert visitor.send(f"{PAGE}/{form}", "/account").status_code == 403
        assert visitor.send(f"/models/shared/{form}", "/account").status_code == 403
    for form in ("shadow", "promotion", "retirement"):
        assert visitor.send(f"/models/versions/{made.id}/{form}", "/account", sure="on").status_code == 403
    assert state(database, made.id) == "candidate"


def test_what_all_sites_share_is_for_who_leads_all_of_them(app: Flask, desk: Desk, database: Database) -> None:
    """An editor of one site reads what is shared, and changes nothing about it."""
    made = version(database, None)
    visitor = signed_in(app, account(database, "Ed", None, {desk.site.id: Role.EDITOR}))
    assert made.name in visitor.read("/models/shared")
    assert "Train now" not in visitor.read("/models/shared")
    assert "Train now" in visitor.read(PAGE)
    assert visitor.send("/models/shared/training", "/account").status_code == 403
    assert visitor.send(f"/models/versions/{made.id}/promotion", "/account", sure="on").status_code == 403
    assert visitor.send(f"{PAGE}/training", "/account").status_code == 303


def test_the_switch_leads_to_each_place(desk: Desk, visitor: Visitor) -> None:
    """The way in goes to the first site; the switch to the chosen one or to what is shared; a foreign name nowhere."""
    assert visitor.client.get("/models").location == PAGE
    assert visitor.client.get("/models?site=lejour").location == PAGE
    assert visitor.client.get("/models?site=*").location == "/models/shared"
    visitor.read("/models?site=nowhere", 404)
    visitor.read("/sites/nowhere/models", 404)
