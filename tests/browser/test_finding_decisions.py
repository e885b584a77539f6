"""What people decide on pages of findings, done with a real browser and a real worker: adopt a re-cut that was edited
on the map, name a new 片区, confirm and dismiss suspicions, adopt sites. In a small town of its own."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import geopandas
import pytest
import shapely
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from api.commands.dashboards import build_dashboards
from geo.crs import STORAGE
from geo.db.counties import create_county
from geo.db.engine import Database
from geo.layers.actions import save_frame
from geo.settings import Settings
from tests import clock
from tests.browser.conftest import PASSWORD, PATIENCE_MS, ROOT, Site, serve
from tests.browser.gates import Watch, attend, axe_faults
from tests.towns import SRID, grid, spot

SIDE, COLUMNS, ROWS = 200.0, 8, 4
EXTENT = (117.1, 28.2, 117.4, 28.4)


@dataclass(frozen=True)
class Town:
    """The served town and what waits for decisions in it."""

    site: Site
    proposal: int
    plan: int


def block(column: int, row: int, columns: int = 1, rows: int = 1) -> shapely.Polygon:
    low, high = spot(column * SIDE, row * SIDE), spot((column + columns) * SIDE, (row + rows) * SIDE)
    return shapely.box(low.x, low.y, high.x, high.y)


def save(database: Database, tenant: str, layer: str, areas: list[shapely.Geometry], **columns: object) -> None:
    stored = geopandas.GeoSeries(areas, crs=SRID).to_crs(STORAGE).set_precision(1e-9)
    save_frame(database, tenant, layer, geopandas.GeoDataFrame(columns, geometry=stored, crs=STORAGE), "test")


def fill(database: Database, tenant: str) -> None:
    """Streets, unit grids, two 片区 with residents, sixteen houses, hawkers by a square."""
    roads = grid(COLUMNS + 1, ROWS + 1, step_m=SIDE, tier="branch").drop(columns="owner_district")
    save_frame(database, tenant, "road", roads, "test")
    cells = [(i, j) for j in range(ROWS) for i in range(COLUMNS)]
    codes = [f"U{i}{j}" for i, j in cells]
    west = ["A" if i < 5 else "B" for i, _ in cells]
    save(database, tenant, "unit_grid", [block(i, j) for i, j in cells], code=codes, source_key=codes,
         district_code=west)  # fmt: skip
    save(database, tenant, "patrol_district", [block(0, 0, 5, ROWS), block(5, 0, 3, ROWS)], code=["A", "B"],
         name=["西", "东"], source_key=["A", "B"], population=[2_000, 1_200])  # fmt: skip
    corners = [spot(200.0 * i + 60, 200.0 * j + 60) for i in range(4) for j in range(4)]
    houses = [shapely.box(one.x, one.y, one.x + 12, one.y + 10) for one in corners]
    save(database, tenant, "building", houses, source_key=[f"h{n}" for n in range(16)])
    where = [spot(850.0 + n % 7, 430.0 + n // 7) for n in range(40)]
    when = [dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC) + dt.timedelta(hours=31 * n) for n in range(40)]
    save(database, tenant, "event", where, code=["04-01"] * 40, code_system=["GB/T 30428.2-2013"] * 40,
         origin=["patrol"] * 40, occurred_at=when)  # fmt: skip


@pytest.fixture(scope="module")
def town(settings: Settings, database: Database) -> Iterator[Town]:
    """A proposal with a third 片区, two suspicions, a choice of one site; pages built and served."""
    import numpy as np

    from api.auth.actions import add_account
    from geo.hotspots.districting.ground import RecutRequest
    from geo.hotspots.districting.proposals import propose_districts
    from geo.hotspots.footprints.actions import check_layer
    from geo.hotspots.footprints.layers import layer_of
    from geo.hotspots.siting.actions import CountyRequest, plan_sites

    tenant = create_county(database, f"95{secrets.randbelow(10_000):04d}", "试点县", EXTENT).code
    fill(database, tenant)
    proposal = propose_districts(database, tenant, RecutRequest(n=3, load="streets"))["id"]
    plan = plan_sites(database, tenant, CountyRequest("vendor_relief", 1, walk_min=4, rules=()))["id"]
    seen = [spot(200.0 * i + 60, 200.0 * j + 60) for i in range(4) for j in range(4)]
    outlines = [shapely.box(one.x, one.y, one.x + (18 if n == 5 else 12), one.y + 10) for n, one in enumerate(seen)]
    new = spot(500, 300)
    outlines.append(shapely.box(new.x, new.y, new.x + 9, new.y + 8))
    layer = layer_of("seen", np.array(outlines, dtype=object), str(SRID), [str(n) for n in range(17)])
    assert check_layer(database, tenant, layer, "seen").added == 2
    own = dataclasses.replace(settings, tenant=tenant)
    today = clock.today()
    build_dashboards(database, own, tenant, today)
    with database.begin(tenant) as session:
        add_account(session, tenant, "town.planner", PASSWORD, "planner", None)
    command = [sys.executable, "-m", "api.cli", "worker", "--home", str(own.home), "--tenant", tenant]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for site in serve(own, today):
            yield Town(site, proposal, plan)
    finally:
        worker.terminate()
        worker.wait(20)


@pytest.fixture
def opened(town: Town, browser: Browser) -> Iterator[tuple[Page, Watch]]:
    """A page of a planner of the town; what it asks for is watched."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    answer = context.request.post(f"{town.site.url}/session", data={"login": "town.planner", "password": PASSWORD})
    assert answer.ok, answer.text()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page, attend(page, town.site.url)
    context.close()


def show(page: Page, town: Town, name: str, ready: str) -> None:
    page.goto(f"{town.site.url}/dashboards/{name}", wait_until="domcontentloaded")
    page.wait_for_function(f"() => window.pianqu && {ready}")


def test_a_recut_is_edited_on_the_map_named_adopted_and_people_are_counted_anew(
    town: Town, opened: tuple[Page, Watch], database: Database
) -> None:
    page, watch = opened
    show(page, town, "districting", "pianqu.proposalReady")
    code = page.evaluate("() => document.querySelector('.editor form label [lang]').textContent")
    page.locator(".editor form input").fill("滨河片区")
    with page.expect_response(re.compile(r"/districts/")) as named:
        page.keyboard.press("Enter")
    assert named.value.ok and page.locator(".loads").get_by_text("滨河片区").count() == 1
    # A unit at the border of two 片区 is clicked on the map and given to the other one.
    unit, there = page.evaluate("""() => {
      const sets = pianqu.sets.units.drawn, of = key => pianqu.sets.units.shapes[key].look.slice(1, 2);
      for (let j = 0; j < 4; j++) { for (let i = 0; i < 7; i++) {
        const a = `U${i}${j}`, b = `U${i + 1}${j}`; if (of(a) !== of(b)) { return [a, of(b)]; } } }
    }""")
    at = page.evaluate(
        """key => { const p = pianqu.map.latLngToContainerPoint(pianqu.sets.units.drawn[key].getBounds().getCenter());
        const box = pianqu.map.getContainer().getBoundingClientRect(); return [p.x + box.x, p.y + box.y]; }""",
        unit,
    )
    page.mouse.click(*at)
    assert page.locator(".chosen-unit h2").inner_text() == unit
    names = page.locator(".chosen-unit button").all_inner_texts()
    wanted = {"A": "西", "B": "东"}.get(there, "滨河片区")
    page.locator(".chosen-unit button").nth(names.index(wanted)).press("Enter")
    with page.expect_response(re.compile(r"/moves$")) as saved:
        page.get_by_role("button", name="保存", exact=True).press("Enter")
    assert saved.value.ok and saved.value.json()["edited_units"] == 1 and saved.value.json()["whole"]
    page.get_by_role("button", name="采纳方案").press("Enter")
    assert axe_faults(page) == []
    with page.expect_response(re.compile(r"/adopt$")) as asked:
        page.get_by_role("dialog").get_by_role("button", name="采纳方案").press("Enter")
    assert asked.value.status == 202
    page.get_by_text("方案已采纳").wait_for()
    with database.begin(town.site.tenant) as session:
        rows = session.execute(text("SELECT code, name, population FROM patrol_district ORDER BY code")).all()
        unit_of = session.execute(text("SELECT district_code FROM unit_grid WHERE code = :u"), {"u": unit}).scalar_one()
    assert {row.name for row in rows} == {"西", "东", "滨河片区"}
    assert unit_of == next(row.code for row in rows if row.name == wanted)
    assert sum(row.population for row in rows) == pytest.approx(3_200, abs=2)
    assert next(row.population for row in rows if row.code == code) > 0
    watch.clean()


def test_a_suspicion_is_dismissed_with_a_reason_and_another_confirmed(
    town: Town, opened: tuple[Page, Watch], database: Database
) -> None:
    page, watch = opened
    show(page, town, "suspicions", "pianqu.decidingReady")
    assert page.locator("[data-verdict]").count() == 4
    page.locator('[data-verdict="dismissed"]').first.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="排除").press("Enter")
    assert dialog.is_visible(), "no reason, no answer"
    assert axe_faults(page) == []
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    page.locator('[data-verdict="dismissed"]').first.press("Enter")
    page.keyboard.type("晒谷棚，已批")
    with page.expect_response(re.compile(r"/decision$")) as answer:
        page.get_by_role("dialog").get_by_role("button", name="排除").press("Enter")
    assert answer.value.json()["decision"] == "晒谷棚，已批"
    page.get_by_text("已排除").first.wait_for()
    # The other one from the map: its place is shown, and the popup asks too.
    page.locator("tr:not(.decided) [data-shape]").press("Enter")
    page.locator(".leaflet-popup-content [data-verdict='confirmed']").press("Enter")
    with page.expect_response(re.compile(r"/decision$")) as answer:
        page.get_by_role("dialog").get_by_role("button", name="确认疑似").press("Enter")
    assert answer.value.json()["illegal_building"] > 0
    page.wait_for_function("() => document.querySelectorAll('tr.decided').length === 2")
    show(page, town, "suspicions", "pianqu.decidingReady")
    assert page.locator("[data-verdict]").count() == 0 and page.locator("tr.decided").count() == 2
    with database.begin(town.site.tenant) as session:
        statuses = session.execute(text("SELECT status FROM suspicion ORDER BY status")).scalars().all()
    assert statuses == ["confirmed", "dismissed"]
    watch.clean()


def test_a_choice_of_sites_is_adopted(town: Town, opened: tuple[Page, Watch], database: Database) -> None:
    page, watch = opened
    show(page, town, "sites", "pianqu.adoptingReady")
    page.get_by_role("button", name="采纳选址").press("Enter")
    with page.expect_response(re.compile(r"/adopt$")) as asked:
        page.get_by_role("dialog").get_by_role("button", name="采纳选址").press("Enter")
    assert asked.value.status == 202
    page.locator("#adopt-sites .say").wait_for()
    assert page.get_by_role("button", name="采纳选址").count() == 0 and axe_faults(page) == []
    with database.begin(town.site.tenant) as session:
        stands = session.execute(text("SELECT count(*) FROM vendor_point WHERE kind = 'regulated'")).scalar_one()
    assert stands == 1
    watch.clean()
