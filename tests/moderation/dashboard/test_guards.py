"""Every route under every role: nobody does what the role does not allow, nobody sees another site."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from moderation.database import Database
from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Role, Verdict
from moderation.services import decisions, sites
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.review import one_of_site
from moderation.storage.second_judgements import SecondJudgementRecord
from moderation.storage.sites import SiteRecord
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.models_desk import version
from tests.moderation.dashboard.people import account, signed_in

OWN = ("account", "second_factor", "joining", "sign_in", "preferences", "asset")  # everybody's: about oneself only
OWN_LISTS = ("filters",)  # what every reader keeps for oneself
OPEN_TO_ALL = {"dashboard.queue.keys"}  # shows nothing of any site
SECRET = "Gazette du Nord"  # the name of the site that is out of reach
TEXT = "Une phrase que nul autre ne doit lire"


@pytest.fixture
def far(database: Database) -> Desk:
    """Return a site with an article, a commenter and a comment that waits."""
    with database.session() as session:
        far = Desk(database, sites.create(session, "gazette", SECRET))
    article = SubmittedArticle("a-1", f"Titre de {SECRET}", "Un article.")
    far.receive(TEXT, article=article, author_id="u-1", author_name=f"Lecteur de {SECRET}")
    return far


@pytest.fixture
def values(far: Desk, database: Database) -> dict[str, Any]:
    """Return what the arguments of every address may name: real things of the site that is out of reach."""
    judgement = second_look(database, far)
    with database.session() as session:
        row = one_of_site(session, far.site.id, "c-1")
        assert row
        assert row.article
        assert row.commenter
        return {
            "comment_id": row.comment.id,
            "article_id": row.article.id,
            "commenter_id": row.commenter.id,
            "moderator_id": account(database, "Target", Role.MODERATOR).id,
            "slug": "gazette",
            "version_id": version(database, far.site.id).id,
            "name": "look.css",
            "judgement_id": judgement,
            "token": "x",
        }


def second_look(database: Database, far: Desk) -> int:
    """Have somebody decide about another comment of that site, and a second look asked for; return its id."""
    key = far.receive(f"{TEXT}, deux fois", "c-2")
    with database.session() as session:
        session.get_one(SiteRecord, far.site.id).learning = {"second_share": 1.0}
    first = account(database, "First", Role.MODERATOR)
    with database.session() as session:
        decisions.by_moderator(session, first, key, 1, Verdict.REJECT, chance=0.0)
        return session.query(SecondJudgementRecord).one().id


def routes(app: Flask, values: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield method, address and endpoint of every route that is not about oneself."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        parts = rule.endpoint.split(".")
        if parts[0] == "dashboard" and parts[1] not in OWN and rule.endpoint not in OPEN_TO_ALL:
            given = {name: values.get(name, 1) for name in rule.arguments}
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                yield method, adapter.build(rule.endpoint, given), rule.endpoint


def answers(app: Flask, who: ModeratorRecord, values: dict[str, Any]) -> dict[tuple[str, str], tuple[int, str]]:
    """Ask every route, with a form that says nothing, and return status and page."""
    visitor = signed_in(app, who)
    token = visitor.token("/account")
    found = {}
    for method, path, endpoint in routes(app, values):
        data = {"csrf_token": token} if method == "POST" else None
        response = visitor.client.open(path, method=method, data=data)
        found[endpoint, method] = (response.status_code, response.text)
    return found


def _changes(key: tuple[str, str]) -> bool:
    """Say whether a route changes more than what one keeps for oneself."""
    return key[1] != "GET" and key[0].split(".")[1] not in OWN_LISTS


def test_an_account_without_any_role_is_refused_everywhere(
    app: Flask, database: Database, values: dict[str, Any]
) -> None:
    """Without a role every route that is not about oneself answers 403, or 404 where the thing itself is hidden."""
    found = answers(app, account(database, "Nobody"), values)
    assert len(found) >= 15
    assert {key: status for key, (status, _) in found.items() if status not in (403, 404)} == {}


def test_an_observer_changes_nothing(app: Flask, database: Database, values: dict[str, Any], far: Desk) -> None:
    """An observer of every site is refused wherever something is changed."""
    found = answers(app, account(database, "Olga", Role.OBSERVER), values)
    assert {key: s for key, (s, _) in found.items() if _changes(key) and s not in (403, 404)} == {}
    assert far.status() == "in_review"


def test_another_site_is_out_of_reach(
    app: Flask, database: Database, values: dict[str, Any], far: Desk, desk: Desk
) -> None:
    """An administrator of one site changes nothing on another, and no page shows its name, its people or its texts."""
    desk.receive("Un commentaire proche.", "c-near")
    found = answers(app, account(database, "Ada", None, {desk.site.id: Role.ADMINISTRATOR}), values)
    shown = {key for key, (_, page) in found.items() if SECRET in page or TEXT in page}
    assert shown == set()
    about = {rule.endpoint for rule in app.url_map.iter_rules() if set(rule.arguments) & set(values)}
    reached = {
        key: status
        for key, (status, _) in found.items()
        if key[0] in about and key[0].split(".")[1] not in OWN_LISTS and status not in (403, 404)
    }
    assert reached == {}


def test_more_of_a_role_is_never_refused_what_less_was_allowed(
    app: Flask, database: Database, values: dict[str, Any], broker: Redis
) -> None:
    """From observer to administrator each role is refused fewer routes, and the administrator is refused none."""
    refused = []
    for role in (Role.OBSERVER, Role.MODERATOR, Role.EDITOR, Role.ADMINISTRATOR):
        found = answers(app, account(database, role.title(), role), values)
        assert {key: status for key, (status, _) in found.items() if status >= 500} == {}
        refused.append({key for key, (status, _) in found.items() if status == 403})
    assert refused[0] >= refused[1] >= refused[2] >= refused[3] == set()
    assert ("dashboard.accounts.index", "GET") in refused[2]


def test_the_walk_sees_a_route_without_a_guard(app: Flask, database: Database, values: dict[str, Any]) -> None:
    """A route that forgets to ask is found by the walk."""
    app.add_url_rule("/forgotten", "dashboard.forgotten.index", lambda: "anybody reads this")
    found = answers(app, account(database, "Nobody"), values)
    assert found["dashboard.forgotten.index", "GET"][0] == 200


def test_lists_and_counts_hold_only_the_sites_of_the_account(
    app: Flask, database: Database, far: Desk, desk: Desk
) -> None:
    """The queue, its counts and the switch of sites show the sites that the account reads, and no other."""
    near = desk.receive("Un commentaire proche.", "c-near")
    visitor = signed_in(app, account(database, "Mona", None, {desk.site.id: Role.MODERATOR}))
    page = visitor.read("/?view=list")
    assert "Un commentaire proche." in page
    assert TEXT not in page
    assert '<option value="gazette"' not in page
    assert visitor.read("/?site=gazette", status=404)
    assert visitor.read(f"/comments/{near}")
    assert visitor.read(f"/comments/{far.id_of('c-1')}", status=404)
    assert visitor.decide(far.id_of("c-1"), verdict="publish").status_code == 403
    assert far.status() == "in_review"


def test_an_observer_of_one_site_decides_there_nothing(app: Flask, database: Database, desk: Desk, far: Desk) -> None:
    """Moderator here, observer there: the decision counts here and is refused there."""
    here = desk.receive("Un commentaire proche.", "c-near")
    roles = {desk.site.id: Role.MODERATOR, far.site.id: Role.OBSERVER}
    visitor = signed_in(app, account(database, "Mona", None, roles))
    assert TEXT in visitor.read(f"/comments/{far.id_of('c-1')}")
    assert visitor.decide(far.id_of("c-1"), verdict="publish").status_code == 403
    assert visitor.decide(here, verdict="publish").status_code == 303
    assert (far.status(), desk.status("c-near")) == ("in_review", "published")
