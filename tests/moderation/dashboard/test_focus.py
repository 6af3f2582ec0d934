"""One comment in focus: what stands around it, who reads it, and what is offered next."""

import json
import re
from html import unescape

import pytest
from flask import Flask

from moderation.database import Database
from moderation.domain.words import Role
from moderation.services import attention, moderators
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.remarks import ReportSource
from moderation.storage.sites import SiteRecord
from tests.moderation.dashboard.conftest import PASSWORD, Visitor
from tests.moderation.dashboard.desk import Desk, scene


def another(app: Flask, database: Database, name: str, role: Role = Role.MODERATOR) -> Visitor:
    """Return somebody else, signed in, in another browser."""
    with database.session() as session:
        moderators.create(session, f"{name}@example.org", name.title(), PASSWORD, role).language = "en"
    visitor = Visitor(app.test_client())
    assert visitor.sign_in(f"{name}@example.org").status_code == 303
    return visitor


def writer(page: str) -> str:
    """Return whose comment is in focus."""
    found = re.search(r'<h2 id="title"[^>]*>(?:<bdi[^>]*>)?([^<]*)', page)
    assert found, page
    return found[1]


def counts(page: str) -> dict[str, str]:
    """Return the queues of the rail with their counts."""
    rail = page[page.index('<nav class="rail"') : page.index("</nav>", page.index('<nav class="rail"'))]
    names = re.findall(r'class="name">(?:<span class="dot"[^>]*></span>)?([^<]+)<', rail)
    return dict(zip(names, re.findall(r'class="count">([\d,]+)<', rail), strict=True))


def test_the_first_free_comment_is_in_focus(
    desk: Desk, visitor: Visitor, app: Flask, database: Database, nadia: ModeratorRecord
) -> None:
    """The start page shows the oldest comment that nobody reads; a colleague is shown the one after it."""
    desk.play(scene())
    assert writer(visitor.read("/")) == "Goéland du large"
    samir = another(app, database, "samir")
    assert writer(samir.read("/")) == "M. Kerdoncuff"
    page = samir.read("/comments/1")
    assert "Nadia is reading this." in page
    assert "data-beat" not in page
    assert writer(visitor.read("/?reason=off_topic")) == "Affaires 2000"


def test_the_rail_counts_every_queue(desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database) -> None:
    """Each reason has its queue with its count and the age of its oldest comment."""
    desk.play(scene())
    desk.receive("Presque", "near", scores=(0.1, 0.1, 0.45), audit=True)
    with database.session() as session:
        attention.report(session, desk.site.id, "c-01", ReportSource.READER, "rude", None)
        attention.report(session, desk.site.id, "c-02", ReportSource.AUTHOR, "unfair", None)
        attention.escalate(session, 3, nadia.id, "")
    page = visitor.read("/")
    assert counts(page) == {
        "All": "9", "Shouting": "2", "Off topic": "0", "Incivility": "3", "Several": "1", "Uncertain": "1",
        "Could not be scored": "1", "Reader reports": "1", "Audit sample": "3", "For learning": "0", "Appeals": "1",
        "Escalated": "1",
    }  # fmt: skip
    assert "for 1h" in page
    expected = {"uncertain": "near", "reports": "c-01", "appeals": "c-02", "escalated": "c-03"}
    for reason, key in expected.items():
        assert f'id="c{desk.id_of(key)}"' in visitor.read(f"/?view=list&reason={reason}")


def test_everything_to_judge_by_is_there(
    desk: Desk, visitor: Visitor, nadia: ModeratorRecord, database: Database
) -> None:
    """Meters with a sentence each, the thread, the policy's own answer, reports, notes, and the nearest sentence."""
    desk.play(scene())
    with database.session() as session:
        attention.report(session, desk.site.id, "c-05", ReportSource.READER, "<b>rude</b>", None)
        attention.note(session, 5, nadia.id, "déjà <i>averti</i>")
    page = visitor.read("/comments/5")
    assert page.count('<p class="reason">') == 3
    assert page.count('class="tick"') == 3
    assert "Without a person the policy would keep it waiting, unpublished: Shouting, Incivility reached" in page
    assert "After it, under the same article" in page
    assert "⚓ Ancre" in page
    assert "&lt;b&gt;rude&lt;/b&gt;" in page
    assert "déjà &lt;i&gt;averti&lt;/i&gt;" in page
    assert '<p class="nearest">Stays half on the tram.' in page
    assert 'value="shouting" checked' in page
    assert 'value="off_topic" checked' not in page
    audit = visitor.read("/comments/4")
    assert "Without a person the policy would publish it: no score reaches its threshold." in audit
    assert "Without scores the policy decides nothing" in visitor.read("/comments/8")


def test_what_teaches_waits_in_its_own_queue_and_says_why(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A clear comment that was chosen is not the audit sample: its own queue, a chip, and the reason with figures."""
    with database.session() as session:
        site = session.get_one(SiteRecord, desk.site.id)
        site.policy = site.policy | {"learn_share": 0.5}
    for number in range(12):
        desk.receive(f"Nouille {number}", f"held-{number}", scores=(0.1, 0.1, 0.9))
        desk.receive(f"Bof {number}", f"near-{number}", scores=(0.1, 0.1, 0.472))
    page = visitor.read("/?reason=learning")
    assert int(counts(page)["For learning"]) >= 1
    assert counts(page)["Audit sample"] == "0"
    assert "Bof" in page
    assert re.search(
        r"Chosen because your answer teaches the model: incivility 47.2\xa0%, near the threshold of 50\xa0%,"
        r" and scored like \d+ of the last \d+ clear comments.",
        page,
    )
    assert 'your answer teaches the model">For learning</span>' in page
    assert "Without a person the policy would publish it: no score reaches its threshold." in page


def test_an_observer_reads_without_claiming(desk: Desk, visitor: Visitor, app: Flask, database: Database) -> None:
    """Who may only read has no form, holds nothing, and may not act."""
    desk.play(scene())
    olga = another(app, database, "olga", Role.OBSERVER)
    page = olga.read("/comments/1")
    assert "Your role lets you read here, not decide." in page
    assert "data-decision" not in page
    assert "data-decision" not in olga.read("/?view=list")
    assert writer(visitor.read("/")) == "Goéland du large"
    for act in ("decision", "skip", "escalate", "notes", "claim", "release"):
        answer = olga.send(f"/comments/1/{act}", "/keys", verdict="publish", revision=1, note="x")
        assert answer.status_code == 403, act
    assert desk.status("c-01") == "in_review"


def test_claims_are_taken_renewed_and_given_up(desk: Desk, visitor: Visitor, app: Flask, database: Database) -> None:
    """The heartbeat renews the claim as a piece of the page; giving it up leaves the comment to a colleague."""
    number = desk.receive("Quelle nouille !")
    samir = another(app, database, "samir")
    visitor.read(f"/comments/{number}")
    token, piece = visitor.token("/keys"), {"HX-Request": "true"}
    beat = visitor.client.post(f"/comments/{number}/claim", headers=piece | {"X-CSRFToken": token})
    assert beat.status_code == 200
    assert "<html" not in beat.text
    assert "data-beat" in beat.text
    assert "Nothing waits for you" in samir.read("/")
    assert "What is left is being read by colleagues" in samir.read("/")
    released = visitor.client.post(f"/comments/{number}/release", headers=piece | {"X-CSRFToken": token})
    assert "Claim it" in released.text
    assert 'id="title"' in samir.read("/")
    refused = visitor.client.post(f"/comments/{number}/claim", headers=piece | {"X-CSRFToken": token})
    assert "Samir is reading this." in refused.text
    assert visitor.send(f"/comments/{number}/release", "/keys").location == "/?view=list"
    assert visitor.client.post(f"/comments/{number}/claim", headers=piece).status_code == 400


def test_new_arrivals_are_counted(desk: Desk, visitor: Visitor) -> None:
    """The page asks how many came since it was made: nothing at first, then a button that shows them."""
    desk.receive("Un", "c-1")
    page = visitor.read("/")
    found = re.search(r'hx-get="(/arrivals\?since=\d+)"', page)
    assert found
    assert visitor.read(found[1]).strip() == ""
    for number in range(2, 5):
        desk.receive(f"Texte {number}", f"c-{number}")
    told = visitor.read(found[1])
    assert "3 new" in told
    shown = re.search(r'href="(/[^"]+)"', told)
    assert shown
    listed = visitor.read(unescape(shown[1]))
    assert re.findall(r'id="c(\d+)"', listed) == ["2", "3", "4"]
    assert visitor.read(found[1] + "&reason=shouting").strip() == ""


@pytest.mark.parametrize(("level", "veiled"), [("", False), ("80", True), ("90", True)])
def test_harsh_texts_are_blurred_for_those_who_want_it(desk: Desk, visitor: Visitor, level: str, veiled: bool) -> None:
    """From the chosen incivility on, a text is veiled until a box is ticked: in focus, list and thread."""
    number = desk.receive("Quelle nouille !", scores=(0.1, 0.1, 0.9))
    desk.receive("Bonjour", "c-2", scores=(0.1, 0.1, 0.6), parent_id="c-1")
    visitor.send("/preferences/comfort", "/preferences", veil_from=level, time_zone="UTC", break_minutes="0")
    for path, expected in (("/comments/1", 1), ("/comments/2", 1), ("/?view=list", 1)):
        assert visitor.read(path).count('<div class="veil">') == expected * veiled, path
    assert number == 1


def test_the_script_s_settings_forbid_inline_code(desk: Desk, visitor: Visitor) -> None:
    """The exchange of parts needs no inline style or eval, and keeps no comment in the browser's storage."""
    found = re.search(r'name="htmx-config" content=\'([^\']+)\'', visitor.read("/"))
    assert found
    config = json.loads(found[1])
    assert [config[name] for name in ("includeIndicatorStyles", "allowEval", "allowScriptTags")] == [False] * 3
    assert config["historyCacheSize"] == 0
