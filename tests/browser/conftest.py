"""The real service on the sample county, planned and drawn, and a real browser that looks at it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from api.commands.dashboards import ensure_dashboards
from api.commands.days import tomorrow
from geo.db.engine import Database
from geo.settings import Settings
from tests.browser.gates import Watch, attend

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("PIANQU_CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SOFTWARE_GL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
NO_GL = ("--disable-3d-apis",)
PASSWORD = "a-password-of-the-tests"
PATIENCE_MS = 120_000

SETTLED = """() => {
  if (!window.pianqu || !pianqu.ready || !pianqu.planReady) { return false; }
  if (pianqu.raster) { return !document.querySelector(".leaflet-tile:not(.leaflet-tile-loaded)"); }
  return !!(pianqu.gl && pianqu.gl.loaded() && pianqu.gl.areTilesLoaded());
}"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--screenshots``: write the pictures of README and guide to docs/images."""
    parser.addoption("--screenshots", action="store_true", help="write docs/images anew")


@dataclass(frozen=True)
class Site:
    """The running service and the county it serves."""

    url: str
    tenant: str
    home: Path
    on_date: dt.date


@pytest.fixture(scope="session")
def site(settings: Settings, database: Database) -> Iterator[Site]:
    """The sample county under its own code: loaded, tomorrow's day shift planned, pages built, served."""
    from api.auth.actions import add_account
    from api.commands.demo import ensure_findings
    from api.commands.sample import ensure_sample
    from geo.cases.flow.adopt import ensure_problems
    from geo.hotspots.forecast.actions import ensure_forecasts
    from geo.patrol.actions import plan_shift
    from geo.patrol.queries import find_plan

    own = dataclasses.replace(settings, tenant="990101")
    ensure_sample(database, own)
    on_date = tomorrow(database, own.tenant)
    ensure_forecasts(database, own.tenant, on_date)
    ensure_findings(database, own)
    ensure_problems(database, own.tenant)
    draw_problems(database, own.tenant)
    for shift in ("day", "night"):
        with database.begin(own.tenant) as session:
            planned = find_plan(session, on_date, shift)
        if planned is None:
            plan_shift(database, own.tenant, on_date, shift, iterations=200)
    ensure_dashboards(database, own, own.tenant, on_date)
    for login, role, unit in (("browser.planner", "planner", None), ("browser.leader", "leader", "Z1")):
        with database.begin(own.tenant) as session:
            if not has_account(session, own.tenant, login):
                add_account(session, own.tenant, login, PASSWORD, role, unit)
    yield from serve(own, on_date)


def draw_problems(database: Database, tenant: str) -> None:
    """Open problems on the map all over the town, where the sample has a handful; drawn only, nothing else is made."""
    from sqlalchemy import text

    from geo.db.counts import count_step

    statement = text(
        "INSERT INTO open_problem (tenant, source, source_key, number, code, stage, found_at, geom)"
        " SELECT tenant, 'browser', id::text, 'P' || id, '04-06',"
        " (ARRAY['desk', 'handling', 'checking', 'disputed', 'suspended'])[1 + id % 5], now(), geom"
        " FROM streetlight WHERE tenant = :tenant AND id % 10 = 0"
        " ON CONFLICT (tenant, source, source_key) DO NOTHING"
    )
    with database.begin(tenant) as session:
        count_step(session, tenant, "open_problem", session.execute(statement, {"tenant": tenant}).rowcount)


def has_account(session: Any, tenant: str, login: str) -> bool:
    """Whether an earlier run of the kept installation made the account."""
    from sqlalchemy import text

    statement = text("SELECT 1 FROM account WHERE tenant = :tenant AND login = :login")
    return session.execute(statement, {"tenant": tenant, "login": login}).first() is not None


def serve(settings: Settings, on_date: dt.date) -> Iterator[Site]:
    """The service as a process of its own, ended by its number."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port)]
    command += ["--home", str(settings.home), "--tenant", settings.tenant]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while not answers(f"{url}/ready"):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the service did not start: exit code {process.returncode}")
            time.sleep(0.2)
        yield Site(url, settings.tenant, settings.home, on_date)
    finally:
        process.terminate()
        process.wait(20)


def answers(url: str) -> bool:
    """Whether an address answers 200."""
    try:
        return httpx.get(url, trust_env=False, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, driving the system's own browser; it keeps an event loop that tests of other rooms must not meet."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium with WebGL in software."""
    yield from _browser(playwright, SOFTWARE_GL)


@pytest.fixture(scope="package")
def plain_browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium without WebGL, as on an office machine without a graphics driver."""
    yield from _browser(playwright, NO_GL)


def _browser(playwright: Playwright, flags: tuple[str, ...]) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *flags])
    yield browser
    browser.close()


Opener = Callable[..., tuple[Page, Watch]]


@pytest.fixture
def open_page(site: Site, browser: Browser, plain_browser: Browser) -> Iterator[Opener]:
    """Opens a page as somebody (``login=""``: nobody) and waits until its map is drawn; watches all it asks for."""
    contexts = []

    def open_(
        path: str, *, login: str = "browser.planner", gl: bool = True, settled: bool = True
    ) -> tuple[Page, Watch]:
        context = (browser if gl else plain_browser).new_context(
            viewport={"width": 1440, "height": 900}, locale="zh-CN"
        )
        contexts.append(context)
        if login:
            answer = context.request.post(f"{site.url}/session", data={"login": login, "password": PASSWORD})
            assert answer.ok, answer.text()
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watch = attend(page, site.url)
        page.goto(site.url + path, wait_until="domcontentloaded")
        if settled:
            settle(page)
        return page, watch

    yield open_
    for context in contexts:
        context.close()


def settle(page: Page) -> None:
    """Wait until the map and all its tiles are drawn, and the frame after that."""
    page.wait_for_function(SETTLED)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function(SETTLED)
