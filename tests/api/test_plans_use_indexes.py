"""Every statement of the hot path finds its rows by an index, under the role and the policy it runs with."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Collection, Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from geo.db.bootstrap import READER
from geo.db.engine import Database
from geo.db.reader import open_reader_pool, reading
from geo.features.bound import Bound
from geo.features.queries import LOCATE, PERMITS_AT, count_statement, item_statement, page_statement
from geo.layers.register import KINDS, LayerKind, get_kind
from geo.tiles.boxes import tile_at
from geo.tiles.cells.actions import recount
from geo.tiles.cells.grid import patch_of
from geo.tiles.queries import tile_statement

ROWS = 20_000
SPOT = (118.05, 28.35)


@pytest.fixture(scope="module")
def filled(database: Database, make_module_county: str) -> str:
    """A county with enough rows in each layer that reading them all would cost more than an index."""
    tenant = make_module_county
    shapes = {
        "Point": "ST_Point(x, y)",
        "LineString": "ST_MakeLine(ST_Point(x, y), ST_Point(x + 1e-4, y + 1e-4))",
        "MultiPolygon": "ST_Multi(ST_MakeEnvelope(x, y, x + 1e-4, y + 1e-4))",
    }
    with database.begin(tenant) as session:
        for kind in KINDS:
            fixed, values = columns_of(kind)
            session.execute(
                text(
                    f"INSERT INTO {kind.name} (tenant, source, source_key, {fixed}geom)"
                    f" SELECT :t, 'plan', i::text, {values}ST_SetSRID({shapes[kind.geometry_types[0]]}, 4490)"
                    " FROM (SELECT i, 117.9 + 0.3 * random() AS x, 28.2 + 0.3 * random() AS y"
                    "  FROM generate_series(1, :rows) i) s"
                ),
                {"t": tenant, "rows": ROWS},
            )
    with database.begin_as_owner() as session:
        for kind in KINDS:
            session.execute(text(f"ANALYZE {kind.name}"))
    return tenant


def columns_of(kind: LayerKind) -> tuple[str, str]:
    """Required columns of a layer and made-up values for them."""
    names, values = [], []
    for field in kind.fields:
        column = kind.table.columns[field.name]
        if not column.nullable and column.server_default is None:
            names.append(field.name)
            number = "lpad(i::text, 16, '0')" if kind.name == "component" else "'x' || i"
            # The last state of a hazard: an open one would need a person and a date.
            choice = (field.about.choices or ("x",))[-1 if kind.name == "hazard" else 0]
            plain = number if field.name == "code" else f"'{choice}'"
            values.append("now()" if field.name.endswith(("_at", "_on")) else plain)
    if kind.name == "event":
        names.append("uid")
        values.append("gen_random_uuid()")
    return "".join(f"{name}, " for name in names), "".join(f"{value}, " for value in values)


async def explain(connection: asyncpg.Connection, statement: Bound, values: dict[str, Any], generic: bool) -> Any:
    """The root of a statement's plan, made for its values or, ``generic``, for any."""
    mode = "force_generic_plan" if generic else "force_custom_plan"
    await connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
    explained = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement.sql}", *statement.arguments(values))
    return json.loads(explained)[0]["Plan"]


def plan_of(database: Database, tenant: str, statement: Bound, values: dict[str, Any], generic: bool = False) -> Any:
    """The plan as the reader makes it."""

    async def ask() -> Any:
        pool = await open_reader_pool(database, 1)
        try:
            async with reading(pool, tenant) as connection:
                return await explain(connection, statement, values, generic)
        finally:
            pool.terminate()

    return asyncio.run(ask())


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node and all below it."""
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def plan_faults(plan: dict[str, Any], index: str | None = None, whole: Collection[str] = ()) -> list[str]:
    """Tables that a plan reads whole, but for those in ``whole``, and ``index`` if the plan does without it."""
    scans = [node for node in nodes(plan) if "Relation Name" in node]
    found = [
        f"{scan['Relation Name']} is read whole"
        for scan in scans
        if "Seq" in scan["Node Type"] and scan["Relation Name"] not in whole
    ]
    if not scans:
        found.append("no table is read")
    if index and index not in {node.get("Index Name") for node in nodes(plan)}:
        found.append(f"{index} is not used")
    return found


BOX = {"w0": SPOT[0], "s0": SPOT[1], "e0": SPOT[0] + 0.002, "n0": SPOT[1] + 0.002}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_page_in_a_box_uses_the_spatial_index(database: Database, filled: str, kind: LayerKind) -> None:
    values = {"tenant": filled, "limit": 100, "after": 0, **BOX}
    for statement in (page_statement(kind, 1, False, False, ()), count_statement(kind, 1, False, False, ())):
        assert plan_faults(plan_of(database, filled, statement, values), f"ix_{kind.name}_geom") == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_plain_page_and_an_item_walk_the_key(database: Database, filled: str, kind: LayerKind) -> None:
    values = {"tenant": filled, "limit": 100, "after": 500, "id": 1000}
    for statement in (page_statement(kind, 0, False, False, ()), item_statement(kind)):
        assert plan_faults(plan_of(database, filled, statement, values)) == []


@pytest.mark.parametrize("generic", [False, True])
@pytest.mark.parametrize("zoom", [15, 17])
def test_every_layer_of_a_tile_uses_the_index_of_its_web_mercator_geometry(
    database: Database, filled: str, zoom: int, generic: bool
) -> None:
    west, south, east, north = tile_at(*SPOT, zoom).box_3857()
    values = {
        "tenant": filled, "xmin": west, "ymin": south, "xmax": east, "ymax": north, "cap": 8000,
        "on": dt.date(2026, 3, 1),
    }  # fmt: skip
    for kind in KINDS:
        statement = tile_statement((kind,), zoom)
        assert statement is not None
        plan = plan_of(database, filled, statement, values, generic)
        assert plan_faults(plan, f"ix_{kind.name}_geom_3857", whole=["road_regime"]) == []


def test_a_period_of_events_uses_the_time_index(database: Database, filled: str) -> None:
    statement = count_statement(get_kind("event"), 0, True, True, ())
    values = {
        "tenant": filled,
        "since": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        "until": dt.datetime(2020, 1, 2, tzinfo=dt.UTC),
    }
    assert plan_faults(plan_of(database, filled, statement, values)) == []


def test_a_page_of_one_code_walks_the_index_of_codes(database: Database, filled: str) -> None:
    values = {"tenant": filled, "limit": 100, "after": 0, "f_code": "rare"}
    for statement in (
        page_statement(get_kind("event"), 0, False, False, ("code",)),
        count_statement(get_kind("event"), 0, False, False, ("code",)),
    ):
        assert plan_faults(plan_of(database, filled, statement, values), "ix_event_tenant_code_id") == []


@pytest.mark.parametrize("generic", [False, True])
def test_a_tile_of_kept_cells_reads_them_by_their_key_and_what_changed_by_place(
    database: Database, filled: str, generic: bool
) -> None:
    with database.begin(filled) as session:
        recount(session, filled, get_kind("event"))
    with database.begin_as_owner() as session:
        session.execute(text("ANALYZE tile_cell"))
    place, changed = tile_at(*SPOT, 9), patch_of((*SPOT, *SPOT), 14).cells()
    west, south, east, north = place.box_3857()
    values = {
        "tenant": filled, "xmin": west, "ymin": south, "xmax": east, "ymax": north, "z": 9, "ty": place.y,
        "tx": place.x, "r_event": [row for row, _ in changed], "c_event": [column for _, column in changed],
    }  # fmt: skip
    statement = tile_statement((get_kind("event"),), 9, kept=frozenset({"event"}))
    assert statement is not None
    plan = plan_of(database, filled, statement, values, generic)
    assert plan_faults(plan, "pk_tile_cell") == plan_faults(plan, "ix_event_geom_3857") == []


@pytest.mark.parametrize("generic", [False, True])
def test_a_located_point_reads_no_layer_whole(database: Database, filled: str, generic: bool) -> None:
    values = {
        "tenant": filled, "lon": SPOT[0], "lat": SPOT[1], "srid": 4548, "radius_m": 200.0, "near_m": 25.0,
        "street_m": 15.0, "near_lon": 5e-4, "near_lat": 5e-4, "wide_lon": 2e-3, "wide_lat": 2e-3,
    }  # fmt: skip
    plan = plan_of(database, filled, LOCATE, values, generic)
    assert plan_faults(plan, whole=["org_unit", "admin_area"]) == []
    asked = {**values, "on": dt.date(2026, 6, 1)}
    assert plan_faults(plan_of(database, filled, PERMITS_AT, asked, generic), "ix_permit_geom") == []


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        ("DROP INDEX ix_streetlight_geom", "ix_streetlight_geom is not used"),
        ("SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off", "streetlight is read whole"),
    ],
)
def test_a_plan_without_its_index_is_seen(database: Database, filled: str, harm: str, fault: str) -> None:
    statement = page_statement(get_kind("streetlight"), 1, False, False, ())
    values = {"tenant": filled, "limit": 100, "after": 0, **BOX}

    async def ask(*harms: str) -> list[str]:
        connection = await asyncpg.connect(database.dsn("admin"))
        try:
            await connection.execute("BEGIN")  # never committed
            for line in (*harms, f"SET LOCAL ROLE {READER}", f"SET LOCAL pianqu.tenant = '{filled}'"):
                await connection.execute(line)
            return plan_faults(await explain(connection, statement, values, generic=False), "ix_streetlight_geom")
        finally:
            await connection.close()

    assert asyncio.run(ask()) == []
    assert fault in asyncio.run(ask(harm))
