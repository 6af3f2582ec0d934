"""The watch's screen: warnings with what to do, figures as in the report, and what is too little said plainly."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from moderation.dashboard.watch import SHEETS
from moderation.dashboard.watch_words import told
from moderation.database import Database
from moderation.domain.watching import WarningCode
from moderation.domain.words import Label, Role
from moderation.services import sites, watch
from moderation.storage import watch_reports
from moderation.storage.sites import SiteRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk
from tests.moderation.dashboard.people import account, signed_in
from tests.moderation.dashboard.tables import table

WARNINGS: list[dict[str, Any]] = [
    {"code": "scores_drift", "label": "incivility", "psi": 0.31},
    {"code": "languages_drift", "psi": 0.27},
    {"code": "calibration", "label": "incivility", "ece": 0.18},
    {"code": "confirmed_falls", "label": "shouting", "share": 0.5, "before": 0.8},
    {"code": "missed", "label": "off_topic", "share": 0.16, "answers": 100},
    {"code": "people_disagree", "kappa": 0.21, "pairs": 40},
]


def figures(psi: float | None = 0.31) -> dict[str, Any]:
    """Return a report about a site that has seen much; only incivility is judged."""
    scores = {
        "psi": psi, "by_chance": 0.05, "before": 200, "now": 100, "against": "shadow", "since": None, "until": None,
        "before_bins": [100, 50, 50, 0, 0, 0, 0, 0, 0, 0], "now_bins": [10, 10, 30, 50, 0, 0, 0, 0, 0, 0],
    }  # fmt: skip
    tenths = [{"answers": 0, "score": None, "share": None}] * 8
    bins = [{"answers": 80, "score": 0.05, "share": 0.1}, *tenths, {"answers": 40, "score": 0.95, "share": 0.75}]
    calibration = {
        "answers": 120, "audited": 60, "ece": 0.18, "low": 0.1, "high": 0.25, "by_chance": 0.07, "bins": bins,
    }  # fmt: skip
    weeks = [
        {"week": "2026-11-16", "flagged": 10, "confirmed": 8, "audited": 20, "missed": 1},
        {"week": "2026-11-23", "flagged": 0, "confirmed": 0, "audited": 20, "missed": 3},
    ]
    one = {"pairs": 40, "same": 0.6, "kappa": 0.21}
    people = one | {"labels": {"incivility": one | {"kappa": 0.5}}}
    return {
        "labels": {
            "incivility": {"version": "incivility-lejour-0a", "scores": scores, "calibration": calibration,
                           "weeks": weeks},
        },
        "languages": {"psi": 0.27, "by_chance": 0.04, "before": 200, "now": 100,
                      "mix": {"other": [0, 10], "fr": [180, 50], "ar": [20, 40]}},
        "people": people | {"weeks": [one | {"week": "2026-11-16", "same": 0.7}, one | {"week": "2026-11-23"}]},
    }  # fmt: skip


def keep(
    database: Database, site: SiteRecord, warnings: Sequence[dict[str, Any]] = (), ago: int = 1, **more: Any
) -> None:
    """Keep a report that was made some hours ago."""
    with database.session() as session:
        watch_reports.add(session, site.id, figures(**more), warnings, datetime.now(UTC) - timedelta(hours=ago))


def test_before_the_first_report_the_page_says_so(desk: Desk, visitor: Visitor) -> None:
    """Nothing is measured yet: said, and no table is there."""
    page = visitor.read("/watch")
    assert "Nothing is measured yet. The first report comes within the hour." in page
    assert "<table" not in page


def test_a_site_that_has_seen_little_is_told_plainly(desk: Desk, visitor: Visitor, database: Database) -> None:
    """The report of one scored comment: everything says how much is missing, nothing warns, no picture is drawn."""
    desk.receive("Clair.", "c-1", (0.1, 0.1, 0.1))
    watch.report_all(database, datetime.now(UTC))
    page = visitor.read("/watch")
    assert "All calm: nothing to warn of." in page
    assert page.count("Not enough yet") == 3 + 3 + 4
    assert "Not enough yet: 1 comments in 7 days, 0 before; 100 each are needed." in page
    assert "data-drawing" not in page
    assert visitor.client.get("/watch/people.csv").status_code == 200


def test_every_warning_has_words_and_advice(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Each code is a sentence with its figures, something to do, and a link to its sheet, in both languages."""
    keep(database, desk.site, WARNINGS)
    page = visitor.read("/watch")
    for sentence in (
        "Incivility: the scores have moved (index 0.31).",
        "The mix of languages has moved (index 0.27).",
        "Incivility: scores are 18% off on average.",
        "Shouting: moderators confirm 50% of the flags, 80% before.",
        "Off topic: found in 16% of the clear comments (100 read).",
        "Moderators agree little on the same texts (kappa 0.21, 40 texts).",
    ):
        assert sentence in page, sentence
    assert page.count('<li class="notice">') == len(WARNINGS) == len(WarningCode)
    visitor.send("/preferences", "/watch", language="fr")
    french = visitor.read("/watch")
    assert "Incivilité\N{NO-BREAK SPACE}: les scores ont bougé (indice 0,31)." in french
    assert "relancez l’apprentissage" in french
    assert "sur 40 textes" in french


def test_a_code_of_another_version_is_passed_over(app: Flask, desk: Desk, visitor: Visitor, database: Database) -> None:
    """A report with a code that this version does not know is shown without it."""
    keep(database, desk.site, [{"code": "unheard_of", "x": 1}])
    assert "unheard_of" not in visitor.read("/watch")
    with app.test_request_context():
        assert told({"code": "unheard_of"}) is None


def test_the_figures_are_those_of_the_report(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Tables hold shares and counts of the report; labels without figures have no sheet; each table is a file."""
    keep(database, desk.site, WARNINGS)
    page = visitor.read("/watch")
    assert [row[1:] for row in table(page, "scores-incivility")][:4] == [
        ["0.5", "0.1"], ["0.25", "0.1"], ["0.25", "0.3"], ["0.0", "0.5"],
    ]  # fmt: skip
    assert "A large shift: index 0.31 (PSI)." in page
    assert table(page, "calibration-incivility")[0][1:] == ["0.05", "0.1", "80"]
    assert table(page, "calibration-incivility")[1][1:] == ["", "", "0"]
    assert "Scores are 18% off on average (95% interval: 10% to 25%). Up to 7% would be chance." in page
    assert [row[1:] for row in table(page, "confirmed")] == [
        ["", "", "0.8", "0", "0", "10"],
        ["", "", "", "0", "0", "0"],
    ]
    assert [row[1:] for row in table(page, "missed")] == [["0", "0", ""], ["0", "0", ""], ["40", "4", "0.1"]]
    assert [row[1:] for row in table(page, "people")] == [
        ["40", "0.6", "0.21"], ["", "", ""], ["", "", ""], ["40", "0.6", "0.5"],
    ]  # fmt: skip
    assert [row[1:] for row in table(page, "people-weeks")] == [["0.7", "40", "0.21"], ["0.6", "40", "0.21"]]
    assert [row[0] for row in table(page, "languages")] == ["French", "Arabic", "Other languages"]
    assert [row[1:] for row in table(page, "languages")] == [["0.9", "0.5"], ["0.1", "0.4"], ["0.0", "0.1"]]
    assert "incivility-lejour-0a" in page
    for key in SHEETS:
        there = f'id="{key}"' in page
        assert there is (key not in {"scores-shouting", "scores-off_topic", "calibration-shouting",
                                     "calibration-off_topic", "course"})  # fmt: skip
        status = visitor.client.get(f"/watch/{key}.csv?site=lejour").status_code
        assert status == (200 if there else 404), key
    assert file_rows(visitor, "languages")[1] == ["French", "0.9", "0.5"]
    visitor.read("/watch/nothing.csv", status=404)


def file_rows(visitor: Visitor, key: str) -> list[list[str]]:
    """Download one table of the watch."""
    answer = visitor.client.get(f"/watch/{key}.csv?site=lejour")
    assert answer.mimetype == "text/csv"
    assert f"watch-{key}.csv" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))


def test_the_course_has_one_point_a_day(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Reports of three days are three points; a day without enough comments has none."""
    for ago, psi in ((50, 0.1), (49, 0.15), (26, None), (1, 0.31)):
        keep(database, desk.site, ago=ago, psi=psi)
    drawn = [row[1:] for row in table(visitor.read("/watch"), "course")]
    assert drawn[-1] == ["", "", "0.31"]
    assert ["", "", "0.15"] in drawn
    assert len(drawn) == len({(datetime.now(UTC) - timedelta(hours=ago)).date() for ago in (50, 49, 26, 1)})


def test_sites_out_of_reach_are_not_shown(app: Flask, desk: Desk, database: Database) -> None:
    """An observer of one site sees its report, and neither name nor warnings of another."""
    with database.session() as session:
        far = sites.create(session, "autre", "Une autre rédaction")
    keep(database, far, WARNINGS)
    keep(database, desk.site)
    visitor = signed_in(app, account(database, "Olga", None, {desk.site.id: Role.OBSERVER}))
    page = visitor.read("/watch")
    assert "All calm" in page
    assert "autre" not in page
    visitor.read("/watch?site=autre", status=404)
    assert visitor.client.get("/watch/people.csv?site=autre").status_code == 404


def test_the_site_that_has_warnings_comes_first(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Of several sites one with warnings is shown first; from another one a line leads to it."""
    with database.session() as session:
        other = sites.create(session, "autre", "Une autre rédaction")
    keep(database, desk.site)
    keep(database, other, WARNINGS[:2])
    assert "Incivility: the scores have moved" in visitor.read("/watch")
    page = visitor.read("/watch?site=lejour")
    assert "All calm" in page
    assert '<a href="/watch?site=autre">2 warnings: <bdi>Une autre rédaction</bdi></a>' in page


@pytest.mark.parametrize(("role", "seen"), [(Role.MODERATOR, False), (Role.EDITOR, True)])
def test_editors_are_told_on_other_screens(app: Flask, desk: Desk, database: Database, role: Role, seen: bool) -> None:
    """A quiet line beside the review queue and on the statistics leads editors to the warnings there are."""
    desk.receive("Grossier.", "c-1")
    visitor = signed_in(app, account(database, "Edda", role))
    keep(database, desk.site, WARNINGS, ago=2)
    for path in ("/", "/?view=list", "/statistics"):
        assert ('href="/watch"' in visitor.read(path).split("</header>", 1)[1]) is seen, path
    assert ("The watch over the models has 6 warnings." in visitor.read("/statistics")) is seen
    keep(database, desk.site)
    for path in ("/", "/statistics"):
        assert 'href="/watch"' not in visitor.read(path).split("</header>", 1)[1], path


def test_labels_have_sheets(desk: Desk) -> None:
    """Each label has its sheet of scores and of calibration."""
    assert {f"{kind}-{label}" for kind in ("scores", "calibration") for label in Label} <= set(SHEETS)
