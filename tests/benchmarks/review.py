"""How fast the review screen is with a large newspaper behind it: prints one JSON object. Not a test; asserts nothing.

Run it with `make bench-review`. 200,000 comments, 5,000 of them waiting, on a PostgreSQL and a web server of its own.
"""

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from moderation.cli.programs import web_command
from moderation.database import Database
from moderation.domain.words import Role
from moderation.embedded import EmbeddedPostgres, EmbeddedValkey
from moderation.services import moderators
from moderation.settings import Settings
from moderation.storage import queue, schema
from tests import browser as browsers
from tests.benchmarks.newspaper import COMMENTS, WAITING, fill
from tests.journeys.serving import environment, free_port, wait_until_served

TIMES, DECISIONS, CHARTS = 200, 60, 20
PASSWORD = "a lookout on a mast"
_PRESS = """async (key) => {
  const title = () => document.getElementById("title")?.textContent;
  const before = title(), start = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  while (title() === before || !title()) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def main() -> None:
    """Fill a database, serve it, measure, print."""
    with tempfile.TemporaryDirectory() as place, _servers(Path(place)) as (settings, database):
        schema.upgrade(database.engine)
        with database.session() as session:
            moderators.create(session, "nadia@example.org", "Nadia", PASSWORD, Role.MODERATOR)
        seconds = _timed(lambda: fill(database))
        counts = [_timed(lambda: _count(database)) for _ in range(TIMES)]
        with _web(settings, Path(place)) as url, browsers.running() as browser:
            page = _signed_in(browser, url)
            focused = _focused(page, url, database)
            pressed = [float(page.evaluate(_PRESS, "fd"[n % 2])) / 1000 for n in range(DECISIONS)]
            charts = {f"statistics_of_{days}_days": _statistics(page, url, days) for days in (30, 90)}
    figures = {"counts": counts, "focused_comment": focused, "key_to_next_on_screen": pressed} | charts
    told = {"comments": COMMENTS, "waiting": WAITING, "seconds_to_fill": round(seconds, 1)}
    print(json.dumps(told | {name: _summary(times) for name, times in figures.items()}, indent=1))


def _summary(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=20)
    return {"times": len(times), "p50_ms": round(cuts[9] * 1000, 1), "p95_ms": round(cuts[18] * 1000, 1)}


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _count(database: Database) -> None:
    with database.session() as session:
        queue.tallies(session, None)


def _focused(page: Page, url: str, database: Database) -> list[float]:
    """Read comments that wait, each once, as the browser would; return the seconds of each answer."""
    with database.session() as session:
        newest = text("SELECT id FROM comment WHERE status = 'in_review' ORDER BY id DESC LIMIT 210")
        ids = session.scalars(newest).all()
    read = _reader(page, url, b'id="title"')
    return [_timed(lambda key=key: read(f"/comments/{key}")) for key in ids][-TIMES:]  # type: ignore[misc]


def _statistics(page: Page, url: str, days: int) -> list[float]:
    """Read the whole screen of statistics, every figure of it; return the seconds of each answer."""
    read = _reader(page, url, b'id="statuses"')
    return [_timed(lambda: read(f"/statistics?days={days}")) for _ in range(CHARTS)]


def _reader(page: Page, url: str, mark: bytes) -> Callable[[str], None]:
    """Return a way to read paths as the browser would; the program ends when the mark is not in an answer."""
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
    line = http.client.HTTPConnection(urlsplit(url).netloc)

    def read(path: str) -> None:
        line.request("GET", path, headers={"Cookie": cookies})
        answer = line.getresponse()
        if mark not in answer.read() or answer.status != 200:
            sys.exit(f"{path} answered {answer.status}")

    return read


def _signed_in(browser: Browser, url: str) -> Page:
    page = browser.new_context(base_url=url, locale="en", viewport={"width": 1440, "height": 900}).new_page()
    page.goto("/sign-in")
    page.locator("[name=email]").fill("nadia@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#title").wait_for()
    return page


@contextmanager
def _servers(place: Path) -> Iterator[tuple[Settings, Database]]:
    postgres, valkey = EmbeddedPostgres(place / "postgres"), EmbeddedValkey(place / "valkey")
    for server in (postgres, valkey):
        server.start()
        server.wait_ready(60)
    postgres.ensure_database("vigie")
    settings = Settings(
        var_dir=place / "var",
        database_url=postgres.url("vigie"),
        broker_url=valkey.url(0),
        secret_key="s" * 43,
        encryption_keys=(Fernet.generate_key().decode(),),
    )
    database = Database(settings.require("database_url"))
    try:
        yield settings, database
    finally:
        database.dispose()
        valkey.stop()
        postgres.remove()


@contextmanager
def _web(settings: Settings, place: Path) -> Iterator[str]:
    port, log = free_port(), place / "web.log"
    command = web_command(settings.model_copy(update={"port": port}))
    with log.open("w") as file:
        process = subprocess.Popen(command, env=environment(settings), cwd=place, stdout=file, stderr=file)
    try:
        wait_until_served(f"http://127.0.0.1:{port}/sign-in", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
