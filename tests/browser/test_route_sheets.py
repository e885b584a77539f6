"""A team's sheet prints on exactly one page."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from api.pages import folder_of, read_index
from geo.settings import Settings
from tests.browser.conftest import Opener, Site
from tests.browser.gates import axe_faults


def sheets(site: Site) -> list[str]:
    """Names of all sheets."""
    index = read_index(folder_of(Settings(site.home, site.tenant), site.tenant))
    assert index is not None
    return [name for name in index.pages if name.startswith("sheets/")]


def pages_of(pdf: bytes) -> int:
    """Pages of a PDF as Chromium writes it."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_every_sheet_prints_on_exactly_one_page(open_page: Opener, site: Site) -> None:
    names = sheets(site)
    assert names
    page, watch = open_page(f"/dashboards/{names[0]}", settled=False)
    for name in names:
        page.goto(f"{site.url}/dashboards/{name}")
        assert pages_of(page.pdf(prefer_css_page_size=True, print_background=True)) == 1, unquote(name)
        inside = page.evaluate(
            "() => { const c = document.querySelector('.columns'); return c.scrollHeight <= c.clientHeight + 1; }"
        )
        assert inside, f"{name}: rows are cut off"
    watch.clean()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sheet_has_no_accessibility_fault(open_page: Opener, site: Site, lang: str) -> None:
    page, _ = open_page(f"/dashboards/{sheets(site)[0]}?lang={lang}", settled=False)
    assert axe_faults(page) == []


def test_sheet_tells_names_but_no_staff_numbers(open_page: Opener, site: Site) -> None:
    page, _ = open_page(f"/dashboards/{sheets(site)[0]}", settled=False)
    text = page.locator("main").inner_text()
    assert "人员" in text
    assert not re.search(r"\b[RA]\d{2}\b", text)
