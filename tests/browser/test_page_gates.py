"""The small pages pass the gates of the large ones, and each gate sees a page that breaks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Opener, Site
from tests.browser.gates import attend, axe_faults, blank_faults

OURS = "http://127.0.0.1:800"
PAGE = """<!doctype html><html lang="en"><head><title>A page</title></head>
<body><main><h1>A page</h1>{}</main></body></html>"""
MAP = """<div class="folium-map" style="position: relative; width: 600px; height: 300px; background: #fff">
<div class="leaflet-tile-pane" style="position: absolute; inset: 0; background: {}"></div>
<div class="leaflet-overlay-pane" style="position: absolute; inset: 0; background: {}"></div></div>"""
STREETS = "repeating-linear-gradient(45deg, #9ab 0 9px, #fff 9px 20px)"
ROUTES = "repeating-linear-gradient(90deg, #c00 0 4px, transparent 4px 60px)"


def test_pages_without_a_map_pass_the_same_gates(open_page: Opener, site: Site) -> None:
    page, watch = open_page("/", settled=False)
    assert axe_faults(page) == []
    page.goto(f"{site.url}/login")
    assert axe_faults(page) == []
    watch.clean()


@pytest.fixture(scope="module")
def empty_page(browser: Browser) -> Iterator[Page]:
    """A page that has not been sent anywhere; whatever it asks for is not there."""
    page = browser.new_page()
    page.route("**", lambda route: route.fulfill(status=404))
    yield page
    page.close()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<img src="http://elsewhere.invalid/lamp.png">', "foreign: http://elsewhere.invalid/lamp.png"),
        (f'<img src="{OURS}0/lamp.png">', f"foreign: {OURS}0/lamp.png"),
        ('<script>new WebSocket("ws://elsewhere.invalid/")</script>', "foreign: ws://elsewhere.invalid/"),
        (f'<img src="{OURS}/gone.png">', f"refused: 404 {OURS}/gone.png"),
        ('<script>console.error("no such layer")</script>', "console: no such layer"),
        ('<script>throw new Error("half a page")</script>', "console: half a page"),
    ],
)
def test_an_error_and_a_foreign_or_refused_request_are_seen(empty_page: Page, body: str, fault: str) -> None:
    watch = attend(empty_page, OURS)
    empty_page.set_content(PAGE.format("<p>words</p>"))
    watch.clean()
    empty_page.set_content(PAGE.format(body))
    empty_page.wait_for_timeout(20)
    assert fault in watch.faults()
    with pytest.raises(AssertionError):
        watch.clean()


def test_accessibility_faults_are_seen(empty_page: Page) -> None:
    pale = '<p style="color: #aaa; background: #fff">pale</p>'
    empty_page.set_content(PAGE.format(f'<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><input>{pale}'))
    found = [line.split(" ")[:2] for line in axe_faults(empty_page)]
    assert found == [["color-contrast:", "<p"], ["image-alt:", "<img"], ["label:", "<input>"]]


@pytest.mark.parametrize(
    ("tiles", "plan", "faults"),
    [
        (STREETS, ROUTES, []),
        ("#fff", ROUTES, ["blank: tiles"]),
        (STREETS, "none", ["blank: plan"]),
        ("#fff", "none", ["blank: tiles", "blank: plan"]),
    ],
)
def test_a_map_with_white_tiles_or_without_its_plan_is_seen(
    empty_page: Page, tiles: str, plan: str, faults: list[str]
) -> None:
    empty_page.set_content(PAGE.format(MAP.format(tiles, plan)))
    assert blank_faults(empty_page) == faults
