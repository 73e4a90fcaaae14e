"""The data protection officer's page in a browser: read by all, and one file."""

from __future__ import annotations

import pytest

from reports.dpo import render_dpo
from tests.support.dpo import FACTS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_the_page_is_not_wider_than_the_screen(browser, tmp_path, width):
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "databeskyttelse.html"
    path.write_text(render_dpo(FACTS), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"file://{path}")
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()
