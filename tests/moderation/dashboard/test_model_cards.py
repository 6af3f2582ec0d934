"""The page of a version: its findings in words, its figures, guards and whose examples weigh what."""

import re
from typing import Any

import pytest
from flask import Flask

from classifiers.learning.finding import CODES
from moderation.dashboard import model_findings
from moderation.database import Database
from moderation.domain import shadowing
from moderation.domain.words import Role
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.models_desk import BAD, CARD, GOOD, version
from tests.moderation.dashboard.people import account, signed_in
from tests.moderation.dashboard.settings_desk import role


@pytest.fixture(autouse=True)
def editor(nadia: ModeratorRecord, database: Database) -> None:
    """Make Nadia an editor of every site."""
    role(database, nadia, Role.EDITOR)


def rows(page: str, title: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without markup."""
    section = re.search(rf">{re.escape(title)}</h2>(.*?)</section>", page, re.S)
    assert section, title
    body = section[1].partition("<tbody>")[2]
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in body.split("<tr")[1:]
    ]


def test_every_code_has_its_sentences() -> None:
    """What learning and the shadow may find is said in words, in favour and against."""
    shadow = {shadowing.FLOODS, shadowing.UNJUDGED, shadowing.CHANGED, shadowing.REFUSED, shadowing.ANOTHER}
    assert set(model_findings.SENTENCES) == {*CODES, *shadow, "imported"}


def test_every_sentence_finds_its_figures(app: Flask) -> None:
    """With the figures that come with it no code falls back to its bare figures, in either language."""
    tally = shadowing.ShadowTally(100, 7, 10, 40).figures()
    asked: list[dict[str, Any]] = [
        *GOOD,
        *({"code": code, "figures": tally} for code in (shadowing.FLOODS, shadowing.UNJUDGED, shadowing.CHANGED)),
        {"code": shadowing.REFUSED, "figures": {"why": "wrong hash"}},
        {"code": "imported", "figures": {"from": "another newsroom"}},
        {"code": shadowing.ANOTHER, "figures": {"challenger": "incivility-lejour-1"}},
    ]
    asked[7] = {"code": "burst", "figures": {"moderator": "1", "rows": 60.0, "auc": 0.2, "others": 0.8, "asked": 1.0}}
    for language in ("fr", "en"):
        with app.test_request_context(headers={"Accept-Language": language}):
            for passed in (True, False):
                for said in model_findings.told([one | {"passed": passed} for one in asked], {1: "Nadia"}):
                    assert not said.sentence.startswith(f"{said.code}:"), said
                    assert "%(" not in said.sentence


def test_the_page_tells_before_and_after(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Figures before and after on the same later decisions, with the interval, and the trade-off in a sentence."""
    made = version(database, desk.site.id, findings=GOOD, card=CARD)
    page = visitor.read(f"/models/versions/{made.id}")
    first, *others = rows(page, "On later decisions")
    assert first[1:] == ["0.812", "0.873", "+0.061", "+0.021 to +0.104"]
    assert [row[1:3] for row in others] == [["0.441", "0.392"], ["0.081", "0.064"]]
    assert "The trade-off: +0.061 AUC" in page
    assert "Measured on the last 102 decisions" in page
    assert made.sha256 in page
    assert "Sep 21, 2026 and Nov 18, 2026" in page


def test_a_guard_that_broke_is_marked(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Guards have their names in words; one that lost too much is marked, one that does not rule is kept apart."""
    made = version(database, desk.site.id, findings=GOOD, card=CARD)
    page = visitor.read(f"/models/versions/{made.id}")
    names = [row[0] for row in rows(page, "Guards: what must not get worse")]
    assert names[:2] == [
        "Functional tests: French – share judged rightly",
        "Language: French – share judged rightly",
    ]
    assert re.findall(r'<tr class="wrong"><th scope="row"><bdi>([^<]+)', page) == [names[0]]
    assert len(rows(page, "Also looked at: too few sentences each to rule")) == 1


def test_people_are_named_for_those_who_lead(app: Flask, desk: Desk, visitor: Visitor, database: Database) -> None:
    """An editor sees whose examples weigh what, by name; an observer sees neither names nor numbers of people."""
    made = version(database, desk.site.id, findings=BAD, card=CARD)
    address = f"/models/versions/{made.id}"
    page = visitor.read(address)
    assert rows(page, "Whose examples weigh what") == [["999", "212", "53%"], ["Nadia", "300", "47%"]]
    assert "The decisions of Nadia contradict" in page
    observed = signed_in(app, account(database, "Olga", Role.OBSERVER)).read(address)
    assert "Whose examples" not in observed
    assert "Nadia" not in observed.partition("<main")[2]
    assert "The decisions of one moderator contradict" in observed
    assert "never_heard_of: gain -0.012, low_share 25%, moderator one moderator" in observed
    assert rows(observed, "How these comments came before a person")[0] == ["The policy held it", "400", "60%"]


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"examples": None, "guards": [], "fitting": 3},
        {"examples": {"first": "x", "last": 1e30, "moderators": [1], "routes": {"queue": 5}}, "guards": {"a": 1}},
        {"guards": {"language xx: auc": {"rows": None, "change": "much", "rules": True}}},
    ],
)
def test_a_strange_card_breaks_no_page(desk: Desk, visitor: Visitor, database: Database, card: dict[str, Any]) -> None:
    """Whatever an imported card holds, the page opens."""
    findings: list[dict[str, Any]] = [{"code": "gain", "passed": True, "figures": {"champion": "x"}}, {"code": "burst"}]
    made = version(database, desk.site.id, findings=findings, card=card)
    assert made.name in visitor.read(f"/models/versions/{made.id}")


def test_the_picture_needs_two_versions(desk: Desk, visitor: Visitor, database: Database) -> None:
    """One version is no history; with two there is a picture, and its words name both with their figures."""
    first = version(database, desk.site.id, artifact=b"1", findings=GOOD)
    assert 'role="img"' not in visitor.read("/sites/lejour/models")
    second = version(database, desk.site.id, artifact=b"2", findings=GOOD)
    page = visitor.read("/sites/lejour/models")
    assert f'aria-label="AUC by version: {first.name} 0.873, {second.name} 0.873"' in page
    assert page.count('<circle class="after') == 2


def test_pages_about_models_hold_no_inline_code(desk: Desk, visitor: Visitor, database: Database) -> None:
    """No style attribute, no event attribute, no inline script, no address outside this site."""
    made = version(database, desk.site.id, findings=BAD, card=CARD)
    visitor.send("/sites/lejour/models/training", "/account")
    for path in ("/sites/lejour/models", f"/models/versions/{made.id}", f"/models/versions/{made.id}/promotion"):
        page = visitor.read(path)
        assert not any(
            word in page for word in (" style=", " onclick=", "<style", "javascript:", "https://", "http://")
        )
        assert page.count("<script") == page.count('<script src="/static/dashboard/')
