"""A headless Chromium (Debian's) on the pages of a small release, opened from a folder.

Every page that a test opens is watched: a request that leaves the folder, a message of the console or an
error fails the test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """`FEMFAKTOR_CHROMIUM`, or the first of the usual names on the path."""
    return os.environ.get("FEMFAKTOR_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release with its web pages."""
    from reports import render
    from tests.support.protected_tables import protected_tables

    folder = tmp_path_factory.mktemp("site")
    render(protected_tables(), folder)
    return folder


@pytest.fixture
def open_page(browser: Any, site: Path) -> Iterator[Callable[..., Any]]:
    """Open a page of the site by its path; keywords are those of a browser context (width by `width`)."""
    contexts, wrong = [], []

    def watched(page: Any) -> None:
        def request(asked: Any) -> None:
            if not asked.url.startswith((f"file://{site}/", "data:font/")):
                wrong.append(f"request: {asked.url}")

        page.on("request", request)
        page.on("console", lambda said: wrong.append(f"console: {said.type}: {said.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append("a dialog opened"), dialog.dismiss()))

    def open_it(path: str = "index.html", *, width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="da-DK", **options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        watched(page)
        page.goto(f"file://{site}/{path}")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not wrong, wrong
