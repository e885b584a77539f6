"""A county with a million lamps and 200,000 buildings: pages stay small, tiles stay light, the map is drawn."""

from __future__ import annotations

import dataclasses
import math
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from api.auth.actions import add_account
from api.commands.dashboards import ensure_dashboards
from api.commands.days import tomorrow
from api.commands.sample import ensure_sample
from geo.db.counties import get_county
from geo.db.counts import count_of
from geo.db.engine import Database
from geo.patrol.actions import plan_shift
from geo.settings import Settings
from maps.symbols import THEMES
from tests.browser.conftest import PASSWORD, Opener, Site, serve, settle
from tests.browser.gates import blank_faults
from tests.browser.test_dashboards import checkbox, district
from tests.browser.test_screenshots import keep

pytestmark = pytest.mark.long

SCALE = {"lamps": 1_000_000, "buildings": 200_000}
MOST_BYTES = 500_000
BASEMAP = "landuse,water,waterway,road,building,patrol_district"
ZOOMS = range(6, 18)


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[Site]:
    """The large county in an installation of its own, planned, drawn and served."""
    home = Path(tempfile.mkdtemp(prefix="pianqu-large-"))
    home.chmod(0o711)
    own = dataclasses.replace(settings, home=home, tenant="990101", shared_buffers_mb=256)
    database = Database.open(own, migrate=True)
    ensure_sample(database, own, scale=SCALE)
    with database.begin(own.tenant) as session:
        assert count_of(session, own.tenant, "streetlight") >= SCALE["lamps"]
        assert count_of(session, own.tenant, "building") >= SCALE["buildings"] * 0.98
        add_account(session, own.tenant, "browser.planner", PASSWORD, "planner")
    on_date = tomorrow(database, own.tenant)
    plan_shift(database, own.tenant, on_date, "day", iterations=100)
    ensure_dashboards(database, own, own.tenant, on_date)
    yield from serve(own, on_date)
    database.close(stop_cluster=True)
    shutil.rmtree(home, ignore_errors=True)


def shoot(page: Page, name: str, request: pytest.FixtureRequest) -> None:
    """Keep the picture when asked to."""
    if request.config.getoption("--screenshots"):
        keep(page.screenshot(), name)


@pytest.mark.parametrize("which", ["county", "district"])
def test_pages_of_a_million_lamps_are_small_clean_and_drawn(
    site: Site, open_page: Opener, which: str, request: pytest.FixtureRequest
) -> None:
    path = f"/dashboards/{'county' if which == 'county' else district(site)}"
    page, watch = open_page(path)
    checkbox(page, "streetlight")
    settle(page)
    assert blank_faults(page) == []
    assert watch.tiles.get("streetlight", 0) >= 1
    html, script = (page.request.get(f"{site.url}{path}{end}").body() for end in ("", ".js"))
    assert len(html) + len(script) < 100_000
    shoot(page, f"{which}-large.png", request)
    watch.clean()


def test_no_tile_of_a_million_lamps_is_over_half_a_megabyte(site: Site, open_page: Opener) -> None:
    page, _ = open_page("/dashboards/county", settled=False)
    database = Database.open(Settings(home=site.home, tenant=site.tenant))
    with database.begin(site.tenant) as session:
        west, south, east, north = get_county(session, site.tenant).extent
    heavy = {}
    for zoom in ZOOMS:
        x, y = address((west + east) / 2, (south + north) / 2, zoom)
        for kinds in (BASEMAP, *(theme.kind for theme in THEMES)):
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    url = f"{site.url}/tiles/WebMercatorQuad/{zoom}/{y + dy}/{x + dx}?collections={kinds}"
                    answer = page.request.get(url)
                    assert answer.status in (200, 204, 404), (url, answer.status)
                    if len(answer.body()) > MOST_BYTES:
                        heavy[url] = len(answer.body())
    assert heavy == {}


def address(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the web-map tile that holds a point."""
    side = 1 << zoom
    return int((lon + 180) / 360 * side), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
