"""The OpenAPI document and its page."""

import pytest
from flask import Flask


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


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/comments", "/api/v1/nothing", "/health/live"])
def test_every_answer_carries_protecting_headers(app: Flask, path: str) -> None:
    """Pages, data and errors of this face alike forbid scripts, framing, sniffing and caching."""
    headers = app.test_client().get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
