"""Pages of cases and registers in a real browser: each number leads to its records, each caller sees their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from maps.topics import CASE_TOPICS
from tests.browser.conftest import PASSWORD, Opener, Site
from tests.browser.gates import axe_faults
from tests.browser.pictures import map_pixels
from tests.browser.planting import CALLER, plant, signed_in
from tests.browser.test_dashboards import CHINESE, ENGLISH
from tests.browser.test_finding_pages import foreign_words

FILLED = "() => window.pianqu && pianqu.ready && pianqu.ledgerReady && !document.querySelector('[aria-busy=true]')"
SHAPES = "() => Object.values(pianqu.sets).reduce((n, set) => n + Object.keys(set.drawn).length, 0)"
NUMBERS = ".ledger:visible td.number button, .ledger:visible .figures button"


@pytest.fixture(scope="module")
def planted(site: Site) -> Iterator[dict[str, Any]]:
    """Complaints, pictures and checks beside what the sample county has."""
    with signed_in(site.url, "browser.planner", PASSWORD) as client:
        yield plant(client)


def listed(page: Page) -> int:
    """How many records the list says it has."""
    return int(page.locator(".ledger-list:visible .badge").first.inner_text())


@pytest.mark.parametrize("name", CASE_TOPICS)
def test_a_page_is_drawn_from_the_service_in_one_language_without_a_fault(
    name: str, open_page: Opener, planted: dict[str, Any]
) -> None:
    page, watch = open_page(f"/dashboards/{name}")
    page.wait_for_function(FILLED)
    assert map_pixels(page).std() > 5
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_function(FILLED)
        assert axe_faults(page) == []
        assert foreign_words(page, ENGLISH) == []
    html = page.request.get(page.url).body()
    script = page.request.get(page.url.replace(f"/{name}", f"/{name}.js")).body()
    assert len(html) + len(script) < 20_000
    page.goto(page.url + "?lang=en", wait_until="domcontentloaded")
    page.wait_for_function(FILLED)
    assert foreign_words(page, CHINESE) == []
    watch.clean()


@pytest.mark.parametrize("name", ["problems", "frontages"])
def test_every_number_leads_to_just_so_many_records(name: str, open_page: Opener, planted: dict[str, Any]) -> None:
    page, watch = open_page(f"/dashboards/{name}", settled=False)
    page.wait_for_function(FILLED)
    count = min(page.locator(NUMBERS).count(), 8)
    assert count >= 6
    for place in range(count):
        number = page.locator(NUMBERS).nth(place)
        wanted = int(number.inner_text().replace(",", ""))
        number.click()
        page.wait_for_function(
            "n => Number(document.querySelector('.ledger-list .badge').textContent) === n", arg=wanted
        )
        lost = page.locator(".ledger-list td:first-child").count() - page.locator(".ledger-list td .place").count()
        if wanted <= 100:
            assert page.locator(".ledger-list tbody tr").count() == wanted
            assert page.evaluate(SHAPES) == wanted - lost
    watch.clean()


def test_the_stock_equation_drills_to_the_buildings_it_counts(open_page: Opener) -> None:
    page, watch = open_page("/dashboards/buildings", settled=False)
    page.wait_for_function(FILLED)
    rows = page.locator("#panel-stock table").first.locator("tbody tr")
    told = [row.locator("td").nth(1).inner_text() for row in rows.all()]
    opening, *terms, closing, difference = [int(text.replace(",", "")) for text in told]
    assert opening + sum(terms) == closing and difference == 0
    for row in (rows.first, rows.nth(len(told) - 2)):
        row.locator("td").nth(1).locator("button").click()
        wanted = row.locator("td").nth(1).inner_text()
        page.wait_for_function("n => document.querySelector('.ledger-list .badge').textContent === n", arg=wanted)
        assert page.evaluate(SHAPES) == int(wanted)
    watch.clean()


def test_the_legend_names_what_is_drawn_and_its_branches_open_by_keyboard(
    open_page: Opener, planted: dict[str, Any]
) -> None:
    page, watch = open_page("/dashboards/complaints", settled=False)
    page.wait_for_function(FILLED)
    for tab, entries in (("ties", ["待确认的重复与关联"]), ("waiting", ["待上图"]), ("open", ["未办结投诉"])):
        page.locator(f"#tab-{tab}").click()
        page.wait_for_function(FILLED)
        assert page.locator(".entry:visible").all_inner_texts() == entries
        assert tab != "ties" or page.evaluate(SHAPES) == listed(page) > 0
        for sign in page.locator(":is(.leaflet-layerstree-opened, .leaflet-layerstree-closed):visible").all():
            assert sign.get_attribute("role") == "button" and sign.get_attribute("tabindex") == "0"
    page.emulate_media(media="print")
    assert page.get_by_role("tabpanel").count() == 1
    watch.clean()


def test_a_figure_leads_to_the_records_it_counts_and_they_to_the_map(open_page: Opener) -> None:
    page, watch = open_page("/dashboards/statistics", settled=False)
    page.wait_for_function(FILLED)
    page.locator("#tab-base").click()
    page.wait_for_function(FILLED)
    shops = page.locator("#panel-base .tally tr", has_text="沿街商铺")
    wanted = shops.locator("button").inner_text()
    shops.locator("button").press("Enter")
    page.wait_for_function("n => document.querySelector('#panel-base .badge').textContent === n", arg=wanted)
    assert page.evaluate(SHAPES) == int(wanted) > 0
    page.locator("#tab-evaluation").click()
    page.wait_for_function(FILLED)
    assert page.evaluate(SHAPES) == listed(page) > 0
    watch.clean()


def test_one_problem_has_an_address_its_pictures_and_its_history(open_page: Opener, planted: dict[str, Any]) -> None:
    page, watch = open_page(f"/dashboards/problems#problems:{planted['problem']}", settled=False)
    page.wait_for_function("() => pianqu.detailReady")
    dialog = page.get_by_role("dialog")
    for said in ("计时", "基本情况", "照片", "办理过程"):
        assert dialog.get_by_role("heading", name=said).is_visible()
    images = dialog.locator("img")
    images.first.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => [...document.querySelectorAll('dialog img')].every(i => i.complete && i.naturalWidth)"
    )
    assert images.count() >= 2 and "处置前" in (images.first.get_attribute("alt") or "")
    assert axe_faults(page) == []
    assert foreign_words(page, ENGLISH) == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.wait_for_function("() => !location.hash")
    watch.clean()


def test_a_number_is_pressed_and_its_list_read_by_keyboard(open_page: Opener) -> None:
    page, watch = open_page("/dashboards/problems", settled=False)
    page.wait_for_function(FILLED)
    page.locator(NUMBERS).nth(1).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.className") == "ledger-list"
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.tagName") == "BUTTON"
    watch.clean()


def test_nobody_who_complained_is_on_a_page(open_page: Opener, planted: dict[str, Any]) -> None:
    page, _ = open_page("/dashboards/complaints", settled=False)
    page.wait_for_function(FILLED)
    page.locator(".ledger-list td .button-small").first.click()
    page.wait_for_function("() => pianqu.detailReady")
    shown = page.content()
    assert "基本情况" in shown
    assert not [word for word in (*CALLER.values(), "请处理") if word in shown]


def test_a_leader_sees_the_own_ground_only(open_page: Opener, site: Site) -> None:
    page, watch = open_page("/dashboards/problems", login="browser.leader", settled=False)
    page.wait_for_function(FILLED)
    with signed_in(site.url, "browser.leader", PASSWORD) as client:
        own = client.get("/session").json()["area"]
        rows = client.get("/problems?open=true&limit=1000").json()["problems"]
    assert listed(page) == len(rows)
    assert {row["district_code"] for row in rows} <= set(own)
    page.locator("nav.topics a").first.click()
    page.wait_for_url(f"**/dashboards/{own[0]}?lang=zh")
    watch.clean()


def test_a_list_is_saved_as_a_table(open_page: Opener) -> None:
    page, _ = open_page("/dashboards/registers", settled=False)
    page.wait_for_function(FILLED)
    with page.expect_download() as saved:
        page.get_by_role("button", name="导出表格").click()
    text = saved.value.path().read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == listed(page) + 1
