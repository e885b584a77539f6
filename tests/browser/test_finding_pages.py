"""Pages of findings in a real browser: drawn, local, readable to everybody, and a proposal edited by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from api.pages import folder_of, read_index
from geo.db.engine import Database
from geo.settings import Settings
from maps.topics import CASE_TOPICS, PLAN_LINKS, TOPICS
from tests.browser.conftest import Opener, Site, settle
from tests.browser.gates import axe_faults
from tests.browser.pictures import map_pixels
from tests.browser.test_dashboards import CHINESE, ENGLISH, NOT_WORDS, WORDS_OF_THE_PAGE

PAGES = TOPICS[1:]
NAMES_IN_COMMANDS = re.compile(r"pianqu [a-z-]+( [a-z-]+)?|data/codes/\w+\.csv")


@pytest.fixture(scope="module")
def proposal(site: Site, database: Database) -> Iterator[int]:
    """A proposal of 片区 to edit, made once."""
    from geo.hotspots.districting.ground import RecutRequest
    from geo.hotspots.districting.proposals import propose_districts

    yield propose_districts(database, site.tenant, RecutRequest(load="streets", seed=1))["id"]


def test_every_topic_has_a_page_and_every_page_is_linked(site: Site, open_page: Opener) -> None:
    index = read_index(folder_of(Settings(site.home, site.tenant), site.tenant))
    assert index is not None
    assert {*TOPICS, *CASE_TOPICS} <= set(index.pages)
    page, watch = open_page("/dashboards/county")
    linked = [node.get_attribute("href") or "" for node in page.locator("nav.topics a").all()]
    assert linked == [f"/dashboards/{name}?lang=zh" for name in PLAN_LINKS]
    watch.clean()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_drawn_offline_in_one_language_without_a_fault(name: str, open_page: Opener, proposal: int) -> None:
    page, watch = open_page(f"/dashboards/{name}")
    ready = "pianqu.proposalReady" if name == "districting" else "pianqu.planReady"
    page.wait_for_function(f"() => {ready}")
    assert map_pixels(page).std() > 5
    for tab in page.get_by_role("tab").all():
        tab.click()
        assert axe_faults(page) == []
    html = page.request.get(page.url).body()
    script = page.request.get(page.url.replace(f"/{name}", f"/{name}.js")).body()
    assert len(html) + len(script) < 100_000
    assert foreign_words(page, ENGLISH) == []
    page.goto(page.url + "?lang=en", wait_until="domcontentloaded")
    page.wait_for_function(f"() => {ready}")
    assert foreign_words(page, CHINESE) == []
    watch.clean()


def foreign_words(page: Page, foreign: re.Pattern[str]) -> list[str]:
    """What the page says in another language, but for commands, files and what has no other name."""
    said = [NAMES_IN_COMMANDS.sub("", text) for text in page.evaluate(WORDS_OF_THE_PAGE)]
    return [text for text in said if not set(foreign.findall(text)) <= NOT_WORDS]


def test_a_unit_is_given_away_saved_and_kept(open_page: Opener, proposal: int) -> None:
    page, watch = open_page("/dashboards/districting")
    page.wait_for_function("() => pianqu.proposalReady")
    detail = page.request.get(f"{page.url.split('/dashboards')[0]}/districts/proposals/{proposal}").json()
    page.locator("#choose-unit").select_option(index=1)
    unit = page.locator(".chosen-unit h2").inner_text()
    before = page.locator(".loads tbody tr").all_inner_texts()
    give = page.locator(".chosen-unit button").first
    given_to = give.inner_text()
    give.click()
    assert page.locator(".loads tbody tr").all_inner_texts() != before
    assert page.get_by_role("button", name="撤销").is_enabled()
    with page.expect_response(re.compile(r"/moves$")) as answer:
        page.get_by_role("button", name="保存").click()
    assert answer.value.ok
    told = answer.value.json()
    assert told["revision"] == detail["revision"] + 1
    page.reload()
    page.wait_for_function("() => pianqu.proposalReady")
    page.locator("#choose-unit").select_option(unit)
    assert given_to in page.locator(".chosen-unit p").first.inner_text()
    watch.clean()


def test_a_place_of_a_table_is_found_on_the_map_and_leads_to_its_records(open_page: Opener, site: Site) -> None:
    page, watch = open_page("/dashboards/hotspots")
    row = page.locator("[data-shape]").first
    row.click()
    page.locator(".leaflet-popup-content button").click()
    page.locator("dialog.records table, dialog.records .empty").wait_for()
    assert axe_faults(page) == []
    page.keyboard.press("Escape")
    assert page.locator("dialog.records").count() == 0
    watch.clean()


def test_without_webgl_shapes_are_drawn_on_pictures(open_page: Opener) -> None:
    page, watch = open_page("/dashboards/workload", gl=False)
    assert page.evaluate("() => pianqu.raster") is True
    settle(page)
    assert map_pixels(page).std() > 5
    watch.clean()
