"""Every route has its guard, every answer its headers."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from moderation.dashboard.access import OPEN_ENDPOINTS
from moderation.dashboard.protection import HEADERS
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk


def routes(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Yield each route of the dashboard with a method and an address that fits it."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("dashboard."):
            values = {"comment_id": 1, "name": "look.css"}
            path = adapter.build(rule.endpoint, {name: values.get(name, 1) for name in rule.arguments})
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                yield rule, method, path


def test_there_are_routes_to_walk(app: Flask) -> None:
    """The walks below meet the screens that exist."""
    assert {rule.endpoint for rule, _, _ in routes(app)} >= {
        "dashboard.queue.index",
        "dashboard.comment.show",
        "dashboard.comment.decide",
        "dashboard.sign_in.leave",
        *OPEN_ENDPOINTS,
    }


def test_every_route_refuses_strangers(app: Flask) -> None:
    """Without a session every route that is not meant for strangers leads to the sign-in page."""
    for rule, method, path in routes(app):
        response = app.test_client().open(path, method=method)
        if rule.endpoint not in OPEN_ENDPOINTS:
            assert response.status_code == 303, path
            assert response.location.startswith("/sign-in"), path


def test_every_form_needs_its_token(app: Flask, visitor: Visitor, desk: Desk) -> None:
    """Every route that changes something refuses a form without its session's token, also when signed in."""
    desk.receive("Bonjour à tous")
    forms = [(rule, path) for rule, method, path in routes(app) if method == "POST"]
    assert len(forms) >= 4
    for _, path in forms:
        for data in ({}, {"csrf_token": "forged"}, {"csrf_token": Visitor(app.test_client()).token()}):
            assert visitor.client.post(path, data=data).status_code == 400, path
    assert desk.status() == "in_review"


def test_every_answer_carries_the_headers(app: Flask, visitor: Visitor, desk: Desk) -> None:
    """Pages, forms, refusals, faults and static files all carry the strict headers; pages are never stored."""
    desk.receive("Bonjour à tous")
    answers = [client.open(path, method=method)
               for _, method, path in routes(app) for client in (app.test_client(), visitor.client)]  # fmt: skip
    answers += [visitor.client.get(path) for path in ("/nowhere", "/comments/999", "/comments/x", "/?site=none")]
    for response in answers:
        assert dict(response.headers).items() >= HEADERS.items(), response.request.path
        if not response.request.path.startswith("/static/"):
            assert response.headers["Cache-Control"] == "no-store", response.request.path


def test_policy_allows_nothing_inline() -> None:
    """The content security policy allows our own files only."""
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "*" not in policy


def test_pages_hold_no_inline_code(visitor: Visitor, desk: Desk) -> None:
    """No page has a style attribute, an event attribute, an inline script or an address outside this site."""
    number = desk.receive("Bonjour à tous")
    for path in ("/", f"/comments/{number}", "/keys", "/?reason=audit"):
        page = visitor.read(path)
        assert not any(
            word in page for word in (" style=", " onclick=", "<style", "javascript:", "https://", "http://")
        )
        assert page.count("<script") == page.count('<script src="/static/dashboard/')


def test_the_machine_api_is_left_alone(app: Flask, stranger: Visitor) -> None:
    """A POST to the API is answered by the API: no form token is asked for, no page is shown."""
    response = stranger.client.post("/api/v1/comments", json=[])
    assert response.status_code == 401
    assert response.content_type == "application/problem+json"
    assert stranger.client.get("/api/v1/nowhere").content_type == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/comments/999999999999999999999999", "/comments/", "/static/nothing.css"]
)
def test_unknown_addresses_get_a_kind_page(visitor: Visitor, path: str) -> None:
    """What does not exist is told with a page in the reader's language and a way back."""
    page = visitor.read(path, status=404)
    assert "There is nothing here" in page
    assert "To the review queue" in page


def test_static_files_are_kept_only_under_their_digest(visitor: Visitor, app: Flask) -> None:
    """A file named with its digest may be kept for ever; the same file without it is asked for again."""
    page = visitor.read("/")
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "?v=" in address
    kept = visitor.client.get(address)
    assert kept.headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert "Set-Cookie" not in kept.headers
    assert "immutable" not in visitor.client.get(address.partition("?")[0]).headers["Cache-Control"]
    for path in ("../__init__.py", "%2e%2e/__init__.py", "nothing.js"):
        assert visitor.client.get(f"/static/dashboard/{path}").status_code == 404
