"""A real browser for the journeys: found on the machine, watched while it works.

Without one the journeys skip and say so; where CI is set they fail, so that nothing is skipped in silence.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium(own: str) -> str:
    """Return the path of a Chromium: $CHROMIUM, the system's, or `own`, which is Playwright's."""
    candidates = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in NAMES), own]
    for path in candidates:
        if path and Path(path).exists():
            return path
    reason = (
        "NO BROWSER on this machine: install Chromium or set CHROMIUM; the journeys through the dashboard did not run"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def running() -> Iterator[Browser]:
    """Start a headless Chromium."""
    with sync_playwright() as playwright:
        path = chromium(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


def watch(page: Page) -> list[str]:
    """Return a list that fills with everything the page complains about, violations of its policy included."""
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "requestfailed",
        # what the browser cancels when it leaves a page is no complaint; what a policy blocks fails otherwise
        lambda request: (
            None if request.failure == "net::ERR_ABORTED" else complaints.append(f"{request.url}: {request.failure}")
        ),
    )
    return complaints
