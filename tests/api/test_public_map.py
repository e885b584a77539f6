"""C09, D21: what anybody may see, and only under the 审图号 of the county's map."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from api.commands.dashboards import build_dashboards
from geo.db.counties import BadCounty, get_county, number_map
from geo.db.engine import Database
from geo.db.sequencer import sequence_changes
from geo.layers.register import KINDS
from geo.settings import Settings
from tests.api.conftest import Served

NUMBER = "赣S(2026)012号"
OPEN = {kind.name for kind in KINDS if kind.open}
PUBLIC = {kind.name for kind in KINDS if kind.public}


def enter(database: Database, tenant: str, number: str) -> None:
    """Enter a number; the service hears of it as of any change."""
    number_map(database, tenant, number)
    sequence_changes(database)


@pytest.fixture
def numbered(served: Served, settings: Settings, database: Database) -> Iterator[None]:
    """The county with its pages and a numbered map."""
    enter(database, served.tenant, NUMBER)
    build_dashboards(database, replace(settings, tenant=served.tenant), served.tenant, dt.date(2026, 3, 2))
    yield
    enter(database, served.tenant, "")


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it holds within ten seconds: what the service keeps of a county it drops when it hears of a change."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def seen(served: Served) -> set[str]:
    """Layers that nobody in particular is offered."""
    with served.client() as nobody:
        return {one["id"] for one in nobody.get("/collections").json()["collections"]}


def test_without_a_number_nobody_is_shown_the_map_or_its_places(served: Served) -> None:
    assert seen(served) == PUBLIC
    with served.client() as nobody:
        assert nobody.get("/map").status_code == 404
        assert nobody.get("/dashboards/public").headers["location"].startswith("/login")
        assert nobody.get("/dashboards/layers.js").status_code == 401
        assert {nobody.get(f"/collections/{name}/items").status_code for name in OPEN} == {404}
        assert "/map" not in nobody.get("/", headers={"Accept": "text/html"}).text


@pytest.mark.usefixtures("numbered")
def test_a_number_opens_the_map_and_nothing_else_and_its_end_closes_it(served: Served, database: Database) -> None:
    assert soon(lambda: seen(served) == PUBLIC | OPEN)
    with served.client() as nobody:
        assert nobody.get("/map?lang=en").headers["location"] == "/dashboards/public?lang=en"
        page = nobody.get("/dashboards/public")
        assert page.status_code == 200 and NUMBER in page.text and "/dashboards/county" not in page.text
        for address in ("/dashboards/public.js", "/dashboards/public.json", "/dashboards/layers.js"):
            assert nobody.get(address).status_code == 200, address
        assert {nobody.get(f"/collections/{name}/items").status_code for name in OPEN} == {200}
        hidden = [kind.name for kind in KINDS if not kind.public and not kind.open]
        assert {"vendor_point", "gas_user", "supply_point", "illegal_building", "suspicion"} <= set(hidden)
        assert {nobody.get(f"/collections/{name}/items").status_code for name in hidden} == {404}
        assert nobody.get("/dashboards/registers").headers["location"].startswith("/login")
        for name in ("county", "registers"):
            assert nobody.get(f"/dashboards/{name}.json").status_code == 401
        assert nobody.put("/collections/parking/items/1", json={}).status_code in (401, 403, 404, 405)
        assert "/map" in nobody.get("/", headers={"Accept": "text/html"}).text
        enter(database, served.tenant, "")
        assert soon(lambda: seen(served) == PUBLIC)
        assert nobody.get("/map").status_code == 404


@pytest.mark.parametrize("number", ["1", "GS", "GS 2026 12", "GS(26)1号", "<b>(2026)12号", "GS(2026)12号;"])
def test_what_is_no_review_number_is_refused_with_an_example(served: Served, database: Database, number: str) -> None:
    with pytest.raises(BadCounty) as refused:
        number_map(database, served.tenant, number)
    assert refused.value.code == "county.map_number"
    with database.begin(served.tenant) as session:
        assert get_county(session, served.tenant).map_number == ""
