"""A county with a million lamps and 200,000 buildings: pages stay small, tiles stay light, the map is drawn."""

from __future__ import annotations

import dataclasses
import math
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from api.auth.actions import add_account
from api.commands.dashboards import ensure_dashboards
from api.commands.days import tomorrow
from api.commands.sample import ensure_sample
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
    heavy = {}
    for kinds in (BASEMAP, *(theme.kind for theme in THEMES)):
        finest = corners_per_tile(database, site.tenant, kinds.split(","), ZOOMS[-1])
        for zoom in ZOOMS:
            for x, y in fullest(finest, ZOOMS[-1] - zoom):
                url = f"{site.url}/tiles/WebMercatorQuad/{zoom}/{y}/{x}?collections={kinds}"
                answer = page.request.get(url)
                assert answer.status in (200, 204), (url, answer.status)
                if len(answer.body()) > MOST_BYTES:
                    heavy[url] = len(answer.body())
    assert heavy == {}


def corners_per_tile(database: Database, tenant: str, kinds: list[str], zoom: int) -> Counter[tuple[int, int]]:
    """How many corners of shapes begin in each tile (column, row) of a zoom, all layers together."""
    found: Counter[tuple[int, int]] = Counter()
    side_m = 2 * math.pi * 6_378_137 / 2**zoom
    with database.begin(tenant) as session:
        for kind in kinds:
            rows = session.execute(
                text(
                    f"SELECT floor(ST_XMin(geom_3857) / :side), floor(-ST_YMax(geom_3857) / :side),"
                    f" sum(ST_NPoints(geom_3857)) FROM {kind} WHERE tenant = :tenant GROUP BY 1, 2"
                ),
                {"tenant": tenant, "side": side_m},
            )
            for x, y, corners in rows:
                found[int(x) + 2 ** (zoom - 1), int(y) + 2 ** (zoom - 1)] += int(corners)
    return found


def fullest(finest: Counter[tuple[int, int]], levels: int) -> list[tuple[int, int]]:
    """The fullest tiles so many levels above; all of them where they are few."""
    coarse: Counter[tuple[int, int]] = Counter()
    for (x, y), corners in finest.items():
        coarse[x >> levels, y >> levels] += corners
    return [tile for tile, _ in coarse.most_common(12)]
