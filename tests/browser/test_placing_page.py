"""待上图: rows without a place are put on the map by a person, and the page says who did it."""

from __future__ import annotations

import pytest

from geo.db.engine import Database
from tests.browser.conftest import Opener, Site
from tests.browser.gates import axe_faults
from tests.browser.planting import plant_waiting
from tests.browser.test_ledger_pages import FILLED, SHAPES, listed

LEFT = "n => Number(document.querySelector('#panel-waiting .ledger-list .badge').textContent) === n"


@pytest.fixture
def waiting(site: Site, database: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two rows more that wait, one of them by a crossing of the county."""
    plant_waiting(database, site.tenant, tmp_path_factory.mktemp("waiting"))


def test_a_row_is_placed_by_keyboard_or_set_aside_and_says_by_whom(open_page: Opener, waiting: None) -> None:
    page, watch = open_page("/dashboards/placing", settled=False)
    page.wait_for_function(FILLED)
    before = listed(page)

    page.locator(".ledger-list tr", has_text="交叉口").last.get_by_role("button", name="定位").press("Enter")
    page.wait_for_function("() => pianqu.placingReady")
    candidates = page.locator(".candidates button")
    assert candidates.count() == page.evaluate(SHAPES) >= 1
    candidates.first.press("Enter")
    assert "已选:东经 118." in page.locator(".placing").inner_text()
    assert axe_faults(page) == []
    page.get_by_role("button", name="放在这里").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="放在这里").press("Enter")
    page.wait_for_function(LEFT, arg=before - 1)

    page.locator(".ledger-list tr", has_text="不知道哪里的巷子").last.get_by_role("button", name="定位").click()
    page.get_by_text("本县地名里没有对得上的").wait_for()
    assert page.get_by_role("button", name="放在这里").is_disabled()
    page.locator("#panel-waiting").evaluate("() => pianqu.map.fire('click', { latlng: pianqu.map.getCenter() })")
    assert page.get_by_role("button", name="放在这里").is_enabled()
    page.get_by_role("button", name="没有位置").click()
    page.get_by_role("dialog").get_by_label("原因").fill("现场无此灯")
    page.get_by_role("dialog").get_by_role("button", name="没有位置").click()
    page.wait_for_function(LEFT, arg=before - 2)

    page.locator("#tab-decided").click()
    page.wait_for_function(FILLED)
    assert page.evaluate(SHAPES) == page.locator("#panel-decided .ledger-list tbody tr").count() >= 1
    assert "browser.planner" in page.locator("#panel-decided .ledger-list tbody tr").last.inner_text()
    page.get_by_role("button", name="无位置,已搁置", exact=True).click()
    assert "现场无此灯" in page.locator("#panel-decided .ledger-list").inner_text()
    page.locator("#tab-control").click()
    page.wait_for_function(FILLED)
    # three of this frame, four of the sample county's own
    assert page.evaluate(SHAPES) == listed(page) == 7
    watch.clean()
