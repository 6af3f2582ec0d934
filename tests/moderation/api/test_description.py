"""The OpenAPI document, and that the API does what it says."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import ignored_auth, missing_required_header, unsupported_method

from tests.moderation.api.conftest import Caller


@pytest.fixture
def served(app: Flask, caller: Caller) -> Any:
    """Return the document as schemathesis reads it, and keep a key for its requests."""
    app.config["TEST_KEY"] = caller.key
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


schema = schemathesis.pytest.from_fixture("served")


@schema.parametrize()
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_api_does_what_its_document_says(case: schemathesis.Case, caller: Caller) -> None:
    """Generated requests, right and wrong, get the statuses, types and bodies that the document promises."""
    case.call_and_validate(
        headers={"Authorization": f"Bearer {caller.key}"},
        excluded_checks=[ignored_auth, missing_required_header, unsupported_method],
    )


def test_the_document_names_every_route_of_the_api(app: Flask) -> None:
    """No route under /api/v1 but the description's own is left out of the document."""
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    described = {path.replace("{", "<path:").replace("}", ">") for path in document["paths"]}
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    own = {"/api/v1/openapi.json", "/api/v1/docs", "/api/v1/static/<path:filename>"}
    assert routes - own == described


def test_the_page_shows_every_operation_and_no_inline_code(app: Flask) -> None:
    """The browsable page lists each operation and schema, and needs neither script nor inline style."""
    client = app.test_client()
    page = client.get("/api/v1/docs").text
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    assert "<script" not in page
    assert "style=" not in page
    with client.get("/api/v1/static/docs.css") as sheet:
        assert sheet.status_code == 200
